/** Nobody passes an earlier claim, whatever sequence of joins, departures and lost arbiters a name lives through. */
import fc from 'fast-check';
import { admit, amend, MAX_CLAIMS_PER_NAME, standing, withoutClaim, type Claim, type Join } from '../../rules/queue.ts';
import type { RegistryAnswer, Stage } from '../../rules/stage.ts';
import { frozen, registered } from './world.ts';

const joinOf = (who: number, dryRun: boolean): Join => ({
  reservation: `rsv_${who}`,
  // Three reservations share an owner.
  owner: `owner_${who % 7}`,
  onRenewal: 'keep_waiting',
  dryRun,
});

const looks = fc.constantFrom<{ answer: RegistryAnswer; stage: Stage; cutoffAt?: number }>(
  { answer: registered(), stage: 'registered' },
  { answer: registered(), stage: 'auto_renew_grace' },
  { answer: registered(), stage: 'redemption' },
  { answer: registered(), stage: 'pending_delete', cutoffAt: 10 },
  { answer: registered({ sponsor: 'backorder' }), stage: 'registered_by_us' },
  { answer: { kind: 'free', premium: false }, stage: 'available' },
  { answer: { kind: 'withheld' }, stage: 'unknown' },
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('join' as const), who: fc.nat(20), dryRun: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), who: fc.nat(20) }) },
  // The arbiter is lost: the store knows only some claims, the rest return by themselves.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost' as const), stored: fc.func(fc.boolean()) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), nth: fc.nat(20) }) },
);
const story = fc.array(fc.record({ step, look: looks, now: fc.nat(20) }), { maxLength: 60, size: 'max' });

/** A name's claims, and those that a lost arbiter forgot and that will return. */
class Name {
  claims: Claim[] = [];
  away: Claim[] = [];
  nextOrdinal = 1;
  given = new Set<number>();

  live({ step, look, now }: { step: Step; look: Look; now: number }): void {
    const facts = { ...look, now, nextOrdinal: this.nextOrdinal };
    switch (step.kind) {
      case 'join':
        return this.join(joinOf(step.who, step.dryRun), facts);
      case 'leave':
        this.claims = withoutClaim(this.claims, `rsv_${step.who}`);
        return;
      case 'lost':
        this.away.push(...this.claims.filter((claim) => !step.stored(claim.ordinal)));
        this.claims = this.claims.filter((claim) => !this.away.includes(claim));
        this.nextOrdinal += 1_000;
        return;
      case 'return': {
        const back = this.away[step.nth % this.away.length];
        if (!back) return;
        this.away = this.away.filter((claim) => claim !== back);
        const answer = admit(frozen(this.claims), back, facts);
        expect(answer).toMatchObject({ kind: 'admitted', claim: back });
        if (answer.kind === 'admitted') this.claims = answer.claims;
      }
    }
  }

  private join(join: Join, facts: Parameters<typeof admit>[2]): void {
    if (this.away.some(({ reservation }) => reservation === join.reservation)) return;
    const { claims } = this;
    const answer = admit(frozen(claims), join, facts);
    const known = claims.find(({ reservation }) => reservation === join.reservation);
    if (known) return expect(answer).toEqual({ kind: 'known', claim: known });
    const same = claims.find(({ owner }) => owner === join.owner);
    if (same)
      return expect(answer).toEqual({ kind: 'refused', code: 'already_reserved', reservation: same.reservation });
    if (answer.kind !== 'admitted') return;
    if (facts.cutoffAt !== undefined) expect(facts.now).toBeLessThan(facts.cutoffAt);
    expect(answer.claim.ordinal).toBe(this.nextOrdinal);
    expect(this.given.has(this.nextOrdinal)).toBe(false);
    this.given.add(this.nextOrdinal);
    this.nextOrdinal += 1;
    this.claims = answer.claims;
  }
}
type Look = typeof looks extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test('an ordinal is given once, and claims stand in the order of their ordinals', () =>
  fc.assert(
    fc.property(story, (steps) => {
      const name = new Name();
      for (const step of steps) {
        const before = name.claims;
        name.live(step);
        const ordinals = name.claims.map(({ ordinal }) => ordinal);
        expect(ordinals).toEqual([...new Set(ordinals)].toSorted((a, b) => a - b));
        // Who stays, stays as it was, behind those it was behind.
        const stayed = before.filter((claim) => name.claims.includes(claim));
        expect(name.claims.filter((claim) => before.includes(claim))).toEqual(stayed);
      }
    }),
  ));

test('a position is one more than the real claims before it, and nobody’s grows but by one that returns', () =>
  fc.assert(
    fc.property(story, (steps) => {
      const name = new Name();
      for (const step of steps) {
        const before = name.claims;
        name.live(step);
        for (const [n, claim] of name.claims.entries()) {
          const real = name.claims.filter(({ dryRun }) => !dryRun);
          const earlier = name.claims.slice(0, n).filter(({ dryRun }) => !dryRun);
          expect(standing(name.claims, claim.reservation)).toEqual({
            ordinal: claim.ordinal,
            position: 1 + earlier.length,
            competitors: real.filter((other) => other !== claim).length,
          });
          const was = standing(before, claim.reservation);
          if (was && step.step.kind !== 'return')
            expect(standing(name.claims, claim.reservation)?.position).toBeLessThanOrEqual(was.position);
        }
      }
    }),
  ));

test('dry runs change nobody’s standing', () =>
  fc.assert(
    fc.property(story, (steps) => {
      const name = new Name();
      for (const step of steps) name.live(step);
      const real = name.claims.filter(({ dryRun }) => !dryRun);
      for (const { reservation } of real)
        expect(standing(name.claims, reservation)).toEqual(standing(real, reservation));
    }),
  ));

test('no queue grows beyond its limit by joining', () => {
  let claims: Claim[] = [];
  for (let n = 1; n <= MAX_CLAIMS_PER_NAME + 5; n += 1) {
    const join = { ...joinOf(n, n % 3 === 0), owner: `owner_${n}` };
    const answer = admit(claims, join, { now: 0, answer: registered(), stage: 'registered', nextOrdinal: n });
    if (answer.kind === 'admitted') claims = answer.claims;
    else expect(answer).toEqual({ kind: 'refused', code: 'queue_full' });
  }
  expect(claims).toHaveLength(MAX_CLAIMS_PER_NAME);
});

test('of the changes a customer made the latest holds, in whatever order and however often they arrive', () => {
  const changes = fc.uniqueArray(fc.record({ amendment: fc.integer({ min: 1, max: 50 }), close: fc.boolean() }), {
    selector: ({ amendment }) => amendment,
    minLength: 1,
  });
  const arriving = changes.chain((made) =>
    fc.tuple(
      fc.constant(made),
      fc.shuffledSubarray([...made, ...made], { minLength: made.length * 2, maxLength: made.length * 2 }),
    ),
  );
  fc.assert(
    fc.property(arriving, ([made, arrived]) => {
      const onRenewal = (close: boolean) => (close ? 'close' : 'keep_waiting');
      const before: Claim[] = [{ ...joinOf(1, false), ordinal: 1 }];
      const after = arrived.reduce(
        (claims, { amendment, close }) =>
          amend(claims, { reservation: 'rsv_1', onRenewal: onRenewal(close), amendment }),
        before,
      );
      const latest = made.toSorted((a, b) => b.amendment - a.amendment)[0];
      expect(after[0]?.onRenewal).toBe(onRenewal(latest?.close ?? false));
    }),
  );
});
