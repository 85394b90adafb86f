/**
 * When a scripted name goes from stage to stage: as under .com, or by the policy of another TLD that its story names. Where that policy
 * knows nothing the sandbox does as .com, as a registry that keeps its rules to itself might.
 */
import { createHash } from 'node:crypto';
import { endOfStage, longest } from '../../rules/openings.ts';
import { releasedAfter } from '../../rules/release.ts';
import type { Known, StageLength, TldPolicy } from '../../rules/tlds.ts';
import { AUTO_RENEW_GRACE_MS, batchDropAt, DAY_MS, PENDING_DELETE_MS, REDEMPTION_MS } from './calendar.ts';
import type { Story } from './facts.ts';

/** What of a policy the registry itself lives by. */
export type Life = Pick<TldPolicy, 'grace' | 'redemption' | 'pendingDelete' | 'tellsRgp' | 'drop' | 'list'>;

export function lifeOf({ grace, redemption, pendingDelete, tellsRgp, drop, list }: TldPolicy): Life {
  return { grace, redemption, pendingDelete, tellsRgp, drop, list };
}

export interface StageStarts {
  redemption: number;
  pendingDelete: number;
  /** When pending delete has lasted as long as it does; a batch comes after that. */
  ended: number;
  purge: number;
}

const HOUR_MS = 3_600_000;

export const graceMsOf = ({ life }: Story): number => (life && longest(life.grace)) ?? AUTO_RENEW_GRACE_MS;

/** Of stories as they are, which nobody changes: each create in a burst asks, and calendars are slow. */
const startsOf = new WeakMap<Story, Map<string, StageStarts>>();

export function stageStarts(name: string, story: Story): StageStarts {
  const known = startsOf.get(story) ?? new Map<string, StageStarts>();
  startsOf.set(story, known);
  const starts = known.get(name) ?? computeStarts(name, story);
  known.set(name, starts);
  return starts;
}

/** A scripted drop pulls the stages before it earlier, so that their order holds. */
function computeStarts(name: string, story: Story): StageStarts {
  const { life, drops_at: drop } = story;
  const end = (from: number, length: Known<StageLength> | undefined, asComMs: number) =>
    (length && endOfStage({ earliest: from, latest: from }, length)?.latest) ?? from + asComMs;
  const deletes = story.registrar_deletes_at ?? end(story.expires_at, life?.grace, AUTO_RENEW_GRACE_MS);
  const redeemed = end(deletes, life?.redemption, REDEMPTION_MS);
  if (drop === undefined) {
    const ended = end(redeemed, life?.pendingDelete, PENDING_DELETE_MS);
    const purge = life ? purgeAt(name, ended, life) : batchDropAt(name, ended);
    return { redemption: deletes, pendingDelete: redeemed, ended, purge };
  }
  const pendingMs = (life && longest(life.pendingDelete)) ?? PENDING_DELETE_MS;
  const redemptionMs = (life && longest(life.redemption)) ?? REDEMPTION_MS;
  const pendingDelete = Math.min(redeemed, drop - pendingMs);
  const purged = { ended: drop, purge: drop };
  if (story.registrar_deletes_at !== undefined)
    return { redemption: deletes, pendingDelete: Math.max(deletes, pendingDelete), ...purged };
  return { redemption: Math.min(deletes, drop - pendingMs - redemptionMs), pendingDelete, ...purged };
}

/** At a second that is the name's own, within an hour of when the mode lets names go; a registry that says nothing takes a day. */
function purgeAt(name: string, ended: number, { drop }: Life): number {
  const window = releasedAfter({ earliest: ended, latest: ended }, { drop }, -Infinity);
  const from = Math.max(ended, window?.earliest ?? ended);
  const until = window ? Math.min(window.latest, from + HOUR_MS) : ended + DAY_MS;
  const seconds = Math.max(1, Math.floor((until - from) / 1_000));
  return from + (createHash('sha256').update(name).digest().readUInt32BE(0) % seconds) * 1_000;
}

/** What the registry publishes of a drop, and undefined where it publishes nothing. */
export function publishedAt(name: string, story: Story): number | undefined {
  const { life } = story;
  if (!life) return story.drops_at;
  if (life.list === 'unknown' || life.list.to === 'nobody') return undefined;
  const { ended, purge } = stageStarts(name, story);
  return life.list.tells === 'instant' ? purge : ended;
}
