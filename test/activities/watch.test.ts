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

function look(publishedDrop: List, lastSeen?: LookInput['lastSeen'], listed?: ListedDrop) {
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
    look: async () => ({ kind: 'registered', registration }),
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
