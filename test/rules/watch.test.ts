/** What two looks at a name, one after the other, say has happened; and when to look, close and catch. */
import fc from 'fast-check';
import { STAGES, type Registration, type RegistryAnswer, type Stage } from '../../rules/stage.ts';
import type { DropWindow } from '../../rules/tlds.ts';
import { catchAt, changeOf, cutoffAt, isNews, retryFrom, type Change, type Sight } from '../../rules/watch.ts';
import { at, DAY_MS, policy, registered } from './world.ts';

const estimate = (earliest: string, latest: string): DropWindow => ({
  earliest: at(earliest),
  latest: at(latest),
  source: 'policy',
  confidence: 'estimated',
});

const sight = (stage: Stage, told: Partial<Registration> | RegistryAnswer = {}, over: Partial<Sight> = {}): Sight => {
  const answer = 'kind' in told ? told : registered(told);
  return {
    seenAt: at('2026-04-21T00:00:00Z'),
    registry: 'verisign',
    answer,
    stage,
    since: { first: at('2026-04-21T00:00:00Z') },
    policy: policy('com'),
    ...(answer.kind === 'registered' && { expiresAt: answer.registration.expiresAt }),
    next: { what: 'registry_check', at: at('2026-04-22T00:00:00Z') },
    ...over,
  };
};

const expiry = { expiresAt: at('2026-03-01T12:00:00Z') };
const nextYear = { expiresAt: at('2027-03-01T12:00:00Z') };
const free: RegistryAnswer = { kind: 'free', premium: false };
const grace = sight('auto_renew_grace', { ...nextYear, rgp: ['autoRenewPeriod'] }, expiry);

