/**
 * The sandbox registry itself: names, their facts, whose time each lives in, and who may do what. It answers with EPP
 * result codes and knows neither XML nor HTTP. A change is kept before it is answered; two for one name never overlap.
 */
import { randomBytes } from 'node:crypto';
import { addYears } from './calendar.ts';
import type { TldPolicy } from '../../rules/tlds.ts';
import {
  completeStory,
  MAX_ACTS,
  type BookEntry,
  type Happening,
  type Refusal,
  type Story,
  type StoryInput,
  type StoryPatch,
} from './facts.ts';
import { unfitting } from './film.ts';
import { roidOf, type DomainState, type Registered } from './state.ts';
import { lifeOf } from './life.ts';
import { segmentAt } from './projection.ts';
import type { FactStore, StoredDomain } from './store.ts';

/** Refused creates are the many of a race; they are kept in memory, the latest of them. */
const MAX_REFUSED = 10_000;
export const MAX_NAMESERVERS = 13;

export interface CreateOrder {
  name: string;
  years: number;
  clid: string;
  cltrid: string;
  nameservers: string[];
  registrant?: string;
  contacts: { type: string; id: string }[];
  authInfo: string;
}
/** What an update adds, takes away and sets (RFC 5731 section 3.2.5). */
export interface UpdateOrder {
  name: string;
  clid: string;
  add: string[];
  remove: string[];
  registrant?: string;
  authInfo?: string;
}
export type Done = { code: number; registered?: Registered };

interface Domain {
  kept: StoredDomain;
  refused: BookEntry[];
  refusedCount: number;
  /** The frame of the film that was last looked at: a race asks for the same one thousands of times. */
  frame?: { from: number; until: number | null; state: DomainState };
  /** Ends when what is in memory is on disk. */
  saved: Promise<void>;
}

export class SandboxRegistry {
  readonly #store: FactStore;
  readonly #policyOf: (tld: string) => TldPolicy | undefined;
  readonly #domains = new Map<string, Domain>();
  readonly #clocks = new Map<string, number>();

  constructor(store: FactStore, policyOf: (tld: string) => TldPolicy | undefined = () => undefined) {
    this.#store = store;
    this.#policyOf = policyOf;
    for (const domain of store.domains) this.#domains.set(domain.name, emptyAround(domain));
    for (const { id, now } of store.clocks) this.#clocks.set(id, now);
  }

  /** The name's own now: its clock's, else real time; never before what already happened to it. */
  nowOf(name: string): number {
    const facts = this.#domains.get(name)?.kept;
    const clock = facts?.story?.test_clock;
    const now = (clock === undefined ? undefined : this.#clocks.get(clock)) ?? Date.now();
    return Math.max(now, facts?.happened.at(-1)?.at ?? 0);
  }

  stateOf(name: string): DomainState {
    const domain = this.#domains.get(name);
    return domain ? frameAt(domain, this.nowOf(name)).state : { kind: 'free' };
  }

  factsOf(name: string): StoredDomain | undefined {
    return this.#domains.get(name)?.kept;
  }

  /** Resolves when nothing that `stateOf` says could still be lost. */
  async settled(name: string): Promise<void> {
    await this.#domains.get(name)?.saved;
  }

  names(): string[] {
    return [...this.#domains.keys()];
  }

  /** The creation of the registration that holds now, where it came by EPP, and what updates have made of it since. */
  creationOf(name: string): {
    creation?: Extract<Happening, { kind: 'create' }>;
    registrant?: string;
    authInfo?: string;
  } {
    const state = this.stateOf(name);
    const happened = this.#domains.get(name)?.kept.happened ?? [];
    const roid = state.kind === 'registered' ? state.roid : undefined;
    const creation = happened.find((act) => act.kind === 'create' && act.roid === roid);
    const changes = happened.filter((act) => act.kind === 'update' && act.roid === roid);
    const said = [creation, ...changes].filter((act) => act?.kind === 'create' || act?.kind === 'update');
    const registrant = said.findLast((act) => act.registrant !== undefined)?.registrant;
    const authInfo = said.findLast((act) => act.authInfo !== undefined)?.authInfo;
    return {
      ...(creation?.kind === 'create' && { creation }),
      ...(registrant !== undefined && { registrant }),
      ...(authInfo !== undefined && { authInfo }),
    };
  }

  async create(order: CreateOrder): Promise<Done> {
    const { name, years, clid, cltrid } = order;
    let domain = this.#domains.get(name);
    const state = this.stateOf(name);
    const now = this.nowOf(name);
    const scripted = domain?.kept.story?.create_result;
    const exists = state.kind === 'registered' || state.kind === 'hidden';
    const code = exists ? 2302 : (scripted ?? 1000);
    if (!domain) this.#domains.set(name, (domain = emptyAround({ name, happened: [], accepted: [] })));
    const entry: BookEntry = { clid, cltrid, at: Date.now(), name_now: now, code };
    if (code !== 1000) {
      domain.refused.push(entry);
      domain.refusedCount++;
      // Dropped in large pieces: shifting one by one would move the whole list at each refusal.
      if (domain.refused.length > 2 * MAX_REFUSED) domain.refused.splice(0, MAX_REFUSED);
      return { code };
    }
    const roid = roidOf(name, clid, cltrid, now, randomBytes(8).toString('hex'));
    const { nameservers, contacts, authInfo, registrant } = order;
    const act: Happening = {
      kind: 'create',
      at: now,
      roid,
      clid,
      expiresAt: addYears(now, years),
      nameservers,
      contacts,
      authInfo,
      ...(registrant === undefined ? {} : { registrant }),
    };
    const kept = domain.kept;
    await this.#change(domain, {
      ...kept,
      happened: [...kept.happened, act],
      accepted: [...kept.accepted, { ...entry, roid }],
    });
    return this.#done(name);
  }

