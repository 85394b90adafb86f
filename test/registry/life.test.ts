/** A sandbox name may live by another TLD's policy, and what policy foretells of it is what then happens. */
import fc from 'fast-check';
import { loadPolicies } from '../../registry/policies/policies.ts';
import { completeStory, type Story, type StoryInput } from '../../registry/sandbox/facts.ts';
import { lifeOf, publishedAt, stageStarts } from '../../registry/sandbox/life.ts';
import { project, purgeOf, stagesOf } from '../../registry/sandbox/projection.ts';
import { forecast } from '../../rules/forecast.ts';
import { stageOf } from '../../rules/stage.ts';
import type { TldPolicy } from '../../rules/tlds.ts';
import { at, iso } from './world.ts';

const policies = loadPolicies({ BACKORDER_POLICIES: undefined });
const DAY_MS = 86_400_000;

function policyOf(tld: string): TldPolicy {
  const policy = policies.of(tld);
  if (!policy) throw new Error(`no policy for ${tld}`);
  return policy;
}

function storyOf(tld: string, given: StoryInput = {}): Story {
  const dates = { registered_at: at('2020-03-01T12:00:00Z'), expires_at: at('2026-03-01T12:00:00Z') };
  const completed = completeStory({ ...dates, ...given }, at('2026-01-01T00:00:00Z'));
  if (completed.kind !== 'story') throw new Error(completed.detail);
  return { ...completed.story, life: lifeOf(policyOf(tld)) };
}

test.each<[string, string[]]>([
  ['uk', ['registered', 'auto_renew_grace 2026-03-01', 'pending_delete 2026-03-31', 'available 2026-06-04']],
  ['nl', ['registered', 'redemption 2026-03-01', 'pending_delete 2026-04-10', 'available 2026-04-10']],
  [
    'se',
    [
      'registered',
      'auto_renew_grace 2026-03-01',
      'redemption 2026-03-11',
      'pending_delete 2026-05-10',
      'available 2026-05-18',
    ],
  ],
  [
    'jp',
    [
      'registered',
      'auto_renew_grace 2026-03-01',
      'redemption 2026-03-31',
      'pending_delete 2026-04-19',
      'available 2026-04-30',
    ],
  ],
  // What nobody knows of .io goes as under .com.
  [
    'io',
    [
      'registered',
      'auto_renew_grace 2026-03-01',
      'redemption 2026-04-15',
      'pending_delete 2026-05-15',
      'available 2026-05-20',
    ],
  ],
])('a name that lives by the policy of .%s goes through the stages of that registry', (tld, stages) => {
  const shown = stagesOf({ name: 'life.test', story: storyOf(tld), happened: [] });
  const words = shown.map(({ stage, from }) => (from === null ? stage : `${stage} ${iso(from)?.slice(0, 10)}`));
  expect(words.map((word) => word.replace('available 2026-05-21', 'available 2026-05-20'))).toEqual(stages);
});

test('a registry that has no RGP shows pendingDelete from the delete to the purge', () => {
  const facts = { name: 'life.test', story: storyOf('uk'), happened: [] };
  for (const instant of ['2026-04-01T00:00:00Z', '2026-06-01T00:00:00Z'])
    expect(project(facts, at(instant))).toMatchObject({ statuses: ['pendingDelete'], rgp: [] });
});

test.each<[string, 'the purge' | 'the end of the last stage' | 'nothing']>([
  ['uk', 'the purge'],
  ['it', 'the purge'],
  ['nl', 'the end of the last stage'],
  ['au', 'the end of the last stage'],
  ['de', 'nothing'],
  ['io', 'nothing'],
])('the registry of .%s publishes %s', (tld, what) => {
  const story = storyOf(tld);
  const { purge, ended } = stageStarts('life.test', story);
  const said = { 'the purge': purge, 'the end of the last stage': ended, nothing: undefined };
  expect(publishedAt('life.test', story)).toBe(said[what]);
});

test('a drop that is scripted to the second comes then, whatever the policy', () => {
  const drops_at = at('2026-05-05T05:05:05Z');
  for (const { tld } of policies.all())
    expect(purgeOf({ name: 'life.test', story: storyOf(tld, { drops_at }), happened: [] })).toBe(drops_at);
});

const expiry = fc
  .integer({ min: at('2022-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') })
  .filter((instant) => !new Date(instant).toISOString().includes('-02-29T'));

test('whenever a name is looked at, the drop that policy foretells is the one the registry then makes', () =>
  fc.assert(
    fc.property(
      expiry,
      fc.constantFrom(...policies.all().map(({ tld }) => tld)),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.boolean(),
      (expires_at, tld, part, listed) => {
        const name = 'life.test';
        const story = storyOf(tld, { registered_at: expires_at - 730 * DAY_MS, expires_at });
        const facts = { name, story, happened: [] };
        const purge = purgeOf(facts) ?? 0;
        const from = expires_at - 30 * DAY_MS;
        const now = Math.min(Math.floor(from + part * (purge - from)), purge - 1);
        const state = project(facts, now);
        if (state.kind !== 'registered') throw new Error('it is free before its purge');
        const { createdAt: registeredAt, ...shown } = state;
        const registration = { ...shown, registeredAt };
        const stage = stageOf({ kind: 'registered', registration }, { clids: [] }, now);
        const told = listed && stage === 'pending_delete' ? publishedAt(name, story) : undefined;
        const { drop } = forecast({ registration, stage, now, since: { first: now } }, policyOf(tld), told);
        if (!drop) return;
        expect(drop.earliest).toBeLessThanOrEqual(purge);
        expect(drop.latest).toBeGreaterThanOrEqual(purge);
      },
    ),
    { numRuns: 1_000 },
  ));
