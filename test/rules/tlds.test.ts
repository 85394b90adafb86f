/** Policy is data that can be checked: who said it, when it was read, and what a customer reads of it and of what nobody knows. */
import { dropSentence, unknownSentences } from '../../rules/tlds-explained.ts';
import { hasRace, isNone, lastStage, wayInOf, type TldPolicy } from '../../rules/tlds.ts';
import { at, policies, policy } from './world.ts';

const all = policies.all().map((one) => [one.tld, one] as const);
const having = (condition: (one: TldPolicy) => boolean) => all.filter(([, one]) => condition(one));

test('every TLD whose life cycle was looked up has a policy, and no other', () => {
  const tlds = 'com net org biz info io ai uk de fr eu nl be ch li cn ca au se nu it nz jp ee dk pl sg test'.split(' ');
  expect(all.map(([tld]) => tld).toSorted()).toEqual(tlds.toSorted());
  expect(policies.of('constructor')).toBeUndefined();
});

test.each(all)('what is known of .%s says who said it, when it was read and how far it can be trusted', (_tld, one) => {
  const fields = { grace: one.grace, redemption: one.redemption, pending_delete: one.pendingDelete, list: one.list };
  const known = Object.entries({
    ...fields,
    add_grace: one.addGraceMs,
    restore_rights: one.restoreRightsMs,
    drop: one.drop.kind,
  })
    .filter(([, fact]) => fact !== 'unknown')
    .map(([field]) => field);
  expect(one.sources.map(({ field }) => field).toSorted()).toEqual(known.toSorted());
  for (const { source, readOn } of one.sources) {
    expect(source).not.toBe('');
    expect(new Date(at(`${readOn}T00:00:00Z`)).toISOString().slice(0, 10)).toBe(readOn);
  }
});

test.each(all)('a reservation under .%s is on terms that can be kept', (_tld, one) => {
  expect(one.listPrice).toEqual({ amount: 6900, currency: 'USD' });
  expect(one.award.rule).toBe('auction_when_contested');
  // Joins close before catching starts.
  expect(one.cutoffMs).toBeGreaterThan(one.leadMs);
  expect(one.leadMs).toBeGreaterThan(0);
});

test.each(
  having(({ drop }) => 'schedule' in drop).map(
    ([tld, { drop }]) => [tld, 'schedule' in drop && drop.schedule] as const,
  ),
)('the schedule of .%s is on a wall clock that exists, never a UTC offset', (_tld, schedule) => {
  if (!schedule || schedule.zone === 'unknown') return;
  expect(() => new Intl.DateTimeFormat('en', { timeZone: schedule.zone })).not.toThrow();
  expect(schedule.zone).toMatch(/^[A-Z][A-Za-z]+\/[A-Za-z_]+$/);
});

test('the sandbox follows the policy of .com, its list apart', () => {
  const own = ({ tld: _t, version: _v, sources: _s, list: _l, ...rest }: TldPolicy) => rest;
  expect(own(policy('test'))).toEqual(own(policy('com')));
});

test.each([
  ['com', 'pending_delete'],
  ['io', 'pending_delete'],
  ['au', 'pending_delete'],
  ['nl', 'redemption'],
  ['de', 'redemption'],
  ['jp', 'redemption'],
  ['dk', 'auto_renew_grace'],
])('the last stage of a .%s before it is free is %s', (tld, stage) => expect(lastStage(policy(tld))).toBe(stage));

test.each([
  [
    'dk',
    'The registry of .dk, Punktum dk, offers a deleted name to the first on its own waiting list: join it in the self-service at https://punktum.dk.',
  ],
  [
    'ee',
    'The registry of .ee, Eesti Interneti SA, auctions each released name itself for 24 hours: bid at https://auction.internet.ee.',
  ],
  [
    'pl',
    'One option is sold on each .pl name, and its holder comes first when the name is deleted: buy it from a registrar of NASK that sells options (https://www.dns.pl/en/options), where WHOIS shows that none is held.',
  ],
])('who wants a .%s is told the registry’s own way in', (tld, sentence) => {
  expect(wayInOf(policy(tld))).toBe(sentence);
  expect(dropSentence(policy(tld))).toBe(sentence);
});

test('all others have a race', () =>
  expect(having((one) => !hasRace(one)).map(([tld]) => tld)).toEqual(['ee', 'dk', 'pl']));

