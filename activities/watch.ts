/** Looking at a name: the registry's word, and what policy expects from there. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { forecast, leadsToDrop, lookAgainMs, type StageSince } from '../rules/forecast.ts';
import type { RegistryGateway } from '../registry/gateway.ts';
import { publishedBy } from '../rules/listed.ts';
import { identityOf, stageOf, type RegistryAnswer, type Stage } from '../rules/stage.ts';
import { isNone, wayInForSome } from '../rules/tlds.ts';
import { ownersAt, type NamePolicy, type Owners, type Sight, type Told } from '../rules/watch.ts';
import { abortable } from './abortable.ts';
import { outline, poll, sentence, type Past, type PollInput, type PollResult } from './poll.ts';
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
    /** The drop as the registry had published it. */
    published?: number;
  };
}

export interface WatchInput extends PollInput {
  watchedRoid?: string;
}

export const watchActivities = (deps: EngineDeps) => ({
  /** The registry's word by EPP, as a stage, with what policy expects. Throws while the registry is out of reach. */
  async look(input: LookInput): Promise<Sight> {
    const sight = await lookAt(deps, input);
    const watched = input.watchedRoid === undefined ? registrationOf(sight.answer) : undefined;
    if (watched !== undefined) await deps.store.rememberWatched(input.name, watched);
    return sight;
  },

  /**
   * One poll: returns when there is something to act on. "unchanged" and "no_answer" are thrown, say which source said what, and name
   * when to ask again; what one try leaves to the next is in the heartbeat.
   */
  async watch({ watchedRoid, ...input }: WatchInput): Promise<PollResult> {
    const { gateway, owns } = registryFor(deps, input.tld);
    const context = Context.current();
    const { heartbeatDetails, currentAttemptScheduledTimestampMs: now, scheduledTimestampMs } = context.info;
    const begun: Past = {
      answeredAt: input.lookedAt ?? scheduledTimestampMs,
      failures: 0,
      ...(input.seen && { seen: input.seen }),
    };
    const past = isPast(heartbeatDetails) ? heartbeatDetails : begun;
    const loadedDrop = (name: string) => deps.store.listedDrop(name);
    const outcome = await poll(input, { gateway, loadedDrop, past, now, random: Math.random() });
    if (!('heard' in outcome)) return outcome;
    const { answered, inMs, heard } = outcome;
    context.heartbeat(outcome.past);
    const own = { clids: owns, ...(watchedRoid !== undefined && { watchedRoid }) };
    const who = sentence(heard, (answer) => stageOf(answer, own, now));
    throw ApplicationFailure.create({
      type: answered ? 'unchanged' : 'no_answer',
      message: answered ? `As before. ${who}` : `Nobody to go by. ${who}`,
      details: [{ ...outline(heard), nextAt: now + inMs }],
      nextRetryDelay: inMs,
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
  const stageIn = (answer: RegistryAnswer) =>
    stageOf(answer, { clids: owns, ...(watchedRoid !== undefined && { watchedRoid }) }, now);
  const known = policyFor(deps, name, tld);
  const isInLast = async (answer: RegistryAnswer) => leadsToDrop(stageIn(answer), (await known).policy);
  const asked = Promise.all([ask(gateway, name, isInLast), known]);
  const [{ answer, own }, { policy, namePolicy }] = await (signal ? abortable(signal, asked) : asked);
  const stage = stageIn(answer);
  const since =
    lastSeen?.stage === stage ? lastSeen.since : { first: now, ...(lastSeen && { notBefore: lastSeen.at }) };
  const isLast = leadsToDrop(stage, policy);
  // Pending delete is the last stage of most; only what differs is said.
  const last = isLast && stage !== 'pending_delete';
  const owners = ownersAt(answer, stage, lastSeen?.owners);
  const seen = {
    seenAt: now,
    registry: gateway.id,
    answer,
    stage,
    since,
    policy: namePolicy,
    cadence: deps.cadence,
    ...(owners && { owners }),
    ...(stage === 'unknown' && lastSeen?.told && { told: lastSeen.told }),
  };
  const polled = clockNow === undefined;
  if (answer.kind !== 'registered')
    return { ...seen, next: { what: 'registry_check', at: now + lookAgainMs(since, now, polled) } };
  const facts = { registration: answer.registration, stage, now, since, polled };
  const loaded = await silentWhenAway(deps.store.listedDrop(name));
  const { at: published, overruled } = publishedBy({ own, loaded, before: lastSeen?.published }, facts, policy);
  const { expiresAt, drop, freed, usual, next: foreseen } = forecast(facts, policy, published);
  const isSilent = own === 'silent' || loaded === 'silent';
  // What policy guesses instead may be days off: the list is asked again soon.
  const next = isSilent && isLast && foreseen.at > now + LIST_AGAIN_MS ? listAgain(now) : foreseen;
  return {
    ...seen,
    ...(last && { last }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(drop && { drop }),
    ...(published !== undefined && { published }),
    ...(freed && { freed }),
    ...(usual !== undefined && { usual }),
    ...(overruled && { overruled }),
    next,
  };
}

/**
 * The registry's word, and of a name in its last stage its own list's. A name that is freed between the two questions is no longer on a
 * list of what is to come: it is asked after once more, or it would be taken for one whose drop is days away.
 */
async function ask(
  gateway: RegistryGateway,
  name: string,
  isLast: (answer: RegistryAnswer) => Promise<boolean>,
): Promise<{ answer: RegistryAnswer; own: number | 'silent' | undefined }> {
  const answer = await gateway.look(name);
  if (!gateway.publishedDrop || !(await isLast(answer))) return { answer, own: undefined };
  const listed = await silentWhenAway(gateway.publishedDrop(name));
  if (listed === 'silent') return { answer, own: listed };
  return listed ? { answer, own: listed.at } : { answer: await gateway.look(name), own: undefined };
}

/** Which registration an answer is of, where it tells. */
export const registrationOf = (answer: RegistryAnswer): string | undefined =>
  answer.kind === 'registered' ? identityOf(answer.registration) : undefined;

/** Of a try by this version; any other left nothing that helps. */
const isPast = (details: unknown): details is Past =>
  typeof details === 'object' && details !== null && 'answeredAt' in details;

async function policyFor(deps: EngineDeps, name: string, tld: string) {
  const { policy: livesBy = tld, own: _, ...settings } = await deps.settingsOf(name);
  const policy = deps.policyOf(livesBy);
  if (!policy) throw ApplicationFailure.nonRetryable('no policy for this TLD', 'tld_not_supported');
  const { version, listPrice, cutoffMs, leadMs, addGraceMs, restoreRightsMs } = policy;
  const wayIn = wayInForSome(policy);
  const namePolicy: NamePolicy = {
    ...{ version, listPrice, cutoffMs, leadMs, addGraceMs, restoreRightsMs, ...settings },
    ...(wayIn !== undefined && { someWithoutRace: true }),
    ...(!policy.tellsRgp && !isNone(policy.redemption) && { maybeRestorable: true }),
  };
  return { policy, namePolicy };
}

const LIST_AGAIN_MS = 60_000;
const listAgain = (now: number): Sight['next'] => ({ what: 'registry_check', at: now + LIST_AGAIN_MS });

/** A drop list that does not answer costs us no look; what it published before still stands. */
const silentWhenAway = <T>(answer: Promise<T>): Promise<T | 'silent'> => answer.catch(() => 'silent' as const);
