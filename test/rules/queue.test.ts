/** Who is admitted, and what a claim that returns is owed. */
import {
  admit,
  MAX_CLAIMS_PER_NAME,
  standing,
  withoutClaim,
  type AdmissionFacts,
  type Claim,
  type Join,
  type JoinRefusal,
} from '../../rules/queue.ts';
import type { Stage } from '../../rules/stage.ts';
import { at, frozen, registered } from './world.ts';

const join = (reservation: string, over: Partial<Join> = {}): Join => ({
  reservation,
  owner: `owner of ${reservation}`,
  onRenewal: 'keep_waiting',
  dryRun: false,
  ...over,
});
const claim = (reservation: string, ordinal: number, over: Partial<Claim> = {}): Claim => ({
  ...join(reservation),
  ordinal,
  ...over,
});
const facts = (over: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  now: at('2026-04-25T12:00:00Z'),
  answer: registered(),
  stage: 'pending_delete',
  nextOrdinal: 7,
  ...over,
});
const crowd = (size: number, over: Partial<Claim> = {}): Claim[] =>
  Array.from({ length: size }, (_, n) => claim(`rsv_${n}`, n + 1, over));

test('a claim joins at the end of the queue, with an ordinal of its own', () => {
  const before = frozen([claim('ada', 3)]);
  const wish = join('bob', { onRenewal: 'close', waitUntil: at('2027-01-01T00:00:00Z') });
  const joined = { ...wish, ordinal: 7 };
  expect(admit(before, frozen(wish), facts())).toEqual({
    kind: 'admitted',
    claim: joined,
    claims: [claim('ada', 3), joined],
  });
});

test.each<[JoinRefusal, Partial<AdmissionFacts>]>([
  ['reserved_by_registry', { answer: { kind: 'withheld' }, stage: 'unknown' }],
  ['no_race', { answer: { kind: 'withheld' }, stage: 'unknown', someWithoutRace: true }],
  ['domain_available', { answer: { kind: 'free', premium: false }, stage: 'available' }],
  ['premium', { answer: { kind: 'free', premium: true }, stage: 'available' }],
  ['already_ours', { answer: registered({ sponsor: 'backorder' }), stage: 'registered_by_us' }],
  ['past_cutoff', { cutoffAt: at('2026-04-25T11:00:00Z') }],
])('a join is refused as %s', (code, over) =>
  expect(admit([], join('ada'), facts(over))).toEqual({ kind: 'refused', code }),
);

test.each<Stage>(['registered', 'auto_renew_grace', 'redemption', 'pending_restore', 'pending_delete', 'unknown'])(
  'a name in the stage %s can be joined for',
  (stage) => expect(admit([], join('ada'), facts({ stage })).kind).toBe('admitted'),
);

test.each([
  ['2026-04-25T17:44:59.999Z', 'admitted'],
  ['2026-04-25T17:45:00.000Z', 'refused'],
  ['2026-04-25T17:45:00.001Z', 'refused'],
])('with a cut-off at 17:45:00 a join at %s is %s', (now, kind) =>
  expect(admit([], join('ada'), facts({ now: at(now), cutoffAt: at('2026-04-25T17:45:00Z') })).kind).toBe(kind),
);

test.each([
  [MAX_CLAIMS_PER_NAME - 1, 'admitted'],
  [MAX_CLAIMS_PER_NAME, 'refused'],
])('with %d claims before it a join is %s', (size, kind) =>
  expect(admit(crowd(size), join('ada'), facts({ nextOrdinal: 5_000 })).kind).toBe(kind),
);

test('the same customer of the same registrar is told which reservation already has the name', () =>
  expect(admit([claim('ada', 1)], join('again', { owner: 'owner of ada' }), facts())).toEqual({
    kind: 'refused',
    code: 'already_reserved',
    reservation: 'ada',
  }));

test('a customer who left may come back, at the end', () => {
  const left = withoutClaim([claim('ada', 1), claim('bob', 2)], 'ada');
  expect(admit(left, join('again', { owner: 'owner of ada' }), facts())).toMatchObject({ claim: { ordinal: 7 } });
});

const hostile: [string, Partial<AdmissionFacts>][] = [
  ['past the cut-off', { cutoffAt: at('2026-04-25T11:00:00Z') }],
  ['the name is free', { answer: { kind: 'free', premium: false }, stage: 'available' }],
  ['the name is free, as a premium', { answer: { kind: 'free', premium: true }, stage: 'available' }],
  ['the registry withholds the name', { answer: { kind: 'withheld' }, stage: 'unknown' }],
  ['the name is ours', { answer: registered({ sponsor: 'backorder' }), stage: 'registered_by_us' }],
];

test.each(hostile)('joining twice is joining once, also when %s', (_when, over) => {
  const claims = [claim('ada', 1), claim('bob', 2)];
  expect(admit(claims, join('ada'), facts(over))).toEqual({ kind: 'known', claim: claim('ada', 1) });
  expect(admit(claims, join('ada', { ordinal: 1 }), facts(over))).toEqual({ kind: 'known', claim: claim('ada', 1) });
});

test.each(hostile)('a claim that returns to a new arbiter has its old place, also when %s', (_when, over) => {
  const later = frozen([claim('bob', 4), claim('cid', 1_000_001)]);
  expect(admit(later, join('ada', { ordinal: 3 }), facts(over))).toEqual({
    kind: 'admitted',
    claim: claim('ada', 3),
    claims: [claim('ada', 3), ...later],
  });
});

test('a claim that returns finds its place in a full queue', () => {
  const full = crowd(MAX_CLAIMS_PER_NAME).map((one) => ({ ...one, ordinal: one.ordinal * 2 }));
  const answer = admit(full, join('ada', { ordinal: 5 }), facts({ nextOrdinal: 5_000 }));
  expect(answer.kind === 'admitted' && answer.claims.slice(0, 4).map(({ ordinal }) => ordinal)).toEqual([2, 4, 5, 6]);
});

test('a claim that returns was there before the one its customer made meanwhile', () => {
  const meanwhile = claim('again', 1_000_001, { owner: 'owner of ada' });
  expect(admit([meanwhile], join('ada', { ordinal: 3 }), facts())).toMatchObject({
    kind: 'admitted',
    claims: [{ reservation: 'ada' }, { reservation: 'again' }],
  });
});

test('an ordinal that another claim has is not given twice: who brings it joins anew', () => {
  const claims = [claim('ada', 3)];
  expect(admit(claims, join('bob', { ordinal: 3 }), facts())).toMatchObject({ claim: { ordinal: 7 } });
  expect(admit(claims, join('bob', { ordinal: 3 }), facts({ cutoffAt: 0 }))).toMatchObject({ code: 'past_cutoff' });
});

test('a dry run sees where it would stand, and nobody sees it', () => {
  const claims = [claim('ada', 1), claim('dry', 2, { dryRun: true }), claim('bob', 3)];
  expect(standing(claims, 'ada')).toEqual({ ordinal: 1, position: 1, competitors: 1 });
  expect(standing(claims, 'dry')).toEqual({ ordinal: 2, position: 2, competitors: 2 });
  expect(standing(claims, 'bob')).toEqual({ ordinal: 3, position: 2, competitors: 1 });
});

test('who has no claim has no standing', () => {
  expect(standing([claim('ada', 1)], 'eve')).toBeUndefined();
  expect(withoutClaim([claim('ada', 1)], 'eve')).toEqual([claim('ada', 1)]);
});
