/** After an award, as dated facts: how long it is watched, what the registry's answers make of it, and when a name nobody takes may be deleted. */
import {
  askNextAt,
  findingOf,
  mayUndo,
  outlasting,
  watchFrom,
  type Awarded,
  type Finding,
} from '../../rules/after-award.ts';
import { transition, type Ended, type Note, type Outcome } from '../../rules/reservation.ts';
import type { RegistryAnswer } from '../../rules/stage.ts';
import type { Known } from '../../rules/tlds.ts';
import { at, DAY_MS, HOUR_MS, iso, policies, policy, registered } from './world.ts';

const CAUGHT = at('2026-04-22T18:00:00Z');
const days = (count: number) => count * DAY_MS;
const NOW = CAUGHT + HOUR_MS;

describe('how long it is watched, and whether it is delivered', () => {
  test.each<[string, Known<number>, Known<number>, string, object]>([
    [
      'five days of add grace, no rights',
      days(5),
      0,
      '2026-04-27T18:00:00Z',
      { status: 'delivered', why: 'no_restore_rights' },
    ],
    ['two days of add grace', days(2), 0, '2026-04-27T18:00:00Z', { status: 'delivered', why: 'no_restore_rights' }],
    [
      'nothing known',
      'unknown',
      'unknown',
      '2026-04-27T18:00:00Z',
      { status: 'delivered', why: 'restore_rights_unknown' },
    ],
    [
      'ten days of add grace',
      days(10),
      'unknown',
      '2026-05-02T18:00:00Z',
      { status: 'delivered', why: 'restore_rights_unknown' },
    ],
    [
      'rights of 30 days',
      days(5),
      days(30),
      '2026-05-22T18:00:00Z',
      { status: 'held', deliverAt: CAUGHT + days(30), why: 'restore_rights' },
    ],
    [
      'rights of half an hour, over by now',
      days(5),
      HOUR_MS / 2,
      '2026-04-27T18:00:00Z',
      { status: 'delivered', why: 'restore_rights_over' },
    ],
  ])('%s', (_what, addGraceMs, restoreRightsMs, until, delivery) => {
    const watch = watchFrom(CAUGHT, { addGraceMs, restoreRightsMs }, NOW);
    expect([iso(watch.until), watch.delivery]).toEqual([until, delivery]);
  });

  test('what nobody knows of a TLD holds nothing up, and nothing is known without a source', () => {
    expect(watchFrom(CAUGHT, policy('io'), NOW).delivery).toMatchObject({ why: 'restore_rights_unknown' });
    expect(watchFrom(CAUGHT, policy('com'), NOW).delivery).toMatchObject({ why: 'no_restore_rights' });
    for (const { restoreRightsMs, sources } of policies.all())
      expect(sources.some(({ field }) => field === 'restore_rights')).toBe(restoreRightsMs !== 'unknown');
  });

  test.each([
    [{ until: CAUGHT + days(30), deliverAt: CAUGHT + days(20) }, NOW, CAUGHT + days(20)],
    [{ until: CAUGHT + days(30), deliverAt: CAUGHT + days(20) }, CAUGHT + days(20), CAUGHT + days(30)],
    [{ until: CAUGHT + days(30), missingSince: NOW }, NOW, NOW + 14 * DAY_MS],
    // The registry has told nothing by the end: asked again, not given up.
    [{ until: CAUGHT + days(5) }, CAUGHT + days(5), CAUGHT + days(5) + HOUR_MS],
  ])('asked next of %j at %d', (award, now, next) => expect(askNextAt(award, now)).toBe(next));
});

