/** Whose a caught name is. */
import fc from 'fast-check';
import { awardFrom, HOUSE_AWARD, withOwn } from '../../registry/policies/award.ts';
import { decideAward, firstInOrder, PASSED, policyFor, type AwardTerms, type Passed } from '../../rules/award.ts';
import type { Claim } from '../../rules/queue.ts';
import { usd } from '../../rules/money.ts';
import { AWARDS, type Award, type OwnAward } from '../../rules/tlds.ts';
import { at, frozen } from './world.ts';

const claim = (reservation: string, ordinal: number, dryRun = false): Claim => ({
  reservation,
  ordinal,
  owner: `owner of ${reservation}`,
  onRenewal: 'keep_waiting',
  dryRun,
});
const terms = (rule: Award, funded: string[]): AwardTerms => ({
  ...awardFrom({ ...HOUSE_AWARD, award: rule }),
  setBy: 'tld',
  policy: 'p1',
  listPrice: usd(6_900),
  fixedAt: at('2026-04-21T17:45:00Z'),
  funded,
});
const [ada, bob, cem, dry] = [claim('ada', 3), claim('bob', 7), claim('cem', 9), claim('dry', 1, true)] as const;
const ALL = frozen([bob, dry, cem, ada]);
const reasons = (given: Parameters<typeof decideAward>[0]) => {
  const { verdict, considered } = decideAward(frozen(given));
  const what = verdict.kind === 'take' ? `${verdict.winner} for ${verdict.price.amount}` : verdict.kind;
  return [what, considered.map(({ reservation, reason }) => `${reservation}: ${reason}`).join(', ')];
};

test.each<[string, Award, string[], Record<string, Passed>, string, string]>([
  [
    'in order',
    'in_order',
    ['ada', 'bob'],
    {},
    'ada for 6900',
    'dry: dry_run, ada: first_in_order, bob: behind_in_order, cem: unfunded',
  ],
  [
    'in order, after the first declined',
    'in_order',
    ['ada', 'bob', 'cem'],
    { ada: 'declined' },
    'bob for 6900',
    'dry: dry_run, ada: declined, bob: next_in_order, cem: behind_in_order',
  ],
  [
    'the only one whose money is held',
    'auction_when_contested',
    ['bob'],
    {},
    'bob for 6900',
    'dry: dry_run, ada: unfunded, bob: first_in_order, cem: unfunded',
  ],
  [
    'contested',
    'auction_when_contested',
    ['ada', 'cem'],
    {},
    'auction',
    'dry: dry_run, ada: bids, bob: unfunded, cem: bids',
  ],
  [
    'nobody whose money is held',
    'auction_when_contested',
    [],
    {},
    'nobody',
    'dry: dry_run, ada: unfunded, bob: unfunded, cem: unfunded',
  ],
  [
    'everybody had a chance',
    'in_order',
    ['ada', 'bob'],
    { ada: 'lapsed', bob: 'defaulted' },
    'nobody',
    'dry: dry_run, ada: lapsed, bob: defaulted, cem: unfunded',
  ],
])('%s', (_what, rule, funded, passed, verdict, considered) =>
  expect(reasons({ terms: terms(rule, funded), claims: ALL, passed })).toEqual([verdict, considered]),
);

test('after an auction it goes round in the order of the maxima, at the price without those passed over', () => {
  const given = { terms: terms('auction_when_contested', ['ada', 'bob', 'cem']), claims: ALL };
  const auction = { order: ['cem', 'ada', 'bob'], price: usd(15_500) };
  expect(reasons({ ...given, passed: {}, auction })).toEqual([
    'cem for 15500',
    'dry: dry_run, ada: outbid, bob: outbid, cem: highest_bid',
  ]);
  const without = { order: ['ada', 'bob'], price: usd(9_900) };
  expect(reasons({ ...given, passed: { cem: 'defaulted' }, auction: without })).toEqual([
    'ada for 9900',
    'dry: dry_run, ada: highest_bid, bob: outbid, cem: defaulted',
  ]);
});