  /** 2303, 2201, 2304 in pending delete, 2306 where the date is not the one the caller believes in (RFC 5731 section 3.2.3). */
  async renew(name: string, clid: string, currentExpiryDate: string, years: number): Promise<Done> {
    const owned = this.#ownedBy(name, clid);
    if ('code' in owned) return owned;
    if (new Date(owned.expiresAt).toISOString().slice(0, 10) !== currentExpiryDate) return { code: 2306 };
    const at = this.nowOf(name);
    const expiresAt = addYears(owned.expiresAt, years);
    if (expiresAt > addYears(at, 10)) return { code: 2105 };
    await this.#happens(name, { kind: 'renew', at, expiresAt });
    return this.#done(name);
  }

  /** 2303, 2201, 2304 as above; 2302 for a name server that is there, 2303 for one to be removed that is not, 2004 for too many. */
  async update({ name, clid, add, remove, registrant, authInfo }: UpdateOrder): Promise<Done> {
    const owned = this.#ownedBy(name, clid);
    if ('code' in owned) return owned;
    const { roid, nameservers } = owned;
    if (add.some((host) => nameservers.includes(host))) return { code: 2302 };
    if (!remove.every((host) => nameservers.includes(host))) return { code: 2303 };
    const left = [...nameservers.filter((host) => !remove.includes(host)), ...add];
    if (left.length > MAX_NAMESERVERS) return { code: 2004 };
    const at = this.nowOf(name);
    await this.#happens(name, {
      ...{ kind: 'update', at, roid, nameservers: left },
      ...(registrant === undefined ? {} : { registrant }),
      ...(authInfo === undefined ? {} : { authInfo }),
    });
    return { code: 1000 };
  }

  /** 1000 when purged at once (add grace), 1001 when it goes through redemption, else 2303, 2201, 2304. */
  async delete(name: string, clid: string): Promise<Done> {
    const owned = this.#ownedBy(name, clid);
    if ('code' in owned) return owned;
    await this.#happens(name, { kind: 'delete', at: this.nowOf(name) });
    return { code: this.stateOf(name).kind === 'registered' ? 1001 : 1000 };
  }

  /** Replaces the name's story and what happened since; the book of accepted creates stays. */
  async put(name: string, given: StoryInput): Promise<Refusal | undefined> {
    const clock = given.test_clock;
    const clockNow = clock === undefined ? undefined : this.#clocks.get(clock);
    if (clock !== undefined && clockNow === undefined)
      return { kind: 'refused', code: 'unknown_clock', param: 'test_clock', detail: 'no such clock' };
    const policy = given.policy === undefined ? undefined : this.#policyOf(given.policy);
    if (given.policy !== undefined && !policy)
      return { kind: 'refused', code: 'invalid_facts', param: 'policy', detail: 'nothing is known of this TLD' };
    const completed = completeStory(given, clockNow ?? Date.now());
    if (completed.kind === 'refused') return completed;
    const story = policy ? { ...completed.story, life: lifeOf(policy) } : completed.story;
    const misfit = unfitting({ name, story, happened: [] });
    if (misfit !== undefined) return cannotHappen(misfit);
    const domain = this.#domains.get(name) ?? emptyAround({ name, happened: [], accepted: [] });
    this.#domains.set(name, domain);
    await this.#change(domain, { name, story, happened: [], accepted: domain.kept.accepted });
    return undefined;
  }

  /** Changes what creates are answered, and adds what will happen. False where nothing was put. */
  async amend(name: string, { create_result, happens = [] }: StoryPatch): Promise<Refusal | boolean> {
    const domain = this.#domains.get(name);
    if (!domain?.kept.story) return false;
    const { create_result: replaced, happens: before = [], ...told } = domain.kept.story;
    const code = create_result === undefined ? replaced : (create_result ?? undefined);
    const all = [...before, ...happens];
    const story: Story = {
      ...told,
      ...(code !== undefined && { create_result: code }),
      ...(all.length > 0 && { happens: all }),
    };
    const past = happens.findIndex(({ at }) => at < this.nowOf(name));
    if (past >= 0) return refusal(`happens.${past}.at`, 'must not be in the past of the name');
    if (all.length > MAX_ACTS) return refusal('happens', `must be at most ${MAX_ACTS} in all`);
    const misfit = happens.length > 0 ? unfitting({ ...domain.kept, story }) : undefined;
    if (misfit !== undefined) return cannotHappen(Math.max(0, misfit - before.length));
    await this.#change(domain, { ...domain.kept, story });
    return true;
  }

  /** Accepted and refused creates, oldest first. `refused` counts also those no longer listed. */
  book(name: string): { entries: BookEntry[]; refused: number } {
    const domain = this.#domains.get(name);
    const entries = [...(domain?.kept.accepted ?? []), ...(domain?.refused.slice(-MAX_REFUSED) ?? [])];
    return { entries: entries.toSorted((one, other) => one.at - other.at), refused: domain?.refusedCount ?? 0 };
  }

  /** Makes or moves a clock. False where that would be backwards. */
  async setClock(id: string, now: number): Promise<boolean> {
    if (now < (this.#clocks.get(id) ?? 0)) return false;
    this.#clocks.set(id, now);
    await this.#store.saveClock({ id, now });
    return true;
  }

  clockNow(id: string): number | undefined {
    return this.#clocks.get(id);
  }

  namesOf(clock: string): string[] {
    return this.names().filter((name) => this.#domains.get(name)?.kept.story?.test_clock === clock);
  }

  async removeClock(id: string): Promise<void> {
    const names = this.namesOf(id);
    this.#clocks.delete(id);
    for (const name of names) this.#domains.delete(name);
    await this.#store.removeClock(id, names);
  }

  /** The earliest instant after `after` at which a name of that clock changes, and which names do. */
  nextOf(clock: string, after: number): { at: number | null; names: string[] } {
    let at: number | null = null;
    let names: string[] = [];
    for (const name of this.namesOf(clock)) {
      const domain = this.#domains.get(name);
      const next = domain ? frameAt(domain, after).until : null;
      if (next === null || (at !== null && next > at)) continue;
      names = next === at ? [...names, name] : [name];
      at = next;
    }
    return { at, names };
  }

  #ownedBy(name: string, clid: string): Registered | { code: number } {
    const state = this.stateOf(name);
    if (state.kind !== 'registered') return { code: 2303 };
    if (state.sponsor !== clid) return { code: 2201 };
    return state.statuses.includes('pendingDelete') ? { code: 2304 } : state;
  }

  #done(name: string): Done {
    const state = this.stateOf(name);
    return state.kind === 'registered' ? { code: 1000, registered: state } : { code: 1000 };
  }

  async #happens(name: string, act: Happening): Promise<void> {
    const domain = this.#domains.get(name);
    if (domain) await this.#change(domain, { ...domain.kept, happened: [...domain.kept.happened, act] });
  }

  /** Memory first, so that the next command for this name already sees it; the answer only after the disk. Rejects where that failed: it is to end then. */
  #change(domain: Domain, kept: StoredDomain): Promise<void> {
    domain.kept = kept;
    delete domain.frame;
    return (domain.saved = this.#store.saveDomain(kept));
  }
}

const refusal = (param: string, detail: string): Refusal => ({ kind: 'refused', code: 'invalid_facts', param, detail });
const cannotHappen = (index: number): Refusal =>
  refusal(`happens.${index}.what`, 'does not fit where the name stands by then');

/** Clocks and races ask for the same frame again and again. */
function frameAt(domain: Domain, at: number): NonNullable<Domain['frame']> {
  const { frame } = domain;
  if (frame && frame.from <= at && (frame.until === null || at < frame.until)) return frame;
  return (domain.frame = segmentAt(domain.kept, at));
}

function emptyAround(kept: StoredDomain): Domain {
  return { kept, refused: [], refusedCount: 0, saved: Promise.resolve() };
}
