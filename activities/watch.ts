/** Looking at a name: the registry's word, and what policy expects from there. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { RegistryGateway } from '../registry/gateway.ts';
import { forecast, CHECK_AGAIN_MS, leadsToDrop, type StageSince } from '../rules/forecast.ts';
import { identityOf, stageOf, type RegistryAnswer, type Stage } from '../rules/stage.ts';
import { wayInForSome } from '../rules/tlds.ts';
import { doubtedUntil, ownersAt, type NamePolicy, type Owners, type Sight, type Told } from '../rules/watch.ts';
import { abortable } from './abortable.ts';
import { registryFor } from './registry.ts';
import type { EngineDeps } from './deps.ts';

export interface LookInput {
  name: string;
  tld: string;
  /** The test clock's now; real time where absent. */
  now?: number;
  watchedRoid?: string;
  /** The look before: a stage seen now and not then began in between. */
  lastSeen?: {
    at: number;
    stage: Stage;
    since: StageSince;
    owners?: Owners;
    told?: Told;
    doubtedUntil?: number;
    /** The drop as the registry had published it. */
    published?: number;
  };
}

export interface WatchInput {
  name: string;
  tld: string;
  stage: Stage;
  watchedRoid?: string;
  /** What the source answered when it last brought us to look. */
  seen?: string;
  everyMs: number;
}

export const watchActivities = (deps: EngineDeps) => ({
  /** The registry's word by EPP, as a stage, with what policy expects. Throws while the registry is out of reach. */
  async look(input: LookInput): Promise<Sight> {
    const sight = await lookAt(deps, input);
    const watched = input.watchedRoid === undefined ? registrationOf(sight.answer) : undefined;
    if (watched !== undefined) await deps.store.rememberWatched(input.name, watched);
    return sight;
  },

  /** One poll: returns when the answer is another than before; "unchanged" is thrown and names when to ask again. */
  async watch({ name, tld, stage, watchedRoid, seen, everyMs }: WatchInput): Promise<{ seen: string }> {
    const { gateway, owns } = registryFor(deps, tld);
    const context = Context.current();
    const now = context.info.currentAttemptScheduledTimestampMs;
    const answer = await gateway.peek(name);
    const print = fingerprint(answer);
    const known = seen ?? (context.info.heartbeatDetails as string | undefined);
    const asBefore =
      known === undefined
        ? answer.kind !== 'not_found' &&
          stageOf(answer, { clids: owns, ...(watchedRoid !== undefined && { watchedRoid }) }, now) === stage
        : known === print;
    if (!asBefore) return { seen: print };
    context.heartbeat(print);
    throw ApplicationFailure.create({
      type: 'unchanged',
      message: 'The registry answers as before',
      nextRetryDelay: Math.round(everyMs * (0.9 + 0.2 * Math.random())),
      category: ApplicationFailureCategory.BENIGN,
    });
  },
});

/** One look. A signal bounds how long the registry is waited for. */
export async function lookAt(
  deps: EngineDeps,
  { name, tld, now: clockNow, watchedRoid, lastSeen }: LookInput,
  signal?: AbortSignal,
): Promise<Sight> {
  // One source of time: what Temporal's server says, as the workflow does.
  const now = clockNow ?? Context.current().info.currentAttemptScheduledTimestampMs;
  const { gateway, owns } = registryFor(deps, tld);
  const asked = Promise.all([gateway.look(name), policyFor(deps, name, tld)]);
  const [answer, { policy, namePolicy }] = await (signal ? abortable(signal, asked) : asked);
  const stage = stageOf(answer, { clids: owns, ...(watchedRoid !== undefined && { watchedRoid }) }, now);
  const since =
    lastSeen?.stage === stage ? lastSeen.since : { first: now, ...(lastSeen && { notBefore: lastSeen.at }) };
  // Pending delete is the last stage of most; only what differs is said.
  const last = leadsToDrop(stage, policy) && stage !== 'pending_delete';
  const owners = ownersAt(answer, stage, lastSeen?.owners);
  const doubted = doubtedUntil(lastSeen ?? {}, answer, now);
  const seen = {
    seenAt: now,
    registry: gateway.id,
    answer,
    stage,
    since,
    policy: namePolicy,
    ...(owners && { owners }),
    ...(stage === 'unknown' && lastSeen?.told && { told: lastSeen.told }),
    ...(doubted !== undefined && { doubtedUntil: doubted }),
  };
  if (answer.kind !== 'registered') return { ...seen, next: { what: 'registry_check', at: now + CHECK_AGAIN_MS } };
  const { registration } = answer;
  // Lists are of names in their last stage: no other is looked up there.
  const list = leadsToDrop(stage, policy) ? await publishedDrop(gateway, name) : undefined;
  const isSilent = list === 'silent';
  const published = isSilent ? lastSeen?.published : list?.at;
  const facts = { registration, stage, now, since };
  const { expiresAt, drop, next: foreseen } = forecast(facts, policy, published);
  // What policy guesses instead may be days off: the list is asked again soon.
  const next = isSilent && foreseen.at > now + LIST_AGAIN_MS ? listAgain(now) : foreseen;
  return { ...seen, ...(last && { last }), ...(expiresAt !== undefined && { expiresAt }), ...(drop && { drop }), next };
}

/** Which registration an answer is of, where it tells. */
export const registrationOf = (answer: RegistryAnswer): string | undefined =>
  answer.kind === 'registered' ? identityOf(answer.registration) : undefined;

const fingerprint = (answer: RegistryAnswer | { kind: 'not_found' }): string => {
  if (answer.kind !== 'registered') return answer.kind;
  const { roid, expiresAt, sponsor, statuses, rgp } = answer.registration;
  return JSON.stringify([roid, expiresAt, sponsor, statuses.toSorted(), rgp.toSorted()]);
};

async function policyFor(deps: EngineDeps, name: string, tld: string) {
  const { policy: livesBy = tld, ...settings } = await deps.settingsOf(name);
  const policy = deps.policyOf(livesBy);
  if (!policy) throw ApplicationFailure.nonRetryable('no policy for this TLD', 'tld_not_supported');
  const { version, award, listPrice, cutoffMs, leadMs } = policy;
  const wayIn = wayInForSome(policy);
  const namePolicy: NamePolicy = {
    ...{ version, award, listPrice, cutoffMs, leadMs, ...settings },
    ...(wayIn !== undefined && { someWithoutRace: true }),
  };
  return { policy, namePolicy };
}

const LIST_AGAIN_MS = 60_000;
const listAgain = (now: number): Sight['next'] => ({ what: 'registry_check', at: now + LIST_AGAIN_MS });

/** A drop list that does not answer costs us no look; what it published before still stands. */
const publishedDrop = (
  gateway: Pick<RegistryGateway, 'publishedDrop'>,
  name: string,
): Promise<{ at: number } | 'silent' | undefined> => gateway.publishedDrop(name).catch(() => 'silent' as const);
