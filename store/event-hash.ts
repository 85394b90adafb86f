/**
 * How an event is shown and what its hash is over: the same thing, so that whoever sees a timeline can verify it. The form is for
 * good: events hashed in it are kept for years. docs/timeline.md tells it to strangers; another form needs another label.
 */
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { isInstant } from '../rules/instants.ts';
import type { EventDoc } from './reservations.ts';

/** Set before what is hashed, so that a hash of one kind is never one of another. */
export const LABELS = { genesis: 'backorder.timeline.v1', event: 'backorder.event.v1' } as const;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What the first event of a reservation's timeline has for the hash of the one before. */
export const genesisOf = (reservation: string): string => sha256(`${LABELS.genesis}\n${reservation}`);

const INSTANT = /^(at|since|earliest|latest|listed|due|answer_by|pay_by)$|_at$/;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Facts as the engine notes them (camel case, epoch ms) in the contract's spelling. */
export function factsView(value: unknown, key = ''): unknown {
  if (INSTANT.test(key) && isInstant(value)) return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((inner) => factsView(inner, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snake(name), factsView(inner, snake(name))]));
}

/** Two spellings of one fact would be shown alike and have one hash: facts are noted in the engine's alone. */
function isSpelledOurWay(value: unknown, key = ''): boolean {
  if (typeof value === 'string') return !INSTANT.test(key);
  if (Array.isArray(value)) return value.every((inner) => isSpelledOurWay(inner, key));
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => !/_[a-z]/.test(name) && isSpelledOurWay(inner, snake(name)));
}

/** What was before is told in one of two ways: a stage as `from`, anything else as `before`. */
const hasOnePast = ({ from, before }: Record<string, unknown>): boolean =>
  before === undefined || (from === undefined && typeof before === 'object' && before !== null && !('stage' in before));

/** An event as the contract has it, but for its own hash. */
export function hashedForm({
  _id,
  type,
  created,
  livemode,
  seq,
  reservation,
  data,
  previous_hash,
}: Omit<EventDoc, 'hash'>) {
  const { how, from, before, ...facts } = data;
  const previous = from === undefined ? factsView(before) : { stage: from };
  return {
    id: _id,
    object: 'event',
    type,
    created: created.toISOString(),
    livemode,
    seq,
    reservation,
    data: {
      ...(how !== undefined && { how }),
      object: factsView(facts),
      ...(previous !== undefined && { previous }),
    },
    previous_hash,
  };
}

/** Something that must always hold does not. Trying again changes nothing. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

function hashOf(event: Omit<EventDoc, 'hash'>): string {
  if (!isSpelledOurWay(event.data) || !hasOnePast(event.data))
    throw new InvariantViolation(`${event.type}: facts in another spelling than ours`);
  return sha256(`${LABELS.event}\n${canonicalize(hashedForm(event))}`);
}

/** Undefined: no event of ours could look like this. */
export function hashOfStored(event: EventDoc): string | undefined {
  try {
    return hashOf(event);
  } catch {
    return undefined;
  }
}

/**
 * The event with its place in the chain. Its facts become what any store gives back as it was: well-formed JSON.
 * Throws InvariantViolation where they are spelled in another way than the engine's.
 */
export function seal(event: Omit<EventDoc, 'hash' | 'previous_hash'>, previous: string): EventDoc {
  const sealed = { ...event, data: asJson(event.data), previous_hash: previous };
  return { ...sealed, hash: hashOf(sealed) };
}

const asJson = (data: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(data), (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{Cs}/gu, '\ufffd') : value,
  ) as Record<string, unknown>;