test.each<[string, Sight, Sight, Change]>([
  ['nothing', sight('registered'), sight('registered'), { kind: 'none' }],
  ['nothing in grace', grace, grace, { kind: 'none' }],
  [
    'renewed before expiry',
    sight('registered', expiry),
    sight('registered', nextYear),
    { kind: 'kept', how: 'renewed' },
  ],
  [
    'transferred before expiry',
    sight('registered', expiry),
    sight('registered', { ...nextYear, sponsor: 'other' }),
    { kind: 'kept', how: 'transferred' },
  ],
  [
    'moved to another registrar, the date left',
    sight('registered'),
    sight('registered', { sponsor: 'other' }),
    { kind: 'moved', stageChanged: false },
  ],
  [
    // The trap: at expiry the registry moves the date by itself.
    'run out',
    sight('registered', expiry),
    grace,
    { kind: 'moved', stageChanged: true },
  ],
  ['renewed in grace', grace, sight('registered', nextYear), { kind: 'kept', how: 'renewed' }],
  [
    'transferred in grace',
    grace,
    sight('registered', { ...nextYear, sponsor: 'other' }),
    { kind: 'kept', how: 'transferred' },
  ],
  [
    'renewed, grace and all between two looks',
    sight('registered', expiry),
    sight('registered', { expiresAt: at('2028-03-01T12:00:00Z') }),
    { kind: 'kept', how: 'renewed' },
  ],
  ['deleted in grace', grace, sight('redemption', expiry), { kind: 'moved', stageChanged: true }],
  [
    'deleted before expiry',
    sight('registered', nextYear),
    sight('redemption', nextYear),
    { kind: 'moved', stageChanged: true },
  ],
  [
    'deleted, redemption gone by between two looks',
    grace,
    sight('pending_delete', expiry),
    { kind: 'moved', stageChanged: true },
  ],
  ['asked to be restored', sight('redemption'), sight('pending_restore'), { kind: 'moved', stageChanged: true }],
  ['not restored after all', sight('pending_restore'), sight('redemption'), { kind: 'moved', stageChanged: true }],
  ['restored', sight('pending_restore'), sight('registered', nextYear), { kind: 'kept', how: 'restored' }],
  ['restored between two looks', sight('redemption'), sight('registered', expiry), { kind: 'kept', how: 'restored' }],
  [
    'restored for another registrar',
    sight('redemption'),
    sight('registered', { sponsor: 'other' }),
    { kind: 'kept', how: 'transferred' },
  ],
  [
    'restored out of pending delete',
    sight('pending_delete'),
    sight('registered', nextYear),
    { kind: 'kept', how: 'restored' },
  ],
  [
    'kept in grace with other name servers than its owner had: sold, perhaps',
    { ...grace, owners: { sponsor: 'old-registrar', nameservers: ['ns1.owner.test'] } },
    sight('registered', { ...nextYear, nameservers: ['ns1.buyer.test'] }),
    { kind: 'kept', how: 'kept_unknown' },
  ],
  [
    'renewed by its owner, whom the registrar’s parking had replaced for a while',
    { ...grace, owners: { sponsor: 'old-registrar', nameservers: ['ns1.owner.test', 'ns2.owner.test'] } },
    sight('registered', { ...nextYear, nameservers: ['ns2.owner.test', 'ns1.owner.test'] }),
    { kind: 'kept', how: 'renewed' },
  ],
  ['restored into grace: not kept yet', sight('redemption'), grace, { kind: 'moved', stageChanged: true }],
  ['purged', sight('pending_delete'), sight('available', free), { kind: 'free' }],
  ['purged, unseen since grace', grace, sight('available', free), { kind: 'free' }],
  [
    'purged and withheld',
    sight('pending_delete'),
    sight('unknown', { kind: 'withheld' }, { told: { stage: 'pending_delete', sponsor: 'x', date: 0 } }),
    { kind: 'free' },
  ],
  [
    'taken',
    sight('pending_delete'),
    sight('registered_by_other', { roid: 'D2', sponsor: 'rival' }),
    { kind: 'taken', by: 'rival' },
  ],
  [
    'taken, the drop unseen',
    grace,
    sight('registered_by_other', { roid: 'D2', sponsor: 'rival' }),
    { kind: 'taken', by: 'rival' },
  ],
  [
    'taken after it was seen free',
    sight('available', free),
    sight('registered_by_other', { sponsor: 'rival' }),
    { kind: 'taken', by: 'rival' },
  ],
  ['caught by us', sight('pending_delete'), sight('registered_by_us', { sponsor: 'backorder' }), { kind: 'ours' }],
  [
    'given another date',
    sight('registered', nextYear),
    sight('registered', expiry),
    { kind: 'moved', stageChanged: false },
  ],
  [
    'given another drop',
    sight('redemption', {}, { drop: estimate('2026-04-25T18:00:00Z', '2026-04-25T19:00:00Z') }),
    sight('redemption', {}, { drop: estimate('2026-04-26T18:00:00Z', '2026-04-26T19:00:00Z') }),
    { kind: 'moved', stageChanged: false },
  ],
  [
    'closed to our questions',
    sight('pending_delete'),
    sight('unknown', { roid: '', sponsor: '' }),
    { kind: 'moved', stageChanged: true },
  ],
])('between two looks a name was: %s', (_what, before, after, change) =>
  expect(changeOf(before, after)).toEqual(change),
);

test('a registry that tells again what it would not tell for a while has not said that the name was kept', () => {
  const closed = sight('unknown', { roid: '', sponsor: '', expiresAt: 0, statuses: [] });
  expect(changeOf(closed, sight('registered'))).toEqual({ kind: 'moved', stageChanged: true });
  expect(changeOf(closed, sight('pending_delete'))).toEqual({ kind: 'moved', stageChanged: true });
});

const withheld: RegistryAnswer = { kind: 'withheld', reason: 'In use' };
const inRedemption = { stage: 'redemption', sponsor: 'old-registrar', date: expiry.expiresAt } as const;
const seenFirst = sight('unknown', withheld).since.first;
const hidden = sight('unknown', withheld, { told: inRedemption });

