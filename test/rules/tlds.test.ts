/** Policy is data that can be checked: who said it, when it was read, and what follows where nothing is known. */
import { allPolicies, hasRace, policyOf } from '../../rules/tlds.ts';
import { at, policy } from './world.ts';

const policies = allPolicies().map((one) => [one.tld, one] as const);

test.each(policies)('the policy of .%s has a version, and a source and a day for what it says', (tld, one) => {
  expect(policyOf(tld)).toBe(one);
  expect(one.version).toMatch(new RegExp(`^${tld}-\\d+$`));
  expect(one.sources.length).toBeGreaterThan(0);
  for (const { fact, source, readOn } of one.sources) {
    expect(fact).not.toBe('');
    expect(source).not.toBe('');
    expect(readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(new Date(at(`${readOn}T00:00:00Z`)).toISOString().slice(0, 10)).toBe(readOn);
  }
});

test.each(policies)('.%s has either a batch to race in or the registry’s own way in', (_tld, one) => {
  expect([one.batch === null, one.wayIn === undefined]).toEqual(hasRace(one) ? [false, true] : [true, false]);
  expect(one.mode === 'ordered_batch').toBe(hasRace(one));
});

test.each(policies)('the numbers of .%s are usable, or said to be unknown', (_tld, one) => {
  for (const ms of [one.redemptionMs, one.pendingDeleteMs, one.addGraceMs, one.graceMs?.max ?? null])
    if (ms !== null) expect(Number.isSafeInteger(ms) && ms > 0).toBe(true);
  if (one.graceMs) expect(one.graceMs.min).toBeLessThanOrEqual(one.graceMs.max);
  expect(Number.isSafeInteger(one.listPrice.amount) && one.listPrice.amount > 0).toBe(true);
  // Joins close before catching starts.
  expect(one.cutoffMs).toBeGreaterThan(one.leadMs);
  expect(one.leadMs).toBeGreaterThan(0);
});

test.each(policies.filter(([, { batch }]) => batch !== null))(
  'the batch of .%s is a time on a wall clock that exists',
  (_tld, { batch }) => {
    expect(() => new Intl.DateTimeFormat('en', { timeZone: batch?.zone })).not.toThrow();
    expect(batch?.zone).toMatch(/^[A-Z][A-Za-z]+\/[A-Za-z_]+$/);
    expect([0 <= (batch?.hour ?? -1), (batch?.hour ?? 24) < 24]).toEqual([true, true]);
    expect([0 <= (batch?.minute ?? -1), (batch?.minute ?? 60) < 60]).toEqual([true, true]);
    expect(batch?.lengthMs).toBeGreaterThan(0);
  },
);

test('no TLD has two policies, and one without data has none', () => {
  const tlds = policies.map(([tld]) => tld);
  expect(new Set(tlds).size).toBe(tlds.length);
  expect(policyOf('io')).toBeUndefined();
  expect(policyOf('constructor')).toBeUndefined();
});

test('the sandbox follows the policy of .com, its sources apart', () => {
  const { tld: _t, version: _v, sources: _s, ...sandbox } = policy('test');
  const { tld: _ct, version: _cv, sources: _cs, ...com } = policy('com');
  expect(sandbox).toEqual(com);
});
