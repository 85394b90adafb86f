/**
 * Where the sandbox's facts survive kill -9: a LevelDB under `$BACKORDER_HOME/sandbox/facts`, written with sync before
 * anything is answered. Reading happens once, at start; after that memory is the truth and this its copy, until a write
 * fails (a full disk): what the disk holds is unknown then, and only opening it anew shows it.
 */
import { mkdir } from 'node:fs/promises';
import { ClassicLevel, type BatchOperation } from 'classic-level';
import { ConfigError } from '../../config.ts';
import type { StoredContact } from './contacts.ts';
import type { BookEntry, DomainFacts } from './facts.ts';

/** A name as kept: its facts, and the creates it has accepted, which outlive them. */
export interface StoredDomain extends DomainFacts {
  accepted: BookEntry[];
}
export interface StoredClock {
  id: string;
  now: number;
}

export interface FactStore {
  domains: StoredDomain[];
  clocks: StoredClock[];
  /** By id. */
  contacts: ReadonlyMap<string, StoredContact>;
  saveDomain(domain: StoredDomain): Promise<void>;
  saveClock(clock: StoredClock): Promise<void>;
  saveContact(contact: StoredContact): Promise<void>;
  /** In one write. */
  removeClock(id: string, names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

type Change = BatchOperation<ClassicLevel<string, string>, string, string>;

const domainKey = (name: string) => `domain!${name}`;
const clockKey = (id: string) => `clock!${id}`;
const contactKey = (id: string) => `contact!${id}`;

/**
 * Throws ConfigError where another process has it open. `onFailure` hears that a write failed; all later ones fail too, for
 * LevelDB would write them behind a torn record and answer well, and find none of them when it is opened again.
 */
export async function openFactStore(path: string, onFailure: (error: unknown) => void): Promise<FactStore> {
  // authInfo is among the facts.
  await mkdir(path, { recursive: true, mode: 0o700 });
  const db = new ClassicLevel<string, string>(path);
  try {
    await db.open();
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause;
    if (cause?.code === 'LEVEL_LOCKED') throw new ConfigError(`${path}: another sandbox registry is using it`);
    throw error;
  }
  const domains: StoredDomain[] = [];
  const clocks: StoredClock[] = [];
  const contacts = new Map<string, StoredContact>();
  const keep = (contact: StoredContact) => void contacts.set(contact.id, contact);
  for await (const [key, value] of db.iterator()) {
    if (key.startsWith('domain!')) domains.push(JSON.parse(value) as StoredDomain);
    else if (key.startsWith('clock!')) clocks.push(JSON.parse(value) as StoredClock);
    else if (key.startsWith('contact!')) keep(JSON.parse(value) as StoredContact);
  }
  const write = inTurn((changes: Change[]) => db.batch(changes, { sync: true }), onFailure);
  const put = (key: string, value: object) => write([{ type: 'put', key, value: JSON.stringify(value) }]);
  return {
    domains,
    clocks,
    contacts,
    saveDomain: (domain) => put(domainKey(domain.name), domain),
    saveClock: (clock) => put(clockKey(clock.id), clock),
    async saveContact(contact) {
      keep(contact);
      await put(contactKey(contact.id), contact);
    },
    removeClock: (id, names) => write([clockKey(id), ...names.map(domainKey)].map((key) => ({ type: 'del', key }))),
    close: () => db.close(),
  };
}

/** One write at a time: what comes while one is on its way goes together in the one after it, and after one that failed none goes. */
function inTurn<Item>(
  write: (items: Item[]) => Promise<void>,
  onFailure: (error: unknown) => void,
): (items: readonly Item[]) => Promise<void> {
  let waiting: Item[] = [];
  let next: Promise<void> | undefined;
  let last = Promise.resolve();
  return (items) => {
    waiting.push(...items);
    if (next) return next;
    next = last = last.then(() => {
      const together = waiting;
      waiting = [];
      next = undefined;
      return write(together);
    });
    last.catch(onFailure);
    return next;
  };
}
