/** What a drop list says, held against what the registry says: the registry is right, and why is told. */
import { loadPolicies } from '../../registry/policies/policies.ts';
import { overruling, publishedBy, type ListedDrop, type ListedFacts } from '../../rules/listed.ts';
import type { Registration, Stage } from '../../rules/stage.ts';
import type { TldPolicy } from '../../rules/tlds.ts';
import { at, DAY_MS, HOUR_MS } from './world.ts';

const DROP = at('2026-05-06T10:00:00Z');
const { of } = loadPolicies({ BACKORDER_POLICIES: undefined });
const policy = (tld: string) => of(tld) as TldPolicy;

const registration = (over: Partial<Registration> = {}): Registration => ({
  ...{ roid: 'D1-UK', sponsor: 'tag', registeredAt: at('2020-01-31T00:00:00Z'), expiresAt: at('2026-01-31T00:00:00Z') },
  ...{ statuses: ['pendingDelete'], rgp: [], nameservers: [], ...over },
});
const facts = (stage: Stage, over: Partial<ListedFacts> = {}): ListedFacts => ({
  ...{ registration: registration(), stage, now: DROP - DAY_MS, ...over },
});
/** Pending by the registry, which in .uk is redemption and pending delete in one, 65 days, since so long before the listed instant. */
const seenSince = (days: number, now = DROP - days * DAY_MS) =>
  facts('pending_delete', { now, since: { first: DROP - days * DAY_MS } });
/** In redemption, for sixty days and then five of pending delete. */
const deletedAt = (updatedAt: number) =>
  facts('redemption', { registration: registration({ updatedAt }), now: updatedAt + DAY_MS });
const listed: ListedDrop = { at: DROP, list: 'dlt_1', roid: 'D1-UK' };

test.each<[string, ListedFacts, ReturnType<typeof overruling>]>([
  ['on its way', facts('pending_delete'), undefined],
  ['in redemption, where lists begin', facts('redemption'), undefined],
  ['in grace', facts('auto_renew_grace'), undefined],
  ['expired and on hold, where a registry knows no grace', facts('registered'), undefined],
  [
    'renewed',
    facts('registered', { registration: registration({ expiresAt: at('2027-01-31T00:00:00Z') }) }),
    'registered',
  ],
  [
    'registered until nobody says when',
    facts('registered', { registration: registration({ expiresAt: 0 }) }),
    'registered',
  ],
  ['being restored', facts('pending_restore'), 'being_restored'],
  [
    'another registration than the list has',
    facts('pending_delete', { registration: registration({ roid: 'D2-UK' }) }),
    'another_registration',
  ],
  ['on the registry’s own list with the same instant', facts('pending_delete', { published: DROP }), undefined],
  ['on the registry’s own list with another', facts('pending_delete', { published: DROP + 1_000 }), 'registry_list'],
  ['there at the instant', facts('pending_delete', { now: DROP }), undefined],
  ['there just under an hour after it', facts('pending_delete', { now: DROP + HOUR_MS - 1 }), undefined],
  ['there an hour after it', facts('pending_delete', { now: DROP + HOUR_MS }), 'still_there'],
  ['listed for a year later', facts('pending_delete', { now: DROP - 365 * DAY_MS }), 'too_late'],
  ['listed for thirty days after the end of its stage', seenSince(95), undefined],
  ['listed for later than that', seenSince(95 + 1e-6), 'too_late'],
  ['long overdue, and listed for soon', seenSince(150, DROP - DAY_MS), undefined],
  ['deleted when the registry says, and listed for months later', deletedAt(DROP - 170 * DAY_MS), 'too_late'],
  ['nobody’s', facts('available'), 'says_nothing'],
  ['another’s', facts('registered_by_other'), 'says_nothing'],
  ['ours', facts('registered_by_us'), 'says_nothing'],
  ['closed to our questions', facts('unknown'), 'says_nothing'],
])('a listed .uk name that is %s', (_what, seen, because) =>
  expect(overruling(listed, seen, policy('uk'))).toBe(because),
);

test('a list without ROIDs is of any registration', () =>
  expect(
    overruling(
      { at: DROP, list: 'dlt_1' },
      facts('pending_delete', { registration: registration({ roid: 'D2-UK' }) }),
      policy('uk'),
    ),
  ).toBeUndefined());

test('no list reaches half a year ahead, however little policy knows of the TLD', () => {
  const far = (days: number) =>
    overruling(listed, facts('pending_delete', { now: DROP - days * DAY_MS }), policy('au'));
  expect([far(180), far(181)]).toEqual([undefined, 'too_late']);
});

test('what the registry’s own list says too is no slip, however late', () => {
  const told = facts('pending_delete', { now: DROP - 365 * DAY_MS, published: DROP });
  expect(overruling(listed, told, policy('uk'))).toBeUndefined();
});

test('a list that names a day holds until that day’s release is over', () => {
  const day = { at: at('2026-05-06T00:00:00Z'), list: 'dlt_1' };
  const said = (now: string) => overruling(day, facts('pending_delete', { now: at(now) }), policy('se'));
  expect(said('2026-05-06T03:59:00Z')).toBeUndefined();
  expect(said('2026-05-06T05:30:00Z')).toBeUndefined();
});

const pending = facts('pending_delete');

test.each<[string, Parameters<typeof publishedBy>[0], ListedFacts, ReturnType<typeof publishedBy>]>([
  ['nobody’s', { own: undefined, loaded: undefined }, pending, {}],
  ['the loaded one’s', { own: undefined, loaded: listed }, pending, { at: DROP }],
  [
    'the registry’s own',
    { own: DROP + 1, loaded: listed },
    pending,
    { at: DROP + 1, overruled: { ...listed, because: 'registry_list' } },
  ],
  [
    'what counted, while the own one is silent',
    { own: 'silent', loaded: undefined, before: DROP },
    pending,
    { at: DROP },
  ],
  ['what counted, while loaded ones are', { own: undefined, loaded: 'silent', before: DROP }, pending, { at: DROP }],
  ['nobody’s, where all answer without the name', { own: undefined, loaded: undefined, before: DROP }, pending, {}],
  [
    'what counted, where it is just over',
    { own: undefined, loaded: undefined, before: DROP },
    { ...pending, now: DROP },
    { at: DROP },
  ],
  [
    'nobody’s, where the registry contradicts it',
    { own: undefined, loaded: 'silent', before: DROP },
    facts('registered', { registration: registration({ expiresAt: at('2027-01-31T00:00:00Z') }) }),
    {},
  ],
  [
    'nobody’s, where the list that says so is overruled',
    { own: undefined, loaded: { ...listed, roid: 'D2-UK' }, before: DROP },
    { ...pending, now: DROP },
    { overruled: { ...listed, roid: 'D2-UK', because: 'another_registration' } },
  ],
])('the instant that counts is %s', (_whose, listings, seen, expected) =>
  expect(publishedBy(listings, seen, policy('uk'))).toEqual(expected),
);