describe('what the registry’s answer makes of it', () => {
  const awarded: Awarded = { identity: 'D2-COM', before: 'D1-COM', owns: ['us-1', 'us-2'], authInfoShown: false };
  const shown: Awarded = { ...awarded, authInfoShown: true };
  const withheld: RegistryAnswer = { kind: 'withheld' };
  const hidden = registered({ roid: '', sponsor: '', statuses: [], registeredAt: 0 });
  test.each<[string, RegistryAnswer, Awarded, Finding]>([
    ['ours', registered({ roid: 'D2-COM', sponsor: 'us-1' }), awarded, { kind: 'stands' }],
    ['another accreditation of ours', registered({ roid: 'D2-COM', sponsor: 'us-2' }), awarded, { kind: 'stands' }],
    [
      'ours, deleted by us',
      registered({ roid: 'D2-COM', sponsor: 'us-1', statuses: ['pendingDelete'] }),
      awarded,
      { kind: 'stands' },
    ],
    [
      'at another registrar',
      registered({ roid: 'D2-COM', sponsor: 'x' }),
      awarded,
      { kind: 'taken_back', why: 'other_sponsor', sponsor: 'x' },
    ],
    [
      'transferred by whoever was shown the authInfo',
      registered({ roid: 'D2-COM', sponsor: 'x' }),
      shown,
      { kind: 'left' },
    ],
    [
      'the old registration again',
      registered({ roid: 'D1-COM', sponsor: 'x' }),
      awarded,
      { kind: 'taken_back', why: 'other_registration', sponsor: 'x' },
    ],
    [
      'the old registration again, authInfo or not',
      registered({ roid: 'D1-COM', sponsor: 'x' }),
      shown,
      { kind: 'taken_back', why: 'other_registration', sponsor: 'x' },
    ],
    [
      'the old registration, and it was ours',
      registered({ roid: 'D1-COM', sponsor: 'us-1' }),
      awarded,
      { kind: 'taken_back', why: 'other_registration', sponsor: 'us-1' },
    ],
    [
      'another registration',
      registered({ roid: 'D3-COM', sponsor: 'x' }),
      awarded,
      { kind: 'taken_back', why: 'other_registration', sponsor: 'x' },
    ],
    [
      'another registration, after the authInfo was shown',
      registered({ roid: 'D3-COM', sponsor: 'x' }),
      shown,
      { kind: 'left' },
    ],
    ['free', { kind: 'free', premium: false }, awarded, { kind: 'taken_back', why: 'gone' }],
    ['free, after the authInfo was shown', { kind: 'free', premium: false }, shown, { kind: 'left' }],
    [
      'out of sight for two weeks, after the authInfo was shown',
      withheld,
      { ...shown, missingSince: NOW - 14 * DAY_MS },
      { kind: 'left' },
    ],
    ['out of sight', withheld, awarded, { kind: 'missing', since: NOW }],
    [
      'out of sight for almost two weeks',
      withheld,
      { ...awarded, missingSince: NOW - 14 * DAY_MS + 1 },
      { kind: 'missing', since: NOW - 14 * DAY_MS + 1 },
    ],
    [
      'out of sight for two weeks',
      withheld,
      { ...awarded, missingSince: NOW - 14 * DAY_MS },
      { kind: 'taken_back', why: 'gone' },
    ],
    ['told nothing of', hidden, awarded, { kind: 'untold' }],
    ['without a sponsor', registered({ roid: 'D2-COM', sponsor: '' }), awarded, { kind: 'untold' }],
  ])('%s', (_what, answer, award, finding) => expect(findingOf(answer, award, NOW)).toEqual(finding));

  test('where the registry tells no ROID the sponsor alone can tell', () => {
    const { identity: _, ...untold } = awarded;
    expect(findingOf(registered({ roid: 'D9-COM', sponsor: 'us-1' }), untold, NOW)).toEqual({ kind: 'stands' });
  });
});

describe('a name that nobody takes', () => {
  test.each<[string, Known<number>, number, object]>([
    ['at once', days(5), NOW, { kind: 'may', before: CAUGHT + days(5) - 60_000 }],
    ['in the last minute', days(5), CAUGHT + days(5) - 60_000, { kind: 'add_grace_over' }],
    ['just before it', days(5), CAUGHT + days(5) - 60_001, { kind: 'may', before: CAUGHT + days(5) - 60_000 }],
    ['without add grace', 0, NOW, { kind: 'no_add_grace' }],
    ['where nobody knows', 'unknown', NOW, { kind: 'add_grace_unknown' }],
  ])('deleted %s?', (_what, addGraceMs, now, may) => expect(mayUndo(CAUGHT, addGraceMs, now)).toEqual(may));

  test('windows that outlast add grace are named with both figures', () => {
    const windows = { offer: days(1), auction: days(3), payment: days(2) };
    expect(outlasting(windows, days(5))).toEqual([]);
    expect(outlasting(windows, days(2))).toEqual([{ field: 'auction', windowMs: days(3), addGraceMs: days(2) }]);
    expect(outlasting(windows, 0).map(({ field }) => field)).toEqual(['offer', 'auction', 'payment']);
    expect(outlasting(windows, 'unknown')).toEqual([]);
  });
});

describe('what a reservation that has won is still told', () => {
  const outcome: Outcome = {
    ...{ result: 'won', reason: 'first_in_order', at: CAUGHT, price: { amount: 6_900, currency: 'USD' } },
    ...{ registeredTo: 'us-1', roid: 'D2-COM', registeredAt: CAUGHT, expiresAt: CAUGHT + days(365) },
    delivery: { status: 'held', deliverAt: CAUGHT + days(30), why: 'restore_rights' },
  };
  const watched: Ended = { status: 'won', outcome, watchedUntil: CAUGHT + days(30) };
  const takenBack: Note = { kind: 'taken_back', at: NOW, why: 'gone', refunded: outcome.price };
  const typesOf = (state: Ended, note: Note) => transition(state, note).entries.map(({ type }) => type);

  test('it stays won, with what became of it, and hears nothing after that', () => {
    const { state } = transition(watched, takenBack);
    expect(state).toMatchObject({ status: 'won', outcome: { result: 'won', takenBack: { why: 'gone', at: NOW } } });
    expect(state).not.toHaveProperty('watchedUntil');
    for (const note of [takenBack, { kind: 'stands', at: NOW } as const])
      expect(typesOf(state as Ended, note)).toEqual([]);
  });

  test('delivery is told once', () => {
    const { state, entries } = transition(watched, { kind: 'delivered', at: NOW });
    expect(entries.map(({ type }) => type)).toEqual(['reservation.delivered']);
    expect(typesOf(state as Ended, { kind: 'delivered', at: NOW })).toEqual([]);
  });

  test('nothing of this reaches who did not win', () => {
    const lost: Ended = { status: 'lost', outcome: { result: 'lost', reason: 'outbid', at: NOW } };
    expect(typesOf(lost, takenBack)).toEqual([]);
    expect(transition({ status: 'placed' }, takenBack).entries).toEqual([]);
  });
});
