/** Every cause that moves a name × the stage in which it strikes × the TLD: which lives there are, which there cannot be, and what is told of each. */
import { loadPolicies } from '../../registry/policies/policies.ts';
import { completeStory, type Act, type DomainFacts, type StoryInput } from '../../registry/sandbox/facts.ts';
import { film, unfitting } from '../../registry/sandbox/film.ts';
import { lifeOf } from '../../registry/sandbox/life.ts';
import { stagesOf } from '../../registry/sandbox/projection.ts';
import type { DomainState } from '../../registry/sandbox/state.ts';
import { stageOf } from '../../rules/stage.ts';
import { hasRace, isNone, wayInOf, type TldPolicy } from '../../rules/tlds.ts';
import { DAY_MS } from './world.ts';

export const STAGES = ['registered', 'auto_renew_grace', 'redemption', 'pending_delete'] as const;
export type LifeStage = (typeof STAGES)[number];

/** In the first two nobody acts, and the stage is the one in which the customer comes. */
export const CAUSES = [
  ...(['let_go', 'taken'] as const),
  ...(['renewed', 'transferred', 'sold', 'deleted', 'restored', 'restore_failed'] as const),
  ...(['purged', 'purged_and_taken', 'vanished', 'moved_later', 'moved_earlier'] as const),
] as const;
export type Cause = (typeof CAUSES)[number];

export const POLICIES = loadPolicies({ BACKORDER_POLICIES: undefined }).all();

/** TLDs of one registry's rules, such as com and net, live the same lives: the first of them stands for all. Without a race none is lived. */
export const LIVED = POLICIES.filter(hasRace).filter(
  (policy, index, all) => all.findIndex((other) => rulesOf(other) === rulesOf(policy)) === index,
);

function rulesOf(policy: TldPolicy): string {
  return JSON.stringify([lifeOf(policy), policy.cutoffMs, policy.leadMs]);
}

export interface PossibleLife {
  kind: 'possible';
  policy: string;
  cause: Cause;
  stage: LifeStage;
  name: string;
  story: StoryInput;
  /** When the customer comes. */
  joinsAt: number;
  /** Changes of stage as the registry makes them, how it was kept, and the end. */
  told: string[];
  outcome: string;
}
export type Life = PossibleLife | { kind: 'impossible'; cause: Cause; stage: LifeStage; because: string };

export const START = Date.parse('2026-01-01T00:00:00Z');
/** All that was ever to be let go is gone by then. */
export const HORIZON = START + 175 * DAY_MS;
const HOUR_MS = 3_600_000;

const EXPIRES = START + 30 * DAY_MS;

const alive = (stage: LifeStage): boolean => stage === 'registered' || stage === 'auto_renew_grace';

function storyOf(policy: TldPolicy, happens: Act[], extra: StoryInput): StoryInput {
  const dates = { registered_at: START - 335 * DAY_MS, expires_at: EXPIRES };
  return { ...dates, nameservers: ['ns1.owner.test'], policy: policy.tld, happens, ...extra };
}

function factsOf(name: string, story: StoryInput, policy: TldPolicy): DomainFacts {
  const completed = completeStory(story, START);
  if (completed.kind === 'refused') throw new Error(completed.detail);
  return { name, story: { ...completed.story, life: lifeOf(policy) }, happened: [] };
}

/** Why no name of this TLD can meet that; undefined where one can. */
export function impossible(cause: Cause, stage: LifeStage, policy: TldPolicy, shown: string[]): string | undefined {
  const wayIn = wayInOf(policy);
  if (wayIn !== undefined) return `no race, no reservation: ${wayIn}`;
  if (!shown.includes(stage))
    return policy.tellsRgp
      ? `.${policy.tld} has no such stage`
      : `.${policy.tld} shows pendingDelete alone from the delete on (no RFC 3915)`;
  switch (cause) {
    case 'let_go':
    case 'taken':
      return stage === 'pending_delete' &&
        isNone(policy.pendingDelete) &&
        !['poll', 'unknown'].includes(policy.drop.kind)
        ? 'nobody joins any more: it is being released'
        : undefined;
    case 'renewed':
    case 'transferred':
    case 'sold':
      return alive(stage) ? undefined : 'what is deleted is neither renewed nor transferred, but restored';
    case 'deleted':
      return alive(stage) ? undefined : 'it is deleted already';
    case 'restored':
    case 'restore_failed':
      return stage === 'redemption' ? undefined : 'only what is in redemption is restored (RFC 3915)';
    case 'moved_later':
    case 'moved_earlier':
      return stage === 'registered' ? undefined : 'past the expiry a date moves only by a renewal';
    default:
      return undefined;
  }
}