test('a name that is suddenly nobody’s and not to be had is doubted for as long as that is so, and nothing is done', () => {
  expect(changeOf(sight('redemption', expiry), hidden)).toEqual({ kind: 'moved', stageChanged: true });
  expect(changeOf(hidden, hidden)).toEqual({ kind: 'none' });
  const later = { ...hidden, seenAt: seenFirst + 100 * DAY_MS };
  expect(changeOf(hidden, later)).toEqual({ kind: 'none' });
  expect(changeOf(later, sight('available', { kind: 'free', premium: false }))).toEqual({ kind: 'free' });
});

test.each([
  ['pending delete', { ...inRedemption, stage: 'pending_delete' } as const],
  ['another last stage', { ...inRedemption, last: true }],
])('out of %s it is tried for a week, and then doubted too; or given away by its registry', (_what, told) => {
  const freed = (days: number) => ({ ...hidden, told, seenAt: seenFirst + days * DAY_MS });
  expect(changeOf(undefined, freed(0))).toEqual({ kind: 'free' });
  expect(changeOf(freed(0), freed(6.9))).toEqual({ kind: 'free' });
  expect(changeOf(freed(6.9), freed(7))).toEqual({ kind: 'moved', stageChanged: true });
  const given = { ...freed(7), policy: { ...hidden.policy, someWithoutRace: true } };
  expect(changeOf(freed(6.9), given)).toEqual({ kind: 'no_race' });
});

test('a name that comes back is held against what was told of it before', () => {
  expect(changeOf(hidden, sight('registered', nextYear))).toEqual({ kind: 'kept', how: 'restored' });
  expect(changeOf(hidden, sight('registered', { ...nextYear, sponsor: 'other' }))).toEqual({
    kind: 'kept',
    how: 'transferred',
  });
  expect(changeOf(hidden, sight('redemption', expiry))).toEqual({ kind: 'moved', stageChanged: true });
  const told = { ...inRedemption, stage: 'registered' } as const;
  expect(changeOf({ ...hidden, told }, sight('registered', expiry))).toEqual({ kind: 'moved', stageChanged: true });
});

test.each<[string, Sight, Change]>([
  ['held', sight('registered'), { kind: 'moved', stageChanged: true }],
  ['in grace', grace, { kind: 'moved', stageChanged: true }],
  ['nobody’s', sight('available', free), { kind: 'free' }],
  ['ours', sight('registered_by_us', { sponsor: 'backorder' }), { kind: 'ours' }],
  ['another’s', sight('registered_by_other', { sponsor: 'rival' }), { kind: 'taken', by: 'rival' }],
])('a first look tells that the name is %s', (_what, first, change) =>
  expect(changeOf(undefined, first)).toEqual(change),
);

const anySight = fc
  .record({
    stage: fc.constantFrom(...STAGES.filter((stage) => stage !== 'available')),
    expiresAt: fc.constantFrom(expiry.expiresAt, nextYear.expiresAt),
    sponsor: fc.constantFrom('old-registrar', 'other'),
    drop: fc.option(fc.tuple(fc.nat(9), fc.nat(9 * DAY_MS)), { nil: undefined }),
  })
  .map(({ stage, expiresAt, sponsor, drop }) => {
    const earliest = at('2026-04-25T18:00:00Z') + (drop?.[0] ?? 0) * DAY_MS;
    const window = {
      earliest,
      latest: earliest + (drop?.[1] ?? 0),
      source: 'policy',
      confidence: 'estimated',
    } as const;
    return sight(stage, { expiresAt, sponsor }, drop && { drop: window });
  });

test('only a name that stands registered again was kept', () =>
  fc.assert(
    fc.property(anySight, anySight, (before, after) => {
      if (changeOf(before, after).kind === 'kept') expect(after.stage).toBe('registered');
    }),
  ));

test('looking twice and seeing the same is no news', () =>
  fc.assert(
    fc.property(anySight, (seen) => {
      expect(['none', 'ours', 'taken']).toContain(changeOf(seen, structuredClone(seen)).kind);
    }),
  ));