test.each([
  [
    'com',
    'The registry frees .com names in an order that can be foretold, every day from 14:00 (America/New_York), for about 60 minutes.',
  ],
  ['org', 'The registry frees .org names in batches, every day from 14:30 (Etc/UTC).'],
  ['biz', 'The registry frees .biz names in batches, every day from 17:00 (Etc/UTC).'],
  [
    'info',
    'The registry frees .info names in batches, every day, at an hour that is not known here. Some names do not drop: the registry, Identity Digital, gives them away itself through Dropzone, its application window for registrars.',
  ],
  ['uk', 'The registry frees .uk names each at an instant of its own, which it publishes before.'],
  ['nl', 'The registry frees .nl names each at a random instant within 60 minutes after its last stage ends.'],
  ['eu', 'The registry frees .eu names on the day their last stage ends, at an hour that is not known here.'],
  ['cn', 'The registry frees .cn names on the day their last stage ends, about 04:00 (Asia/Shanghai).'],
  ['ca', 'The registry frees .ca names in a session, every Wednesday, at an hour that is not known here.'],
  ['nz', 'The registry frees .nz names in a session, every day from 02:00 (Etc/UTC), for about 60 minutes.'],
  ['au', 'The registry frees .au names in batches, every day from 13:00 and 13:30 (Australia/Brisbane).'],
  ['se', 'The registry frees .se names in random order, every day from 04:00 (Etc/UTC).'],
  ['it', 'The registry frees .it names in batches, every day from 09:00 and 16:00 (Europe/Rome).'],
  ['jp', 'The registry frees .jp names once a month, on day 1 of each month, at an hour that is not known here.'],
  ['sg', 'The registry frees .sg names in batches, every hour from minute 45.'],
])('how .%s names come free is said in a sentence', (tld, sentence) =>
  expect(dropSentence(policy(tld))).toBe(sentence),
);

test.each(['io', 'ai', 'be', 'ch', 'li'])('how .%s names come free is not known, and that is what is said', (tld) =>
  expect(dropSentence(policy(tld))).toBe(
    `How and when the registry frees .${tld} names is not known here: a name is watched, and caught when it is seen to be free.`,
  ),
);

test.each(['de', 'fr'])('a .%s is freed at an instant that nobody publishes, and that is what is said', (tld) =>
  expect(dropSentence(policy(tld))).toBe(
    `When in the day the registry frees a .${tld} name is published nowhere: the name is watched, and caught when it is seen to be free.`,
  ),
);

const list = (tld: string) => `Whether the registry publishes which .${tld} names it will free is not known here.`;
const blind = (tld: string) => `So the drop of a .${tld} name cannot be foretold from its expiry.`;
const lasts = (stage: string, tld: string) => `How long ${stage} lasts under .${tld} is not known here.`;

test.each<[string, string[]]>([
  [
    'io',
    [
      lasts('the grace after expiry', 'io'),
      lasts('redemption', 'io'),
      lasts('pending delete', 'io'),
      list('io'),
      blind('io'),
    ],
  ],
  ['ai', [lasts('pending delete', 'ai'), list('ai'), blind('ai')]],
  ['fr', [list('fr')]],
  ['eu', [list('eu')]],
  ['be', [list('be')]],
  ['ch', [list('ch')]],
  ['li', [list('li')]],
  ['cn', [lasts('pending delete', 'cn'), blind('cn')]],
  ['sg', [lasts('pending delete', 'sg'), blind('sg')]],
  ['au', ['How long pending delete lasts at most under .au is not known here.', blind('au')]],
  ['pl', [lasts('redemption', 'pl'), lasts('pending delete', 'pl')]],
])('what nobody could say of .%s is said to be unknown', (tld, sentences) =>
  expect(unknownSentences(policy(tld))).toEqual(sentences),
);

test('of all others everything on the way to the drop is known', () => {
  const open = ['io', 'ai', 'fr', 'eu', 'be', 'ch', 'li', 'cn', 'sg', 'au', 'pl'];
  for (const [tld, one] of all) if (!open.includes(tld)) expect([tld, unknownSentences(one)]).toEqual([tld, []]);
});

test('a stage that a registry does not have is not one of unknown length', () => {
  expect(isNone(policy('nl').pendingDelete)).toBe(true);
  expect(isNone(policy('cn').pendingDelete)).toBe(false);
});