function actsOf(cause: Cause, at: number, lengthMs: number): Act[] {
  const short = Math.min(12 * HOUR_MS, Math.floor(lengthMs / 4));
  switch (cause) {
    case 'let_go':
    case 'taken':
      return [];
    case 'renewed':
    case 'deleted':
    case 'purged':
      return [{ what: cause, at }];
    case 'purged_and_taken':
      return [{ what: 'purged', at }];
    case 'transferred':
      return [{ what: 'transferred', at, to: 'gaining' }];
    case 'sold':
      return [{ what: 'renewed', at, nameservers: ['ns1.buyer.test'] }];
    case 'restored':
    case 'restore_failed':
      return [
        { what: 'restore_requested', at },
        { what: cause, at: at + 2 * DAY_MS },
      ];
    case 'vanished':
      return [
        { what: 'vanished', at },
        { what: 'returned', at: at + short },
      ];
    case 'moved_later':
      return [{ what: 'expiry_moved', at, expires_at: EXPIRES + 40 * DAY_MS }];
    case 'moved_earlier':
      return [{ what: 'expiry_moved', at, expires_at: EXPIRES - 10 * DAY_MS }];
  }
}

const KEPT: Partial<Record<Cause, (stage: LifeStage) => string>> = {
  renewed: () => 'renewed',
  transferred: () => 'transferred',
  // Before its expiry a name with other name servers was renewed by its owner; after it by whoever bought it, perhaps.
  sold: (stage) => (stage === 'registered' ? 'renewed' : 'kept_unknown'),
  restored: () => 'restored',
  moved_later: () => 'renewed',
};

/** All lives of a TLD. */
export function livesOf(policy: TldPolicy): Life[] {
  const plain = factsOf('plain.test', storyOf(policy, [], {}), policy);
  const shown = stagesOf(plain);
  return CAUSES.flatMap((cause) =>
    STAGES.map((stage): Life => {
      const because = impossible(
        cause,
        stage,
        policy,
        shown.map((one) => one.stage),
      );
      if (because !== undefined) return { kind: 'impossible', cause, stage, because };
      const name = `${cause}-${stage}-${policy.tld}.test`.replaceAll('_', '-');
      const seen = stagesOf({ ...plain, name }).find((one) => one.stage === stage);
      const [from, to] = [seen?.from ?? START, seen?.to ?? START];
      const at = Math.floor((from + to) / 2);
      const acts = actsOf(cause, at, to - from);
      const story = storyOf(policy, acts, cause.endsWith('taken') ? { caught_by_other: 'rival' } : {});
      const facts = factsOf(name, story, policy);
      if (unfitting(facts) !== undefined) throw new Error(`${name}: the registry refuses what the policy allows`);
      const joinsAt = cause === 'let_go' || cause === 'taken' ? at : START;
      return {
        kind: 'possible',
        policy: policy.tld,
        cause,
        stage,
        name,
        story,
        joinsAt,
        ...endOf(cause, stage, facts, joinsAt),
      };
    }),
  );
}

/** What the customer must be told, from the registry's own film. */
function endOf(
  cause: Cause,
  stage: LifeStage,
  facts: DomainFacts,
  joinsAt: number,
): Pick<PossibleLife, 'told' | 'outcome'> {
  const told: string[] = [];
  let before: { stage: string; date: number; roid: string } | undefined;
  let leaving = false;
  for (const { from, state } of film(facts)) {
    if (from > HORIZON) break;
    // Whoever is there at the drop catches it.
    if (state.kind === 'free') return { told, outcome: 'won: first_in_order' };
    const now = standing(state, from);
    if (before && now.roid !== '' && now.roid !== before.roid) return { told, outcome: 'lost: caught_by_other' };
    if (before && from > joinsAt) {
      const kept = now.stage === 'registered' && (leaving || now.date > before.date);
      if (kept) told.push(`renewed: ${KEPT[cause]?.(stage)}`);
      else if (now.stage !== before.stage) told.push(`${before.stage} → ${now.stage}`);
    }
    if (now.stage !== 'unknown') leaving = now.stage !== 'registered';
    before = now.roid === '' ? { ...(before ?? now), stage: now.stage } : now;
  }
  return { told, outcome: 'waiting' };
}

function standing(state: Exclude<DomainState, { kind: 'free' }>, at: number) {
  if (state.kind !== 'registered') return { stage: 'unknown', date: 0, roid: '' };
  const { createdAt: registeredAt, ...seen } = state;
  const registration = { ...seen, registeredAt };
  const stage = stageOf({ kind: 'registered', registration }, { clids: [] }, at);
  return { stage, date: state.expiresAt, roid: state.roid };
}