const inPendingDelete = (earliest: string, latest: string, over: Partial<Sight> = {}) =>
  sight('pending_delete', {}, { drop: estimate(earliest, latest), ...over });
const batch = inPendingDelete('2026-04-25T18:00:00Z', '2026-04-25T19:00:00Z');

test('joins and cancels close a quarter of an hour before the drop, and catching starts a minute before it', () => {
  expect(cutoffAt(batch)).toBe(at('2026-04-25T17:45:00Z'));
  expect(catchAt(batch)).toBe(at('2026-04-25T17:59:00Z'));
});

test.each([
  ['2026-04-25T18:00:00Z', '2026-04-25T17:59:00Z'],
  ['2026-04-25T20:00:00Z', '2026-04-25T17:59:00Z'],
  ['2026-04-25T20:00:00.001Z', undefined],
  ['2026-04-30T19:00:00Z', undefined],
])('a drop between 18:00 and %s is raced from %s', (latest, from) =>
  expect(catchAt(inPendingDelete('2026-04-25T18:00:00Z', latest))).toBe(from && at(from)),
);

test.each(STAGES.filter((stage) => stage !== 'pending_delete'))(
  'a drop foretold in the stage %s closes nothing',
  (stage) => {
    const foretold = { ...batch, stage };
    expect(cutoffAt(foretold)).toBeUndefined();
    expect(catchAt(foretold)).toBeUndefined();
  },
);

test('where no drop is known nothing closes, and nothing is raced', () => {
  expect(cutoffAt(sight('pending_delete'))).toBeUndefined();
  expect(catchAt(sight('pending_delete'))).toBeUndefined();
});

test('a disagreement of sources is news once, and the eleventh is none', () => {
  const differ = (epp: string) => [{ what: 'status' as const, epp, rdap: 'ok' }];
  expect(isNews([], [])).toBe(false);
  expect(isNews(differ('clientHold'), [])).toBe(true);
  expect(isNews(differ('clientHold'), ['status: clientHold / ok'])).toBe(false);
  expect(isNews(differ('serverHold'), ['status: clientHold / ok'])).toBe(true);
  expect(isNews(differ('serverHold'), Array.from({ length: 10 }, String))).toBe(false);
});

test('where a registry has no pending delete the stage it frees names from closes joins and starts the catch just so', () => {
  const drop = estimate('2026-04-25T18:00:00Z', '2026-04-25T19:00:00Z');
  const quarantined = sight('redemption', {}, { drop, last: true });
  expect([cutoffAt(quarantined), catchAt(quarantined)]).toEqual([cutoffAt(batch), catchAt(batch)]);
  expect(catchAt(sight('redemption', {}, { drop }))).toBeUndefined();
});

test('a registry that says nobody has a name, and refuses it, is tried ever more slowly', () => {
  const since = { first: at('2026-04-25T18:00:00Z') };
  const seen = (answer: RegistryAnswer) => sight('available', answer, { since });
  const afterS = (answer: RegistryAnswer, triedS: number) =>
    ((retryFrom(seen(answer), since.first + triedS * 1_000) ?? 0) - since.first) / 1_000;
  expect([0, 1, 4, 16].map((triedS) => afterS(free, triedS))).toEqual([1, 4, 16, 64]);
  expect([0, 600, 2_400].map((triedS) => afterS({ kind: 'withheld' }, triedS))).toEqual([600, 2_400, 9_600]);
  expect(afterS(free, 200 * 86_400)).toBe(201 * 86_400);
  // Tried before it was seen so, or never: nothing is known against it.
  expect(retryFrom(seen(free), since.first - 1)).toBeUndefined();
  expect(retryFrom(seen(free), undefined)).toBeUndefined();
  expect(retryFrom(sight('pending_delete', {}, { since }), since.first)).toBeUndefined();
});
