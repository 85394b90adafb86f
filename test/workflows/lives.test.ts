/**
 * Every cause that moves a name × the stage in which it strikes × the TLD whose rules it lives by: each ends in the right status, and is
 * told as the registry made it. All lives of a TLD share a clock, and all TLDs a worker.
 */
import pLimit from 'p-limit';
import { loadPolicies } from '../../registry/policies/policies.ts';
import { lifeOf } from '../../registry/sandbox/life.ts';
import { hasRace } from '../../rules/tlds.ts';
import { CAUSES, HORIZON, livesOf, STAGES, START, type PossibleLife } from './lives.ts';
import { World } from './world.ts';

const policies = loadPolicies({ BACKORDER_POLICIES: undefined }).all();
const lives = new Map(policies.map((policy) => [policy.tld, livesOf(policy)]));
const possible = (tld: string) => (lives.get(tld) ?? []).filter((life) => life.kind === 'possible');

/** TLDs of one registry's rules, such as com and net, live the same lives: one of them stands for all. */
const stands = new Map<string, string>();
const sameRules = new Map<string, string>();
for (const policy of policies) {
  const rules = JSON.stringify([lifeOf(policy), policy.cutoffMs, policy.leadMs]);
  const first = sameRules.get(rules) ?? policy.tld;
  sameRules.set(rules, first);
  stands.set(policy.tld, first);
}
const lived = policies.filter((policy) => hasRace(policy) && stands.get(policy.tld) === policy.tld);

let world: World;
beforeAll(async () => {
  world = await World.open();
  world.registry.now = START;
  const limit = pLimit(4);
  await world.run(() => Promise.all(lived.map(({ tld }) => limit(() => liveAll(`clk_${tld}`, possible(tld))))));
}, 600_000);
afterAll(() => world.close());

async function liveAll(clock: string, all: PossibleLife[]): Promise<void> {
  for (const { name, story } of all) world.put(name, story);
  await world.startClock(clock, START);
  for (const at of [...new Set(all.map(({ joinsAt }) => joinsAt))].toSorted((a, b) => a - b)) {
    if (at > START) await world.advanceTo(at, clock);
    const joining = all.filter(({ joinsAt }) => joinsAt === at);
    await Promise.all(joining.map(({ name }) => world.reserve(`rsv_${name}`, name)));
    // A place is taken before time goes on.
    await Promise.all(joining.map(({ name }) => world.place(`rsv_${name}`, name)));
  }
  await world.advanceTo(HORIZON, clock);
}

/** Changes of stage and how it was kept. */
const toldOf = (id: string): string[] =>
  world.store.events.flatMap(({ reservation, type, data }) => {
    if (reservation !== id) return [];
    if (type === 'reservation.renewed') return [`renewed: ${String(data['how'])}`];
    // At the drop itself a name may be seen to be free before the create.
    if (type !== 'reservation.stage_changed' || data['stage'] === 'available') return [];
    return [`${String(data['from'])} → ${String(data['stage'])}`];
  });

test.each(lived.map(({ tld }) => tld))('.%s: each cause in each stage', (tld) => {
  const all = possible(tld);
  const seen = all.map(({ name }) => {
    const id = `rsv_${name}`;
    return { name, told: toldOf(id), outcome: world.outcome(id) };
  });
  expect(seen).toEqual(all.map(({ name, told, outcome }) => ({ name, told, outcome })));
});

test.each(policies.map(({ tld }) => tld))('.%s: what cannot be is said, with the reason', (tld) => {
  const all = lives.get(tld) ?? [];
  expect(all).toHaveLength(CAUSES.length * STAGES.length);
  for (const life of all) if (life.kind === 'impossible') expect(life.because).not.toBe('');
  const rules = policies.find((policy) => policy.tld === tld);
  expect(rules && hasRace(rules)).toBe(all.some(({ kind }) => kind === 'possible'));
});
