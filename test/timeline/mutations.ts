/** Facts as events may hold them, and every way of tampering with one stored event. */
import fc from 'fast-check';
import type { EventDoc } from '../../store/reservations.ts';

const key = fc.oneof(
  fc.constantFrom('stage', 'reason', 'at', 'expiresAt', 'caughtBy', 'drop', 'earliest', 'how', 'from', 'price'),
  fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/),
);
const value = fc.oneof(
  fc.integer(),
  fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => ({ text })),
  fc.array(fc.integer(), { maxLength: 3 }),
);
/** Strings sit in an object of their own: under the name of an instant the engine writes none. */
export const data = fc.dictionary(key, value, { maxKeys: 5 }) as fc.Arbitrary<Record<string, unknown>>;

export interface Mutation {
  kind: 'field' | 'fact' | 'respelled' | 'taken out' | 'cut off' | 'copied' | 'swapped' | 'exchanged' | 'moved';
  /** Of the timeline's events, which. */
  index: number;
  other: number;
  field: 'type' | 'created' | 'livemode' | 'seq' | 'reservation' | 'registrar' | 'hash' | 'previous_hash' | '_id';
}

export const mutations: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom<Mutation['kind'][]>(
    ...(['field', 'fact', 'respelled', 'taken out', 'cut off', 'copied', 'swapped', 'exchanged', 'moved'] as const),
  ),
  index: fc.nat({ max: 100 }),
  other: fc.nat({ max: 100 }),
  field: fc.constantFrom<Mutation['field'][]>(
    ...(['type', 'created', 'livemode', 'seq', 'reservation', 'registrar', 'hash', 'previous_hash', '_id'] as const),
  ),
});

/** Undefined: this timeline cannot be changed in that way. Works on the events given. */
export function mutated(events: EventDoc[], { kind, index, other, field }: Mutation): EventDoc[] | undefined {
  const one = events[index % events.length] as EventDoc;
  const two = events[other % events.length] as EventDoc;
  switch (kind) {
    case 'field':
      Object.assign(one, { [field]: altered(one[field]) });
      return events;
    case 'fact':
      one.data = { ...one.data, [Object.keys(one.data)[0] ?? 'stage']: 'rewritten' };
      return events;
    case 'respelled':
      return respelled(one) ? events : undefined;
    case 'taken out':
      return events.filter((each) => each !== one);
    case 'cut off':
      return events.slice(0, index % events.length);
    case 'copied':
      // Beyond the end, as if it had happened once more.
      return [...events, { ...one, seq: events.length + 1, _id: `${one._id.slice(0, -1)}x` }];
    case 'swapped':
      [one.seq, two.seq] = [two.seq, one.seq];
      return one === two ? undefined : events;
    case 'exchanged': {
      const { data: facts, type, created, hash, previous_hash } = one;
      const same =
        JSON.stringify([one.data, one.type, one.created]) === JSON.stringify([two.data, two.type, two.created]);
      Object.assign(one, {
        data: two.data,
        type: two.type,
        created: two.created,
        hash: two.hash,
        previous_hash: two.previous_hash,
      });
      Object.assign(two, { data: facts, type, created, hash, previous_hash });
      return same ? undefined : events;
    }
    case 'moved':
      one.seq = events.length + 2;
      return events;
  }
}

function altered(before: unknown): unknown {
  if (before instanceof Date) return new Date(before.getTime() + 1);
  if (typeof before === 'boolean') return !before;
  if (typeof before === 'number') return before + 1;
  return `${String(before).slice(0, -1)}${String(before).endsWith('0') ? '1' : '0'}`;
}

/** The same fact as the API spells it: nobody would see a difference there, and the engine would no longer find it. */
function respelled(event: EventDoc): boolean {
  const camel = Object.keys(event.data).find((name) => /[A-Z]/.test(name));
  if (camel === undefined) return false;
  const { [camel]: fact, ...others } = event.data;
  event.data = { ...others, [camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]: fact };
  return true;
}
