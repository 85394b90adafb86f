/**
 * Whatever a registry answers, in whatever order: the rules lead every reservation to a true status, no notice contradicts an earlier one
 * without saying why, and no claim is lost on the way. The arbiter's part is played here as workflows/ plays it, without time or wires.
 */
import fc from 'fast-check';
import { expiryMarkAt, isNewMark, type ExpiryMark } from '../../rules/expiry.ts';
import { forecast, leadsToDrop } from '../../rules/forecast.ts';
import {
  hasEnded,
  transition,
  viewOf,
  type Note,
  type ReservationState,
  type TimelineEntry,
} from '../../rules/reservation.ts';
import { identityOf, isAnother, stageOf, type RegistryAnswer } from '../../rules/stage.ts';
import { changeOf, isDoubtful, ownersAt, retryFrom, toldBy, type Sight } from '../../rules/watch.ts';
import { answerFrom, OURS } from './any-answer.ts';
import { agreeWithEachOther } from './notices-agree.ts';
import { at, DAY_MS, policies } from './world.ts';

const START = at('2026-01-01T00:00:00Z');

/** What one question meets: an answer of any kind, nothing at all, or silence while days go by. */
type Word = { afterMs: number; answer: RegistryAnswer | 'no answer' };

const words = fc.array(
  fc.record<Word>({ afterMs: fc.integer({ min: 60_000, max: 30 * DAY_MS }), answer: answerFrom(START) }),
  {
    minLength: 1,
    maxLength: 25,
    size: 'max',
  },
);
const claims = fc.array(fc.record({ closes: fc.boolean(), waitsDays: fc.option(fc.nat(400), { nil: undefined }) }), {
  minLength: 1,
  maxLength: 4,
});

interface Journey {
  closes: boolean;
  waitUntil: number;
  state: ReservationState;
  entries: TimelineEntry[];
  /** What the registry had said by each entry. */
  seen: (Sight | undefined)[];
}

/** The arbiter and its reservations. */
class Life {
  readonly journeys: Journey[];
  private sight: Sight | undefined;
  private triedAt: number | undefined;
  private marked: ExpiryMark | undefined;
  watchedRoid: string | undefined;
  now = START;
  readonly tld: string;

  constructor(tld: string, wanted: { closes: boolean; waitsDays: number | undefined }[]) {
    this.tld = tld;
    this.journeys = wanted.map(({ closes, waitsDays }) => ({
      closes,
      waitUntil: waitsDays === undefined ? Infinity : START + waitsDays * DAY_MS,
      state: { status: 'placed' },
      entries: [],
      seen: [],
    }));
  }

  private open(): Journey[] {
    return this.journeys.filter(({ state }) => !hasEnded(state));
  }

  private tell(journey: Journey, note: Note): void {
    const { state, entries } = transition(journey.state, note);
    journey.state = state;
    journey.entries.push(...entries);
    journey.seen.push(...entries.map(() => this.sight));
  }

  private tellAll(noteOf: (journey: Journey) => Note): void {
    for (const journey of this.open()) this.tell(journey, noteOf(journey));
  }