const TLD = { ...awardFrom(HOUSE_AWARD), version: '1' };
const own = (given: OwnAward) => withOwn(TLD, given);
const [ordered, patient] = [own({ award: 'in_order' }), own({ offer_s: 60 })];

test.each<[string, (typeof TLD | null)[], typeof TLD, string]>([
  ['no registrar has its own', [null, null], TLD, 'tld'],
  ['all are of one that has', [ordered], ordered, 'registrar'],
  ['two have the same', [ordered, own({ award: 'in_order' })], ordered, 'registrar'],
  ['one of two has', [ordered, null], TLD, 'tld'],
  ['the other of two has', [null, ordered], TLD, 'tld'],
  ['two differ', [ordered, patient], TLD, 'tld'],
  ['nobody waits', [], TLD, 'tld'],
])('whose policy it is where %s', (_what, owns, { version, ...policy }, setBy) =>
  expect(policyFor(TLD, owns)).toEqual({ ...policy, policy: version, setBy }),
);

test.each([
  ['nobody waits', []],
  ['only dry runs wait', [claim('dry', 1, true), claim('dryer', 2, true)]],
])('nothing is caught where %s', (_who, claims) => expect(firstInOrder(claims)).toBeUndefined());

test('nothing is caught where no claim has its money held, and else for the first that has', () => {
  expect(firstInOrder([ada, bob], terms('in_order', []))).toBeUndefined();
  expect(firstInOrder([ada, bob], terms('in_order', ['bob']))).toBe(bob);
});

const facts = fc
  .uniqueArray(
    fc.record({
      ordinal: fc.nat(),
      dryRun: fc.boolean(),
      funded: fc.boolean(),
      passed: fc.option(fc.constantFrom(...PASSED), { nil: undefined }),
    }),
    { selector: ({ ordinal }) => ordinal },
  )
  .chain((some) => fc.record({ some: fc.constant(some), rule: fc.constantFrom(...AWARDS) }))
  .map(({ some, rule }) => ({
    terms: terms(
      rule,
      some.filter(({ funded }) => funded).map(({ ordinal }) => `rsv_${ordinal}`),
    ),
    claims: some.map(({ ordinal, dryRun }) => claim(`rsv_${ordinal}`, ordinal, dryRun)),
    passed: Object.fromEntries(some.flatMap(({ ordinal, passed }) => (passed ? [[`rsv_${ordinal}`, passed]] : []))),
  }));

test('nobody passes an earlier claim unless that one is a dry run, without money, or had its chance', () =>
  fc.assert(
    fc.property(facts, (given) => {
      const { verdict, considered } = decideAward(frozen(given));
      if (verdict.kind !== 'take') return;
      const winner = considered.find(({ reservation }) => reservation === verdict.winner);
      for (const { ordinal, reason } of considered)
        if (ordinal < (winner?.ordinal ?? 0)) expect(['dry_run', 'unfunded', ...PASSED]).toContain(reason);
    }),
  ));

test('every claim is considered once, in order; a name nobody gets has no claim that could have it', () =>
  fc.assert(
    fc.property(facts, (given) => {
      const { verdict, considered } = decideAward(given);
      expect(considered.map(({ ordinal }) => ordinal)).toEqual(
        given.claims.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b),
      );
      const could = given.claims.filter(
        ({ reservation, dryRun }) =>
          !dryRun && given.terms.funded.includes(reservation) && given.passed[reservation] === undefined,
      );
      expect(verdict.kind === 'nobody').toBe(could.length === 0);
      if (verdict.kind === 'auction') expect(could.length).toBeGreaterThan(1);
      if (verdict.kind === 'take') expect(could.map(({ reservation }) => reservation)).toContain(verdict.winner);
    }),
  ));

test('the order in which claims are listed decides nothing', () =>
  fc.assert(
    fc.property(facts, (given) =>
      expect(decideAward({ ...given, claims: given.claims.toReversed() })).toEqual(decideAward(given)),
    ),
  ));
