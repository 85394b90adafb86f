/** A look at a name whose drop its registry publishes: what the list last said stands while it is away, for drops are when lists are asked most. */
import type { EngineDeps } from '../../activities/deps.ts';
import { watchActivities, type LookInput } from '../../activities/watch.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import type { ListedDrop } from '../../rules/listed.ts';
import { RegistryUnreachable, type RegistryGateway } from '../../registry/gateway.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DROP = NOW + 10_000;

type List = () => Promise<{ at: number } | undefined>;
const answers: List = async () => ({ at: DROP });
const isAway: List = () => Promise.reject(new RegistryUnreachable('drop list: does not answer'));
const hasItNot: List = async () => undefined;

/** `freed`: so many questions later the name is free. */
function look(publishedDrop: List, lastSeen?: LookInput['lastSeen'], listed?: ListedDrop, freed = Infinity) {
  let asked = 0;
  const registration = {
    roid: 'D1-TEST',
    sponsor: 'other-registrar',
    registeredAt: 0,
    expiresAt: NOW - 80 * 86_400_000,
    statuses: ['pendingDelete'],
    rgp: ['pendingDelete'],
    nameservers: [],
  };
  const gateway = {
    id: 'sandbox',
    look: async () => (asked++ < freed ? { kind: 'registered', registration } : { kind: 'free', premium: false }),
    publishedDrop,
  } as unknown as RegistryGateway;
  const deps = {
    registryOf: () => ({ gateway, owns: ['backorder'], contacts: {}, nameservers: [] }),
    policyOf: loadPolicies({ BACKORDER_POLICIES: undefined }).of,
    settingsOf: async () => ({}),
    store: { rememberWatched: async () => undefined, listedDrop: async () => listed },
  } as unknown as EngineDeps;
  const name = { name: 'soon.test', tld: 'test', now: NOW, watchedRoid: 'D1-TEST' };
  return watchActivities(deps).look({ ...name, ...(lastSeen && { lastSeen }) });
}

const before = { at: NOW - 5_000, stage: 'pending_delete', since: { first: NOW - 5_000 } } as const;

test('a published drop is taken as it is', async () => {
  expect((await look(answers)).drop).toMatchObject({ earliest: DROP, latest: DROP, source: 'drop_list' });
});

test('a drop that was published stands while the list is away', async () => {
  const sight = await look(isAway, { ...before, published: DROP });
  expect(sight.drop).toMatchObject({ earliest: DROP, latest: DROP, source: 'drop_list' });
  expect(sight.next).toEqual({ what: 'drop', at: DROP });
});

test('a list that never answered yet is asked again within a minute, not when policy expects the drop', async () => {
  const sight = await look(isAway);
  expect(sight.drop).toMatchObject({ source: 'policy' });
  expect(sight.next).toEqual({ what: 'registry_check', at: NOW + 60_000 });
});

test('a list that answers without the name takes its drop back', async () => {
  expect((await look(hasItNot, { ...before, published: DROP })).drop).toMatchObject({ source: 'policy' });
});

test('a name that is freed between what EPP says and what its list says is seen to be free', async () => {
  expect((await look(hasItNot, undefined, undefined, 1)).stage).toBe('available');
});

const over = (agoMs: number) => ({ ...before, published: NOW - agoMs });

test('a list of what is still to come has a name no more at its instant: for an hour it is late, not taken back', async () => {
  expect((await look(hasItNot, over(0))).drop).toMatchObject({ earliest: NOW, source: 'drop_list' });
  expect((await look(hasItNot, over(3_599_999))).drop).toMatchObject({ source: 'drop_list' });
  expect((await look(hasItNot, over(3_600_000))).drop).toMatchObject({ source: 'policy' });
});

test('a loaded list counts where the registry’s own says nothing, and loses against it', async () => {
  const listed = { at: DROP, list: 'dlt_1' };
  const sight = await look(hasItNot, undefined, listed);
  expect([sight.drop?.source, sight.published, sight.overruled]).toEqual(['drop_list', DROP, undefined]);
  const moved = await look(answers, undefined, { ...listed, at: DROP + 1 });
  expect([moved.published, moved.overruled?.because]).toEqual([DROP, 'registry_list']);
});

test('a loaded list that is a year off does not put the drop off', async () => {
  const sight = await look(hasItNot, before, { at: NOW + 366 * 86_400_000, list: 'dlt_1' });
  expect([sight.drop?.source, sight.published, sight.overruled?.because]).toEqual(['policy', undefined, 'too_late']);
  expect(sight.next.at).toBeLessThan(NOW + 7 * 86_400_000);
});