  /** As activities/watch.ts does. */
  private look(said: RegistryAnswer): Sight {
    const { now, sight: before } = this;
    const policy = policies.of(this.tld);
    if (!policy) throw new Error(this.tld);
    const own = { clids: [OURS], ...(this.watchedRoid !== undefined && { watchedRoid: this.watchedRoid }) };
    const stage = stageOf(said, own, now);
    const since = before?.stage === stage ? before.since : { first: now, ...(before && { notBefore: before.seenAt }) };
    const last = leadsToDrop(stage, policy) && stage !== 'pending_delete';
    const owners = ownersAt(said, stage, before?.owners);
    const told = before && toldBy(before);
    const seen = {
      ...{ seenAt: now, registry: 'any', answer: said, stage, since, policy },
      ...(owners && { owners }),
      ...(stage === 'unknown' && told && { told }),
    };
    if (said.kind !== 'registered') return { ...seen, next: { what: 'registry_check', at: now + DAY_MS } };
    const { expiresAt, drop, next } = forecast({ registration: said.registration, stage, now, since }, policy);
    return {
      ...seen,
      next,
      ...(last && { last }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(drop && { drop }),
    };
  }

  /** As workflows/watching.ts and catching.ts do. */
  hear({ afterMs, answer: said }: Word): void {
    this.now += afterMs;
    const at = this.now;
    for (const journey of this.open())
      if (journey.waitUntil <= at)
        this.tell(journey, { kind: 'ended', at, outcome: { result: 'missed', reason: 'wait_until', at } });
    if (said === 'no answer') return;
    const before = this.sight;
    const sight = (this.sight = this.look(said));
    const name = viewOf(sight);
    if (!before) {
      if (said.kind !== 'registered' || sight.stage === 'registered_by_us') {
        this.tellAll(() => ({ kind: 'ended', at, outcome: { result: 'rejected', reason: 'domain_available', at } }));
        return;
      }
      this.watchedRoid = identityOf(said.registration);
      return this.tellAll((journey) => ({ kind: 'admitted', at, ordinal: this.journeys.indexOf(journey) + 1, name }));
    }
    this.settle(before, sight);
    this.warn(sight);
    if (sight.answer.kind === 'free') this.catchIt();
    else if (sight.answer.kind === 'withheld' && !isDoubtful(sight) && at >= (retryFrom(sight, this.triedAt) ?? at))
      this.tryInVain();
    else if (sight.stage === 'registered_by_us') this.award();
  }

  private settle(before: Sight, sight: Sight): void {
    const at = this.now;
    const name = viewOf(sight);
    const change = changeOf(before, sight);
    switch (change.kind) {
      case 'none':
      case 'free':
      case 'ours':
        return;
      case 'moved':
        return this.tellAll(() => ({ kind: 'seen', at, name }));
      case 'kept': {
        const { how } = change;
        const dates = sight.expiresAt === undefined ? {} : { expiresAt: sight.expiresAt };
        return this.tellAll(({ closes }) =>
          closes
            ? { kind: 'ended', at, outcome: { result: 'missed', reason: 'kept', at, how, ...dates }, name }
            : { kind: 'kept', at, how, name },
        );
      }
      case 'no_race':
        return this.tellAll(() => ({ kind: 'ended', at, outcome: { result: 'lost', reason: 'no_race', at }, name }));
      case 'taken':
        return this.tellAll(() => ({
          kind: 'ended',
          at,
          outcome: { result: 'lost', reason: 'caught_by_other', at, caughtBy: change.by },
          name,
        }));
    }
  }

  private warn({ stage, expiresAt }: Sight): void {
    const mark = stage === 'registered' && expiresAt !== undefined ? expiryMarkAt(expiresAt, this.now) : undefined;
    if (!mark || !isNewMark(mark, this.marked)) return;
    this.marked = mark;
    const name = viewOf(this.sight as Sight);
    this.tellAll(() => ({ kind: 'expiring', at: this.now, mark, name }));
  }

  private catchIt(): void {
    const name = viewOf(this.sight as Sight);
    this.tellAll(() => ({ kind: 'catching', at: this.now, name }));
    this.award();
  }

  /** A create that is answered 2302. */
  private tryInVain(): void {
    const at = this.now;
    const name = viewOf(this.sight as Sight);
    this.tellAll(() => ({ kind: 'catching', at, name }));
    this.triedAt = at;
    this.tellAll(() => ({ kind: 'seen', at, name }));
  }

  private award(): void {
    const at = this.now;
    const name = { ...viewOf(this.sight as Sight), stage: 'registered_by_us' as const };
    this.tellAll(() => ({ kind: 'caught', at, name }));
    const [first] = this.open();
    this.tellAll((journey) => ({
      kind: 'ended',
      at,
      name,
      outcome:
        journey === first
          ? {
              ...{ result: 'won', reason: 'first_in_order', at, price: { amount: 6_900, currency: 'USD' } },
              ...{ registeredTo: OURS, roid: 'D3-COM', registeredAt: at, expiresAt: at + 365 * DAY_MS },
              delivery: { status: 'delivered', why: 'no_restore_rights' },
            }
          : { result: 'lost', reason: 'behind_in_order', at },
    }));
  }

  lastSight(): Sight | undefined {
    return this.sight;
  }
}

/** What must hold of every life, by what it is. */
const must: [what: string, holds: (life: Life) => void][] = [];

must.push([
  'no reservation is lost: each is open or has ended, with one outcome that is the last of its timeline',
  ({ journeys }) => {
    const ended = journeys.filter(({ state }) => hasEnded(state));
    const open = journeys.filter(({ state }) => !hasEnded(state));
    expect(ended.length + open.length).toBe(journeys.length);
    for (const { entries } of ended) {
      const outcomes = entries.filter(({ type }) => /\.(won|lost|missed|cancelled|rejected)$/.test(type));
      expect(outcomes).toEqual([entries.at(-1)]);
    }
    expect(journeys.filter(({ state }) => state.status === 'won').length).toBeLessThanOrEqual(1);
  },
]);

must.push([
  'the status is true: what it says is what the registry last answered',
  (life) => {
    const sight = life.lastSight();
    for (const { state, closes, waitUntil } of life.journeys) {
      if (!hasEnded(state)) {
        expect(['placed', 'waiting']).toContain(state.status);
        expect(waitUntil).toBeGreaterThan(life.now);
        if ('name' in state && sight)
          expect([state.name.stage, state.name.expiresAt]).toEqual([sight.stage, sight.expiresAt]);
        continue;
      }
      const { outcome } = state;
      if (outcome.result === 'missed') expect(outcome.reason === 'kept' ? closes : waitUntil <= outcome.at).toBe(true);
    }
  },
]);

must.push([
  'nobody wins or loses a name on anything but the registry’s word that it is free, ours or another’s',
  ({ journeys, watchedRoid }) => {
    for (const { entries, seen } of journeys)
      for (const [index, { type }] of entries.entries()) {
        const sight = seen[index];
        if (!sight) continue;
        if (type === 'attempt.catching') expect(['free', 'withheld']).toContain(sight.answer.kind);
        if (type === 'reservation.won')
          expect(sight.answer.kind === 'free' || sight.stage === 'registered_by_us').toBe(true);
        if (sight.stage === 'registered_by_other' && sight.answer.kind === 'registered')
          expect(isAnother(sight.answer.registration, watchedRoid)).toBe(true);
        const onDoubt = ['stage_changed', 'missed', 'rejected'].map((what) => `reservation.${what}`);
        if (isDoubtful(sight)) expect(onDoubt).toContain(type);
      }
  },
]);

must.push([
  'no notice contradicts an earlier one without saying why',
  ({ journeys }) => {
    for (const { entries } of journeys) agreeWithEachOther(entries);
  },
]);

must.push([
  'a name is kept only where it stands registered, and by whom only where the answers tell',
  ({ journeys }) => {
    for (const { entries, seen } of journeys)
      for (const [index, { type, data }] of entries.entries()) {
        const sight = seen[index];
        if (type !== 'reservation.renewed' || !sight) continue;
        expect(sight.stage).toBe('registered');
        if (data['how'] === 'transferred' && sight.owners) expect(sight.answer.kind).toBe('registered');
      }
  },
]);

test('whatever a registry answers: nothing is lost, every status is true, no notice contradicts another, nobody acts on doubt', () =>
  fc.assert(
    fc.property(fc.constantFrom(...policies.all().map(({ tld }) => tld)), claims, words, (tld, wanted, said) => {
      const life = new Life(tld, wanted);
      for (const word of said) life.hear(word);
      for (const [, holds] of must) holds(life);
    }),
    { numRuns: 2_000 },
  ));
