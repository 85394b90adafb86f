/** A registry and a store in memory, for workflow tests: the sandbox's own films, and the store's promises kept by maps. */
import { ApplicationFailure } from '@temporalio/common';
import {
  OutcomeUnknown,
  RegistryUnreachable,
  type CreateReply,
  type ContactRequest,
  type CreateRequest,
  type Held,
  type Hearing,
  type PeekAnswer,
  type RegistryGateway,
  type UpdateRequest,
} from '../../registry/gateway.ts';
import type { RdapAnswer } from '../../registry/rdap/client.ts';
import { hear, peek } from '../../registry/rdap/hearing.ts';
import type { DomainFacts } from '../../registry/sandbox/facts.ts';
import { publishedAt } from '../../registry/sandbox/life.ts';
import { project, segmentAt } from '../../registry/sandbox/projection.ts';
import { usd } from '../../rules/money.ts';
import type { ListedDrop } from '../../rules/listed.ts';
import type { Join } from '../../rules/queue.ts';
import { hasEnded } from '../../rules/reservation.ts';
import type { RegistryAnswer } from '../../rules/stage.ts';
import type { AwardEnd } from '../../rules/after-award.ts';
import type { AwardDoc, StoredDecision } from '../../store/awards.ts';
import type { AuctionOpening, AuctionState, TakenBidDoc } from '../../store/auctions.ts';
import type { CatchDoc, Caught, Confirmed, NewWatch, SentCommand, Unclaimed } from '../../store/domains.ts';
import type { Holder } from '../../store/reservation-queries.ts';
import type { EventDoc, Publication, ReservationDoc } from '../../store/reservations.ts';
import { unpublished } from '../../store/unpublished.ts';

const YEAR_MS = 365 * 86_400_000;

export class MemoryRegistry implements RegistryGateway {
  readonly id = 'memory';
  readonly films = new Map<string, DomainFacts>();
  readonly creates: { clTRID: string; code: number }[] = [];
  now = Date.parse('2026-01-01T00:00:00Z');
  /** The clTRIDs of updates. */
  readonly updates: string[] = [];
  readonly contacts = new Set<string>();
  private readonly registrants = new Map<string, string>();
  /** What updates are answered instead of being carried out. */
  updateCode: number | undefined;
  /** What creates are answered instead of the truth. */
  createCode: number | undefined;
  /** The next change is carried out and its answer lost. */
  loseNextAnswer = false;
  down = false;
  /** Its clocks are refused for good whatever they ask. */
  refusesToMove = false;
  /** It denies names that it has: check withholds them, and a create says that they exist. */
  denies = false;
  /** There is no RDAP where nobody says what it answers. */
  rdap: ((name: string) => Promise<RdapAnswer>) | undefined;
  timeOf: () => Promise<number> = async () => this.now;
  private readonly clocks = new Map<string, number>();
  private awaited: { clock: string; at: number; arrived: () => void }[] = [];

  /** By the name's own clock, where it has one that has moved. */
  nowOf(name: string): number {
    const clock = this.films.get(name)?.story?.test_clock;
    return (clock === undefined ? undefined : this.clocks.get(clock)) ?? this.now;
  }

  async look(name: string): Promise<RegistryAnswer> {
    if (this.down) throw new RegistryUnreachable('memory: down');
    this.now = Math.max(this.now, await this.timeOf());
    if (this.denies) return { kind: 'withheld', reason: 'in use' };
    const facts = this.films.get(name);
    const state = facts ? this.frameAt(facts, this.nowOf(name)).state : { kind: 'free' as const };
    if (state.kind === 'free') return { kind: 'free', premium: false };
    if (state.kind !== 'registered') return { kind: 'withheld' };
    const { kind: _, createdAt, ...registration } = state;
    return { kind: 'registered', registration: { ...registration, registeredAt: createdAt } };
  }

  private readonly frames = new Map<DomainFacts, ReturnType<typeof segmentAt> & { happened: number }>();

  private frameAt(facts: DomainFacts, at: number) {
    const happened = facts.happened.length;
    const frame = this.frames.get(facts);
    if (frame?.happened === happened && frame.from <= at && (frame.until === null || at < frame.until)) return frame;
    const found = { ...segmentAt(facts, at), happened };
    this.frames.set(facts, found);
    return found;
  }

  peek(name: string): Promise<PeekAnswer> {
    return peek(this.lookup(name), () => this.look(name));
  }

  lookInTurn(name: string): Promise<RegistryAnswer> {
    return this.look(name);
  }

  hear(name: string): Promise<Hearing> {
    return hear(this.look(name), this.lookup(name));
  }

  private async lookup(name: string): Promise<RdapAnswer> {
    return this.rdap ? this.rdap(name) : { kind: 'no_service', asOf: 'memory' };
  }

  async publishedDrop(name: string): Promise<{ at: number } | undefined> {
    const story = this.films.get(name)?.story;
    // Elsewhere policy alone foretells, as at most registries.
    const at = story?.life ? publishedAt(name, story) : undefined;
    return at === undefined ? undefined : { at };
  }

  async held(name: string): Promise<Held | undefined> {
    const answer = await this.look(name);
    if (answer.kind !== 'registered') return undefined;
    const registrant = this.registrants.get(answer.registration.roid);
    return { ...answer.registration, ...(registrant !== undefined && { registrant }) };
  }

  async update({ name, add, remove, registrant }: UpdateRequest, clTRID: string): Promise<{ code: number }> {
    this.updates.push(clTRID);
    const held = await this.held(name);
    if (!held) return { code: 2303 };
    if (this.updateCode !== undefined) return { code: this.updateCode };
    const nameservers = [...held.nameservers.filter((host) => !remove.includes(host)), ...add];
    const { roid } = held;
    this.films.get(name)?.happened.push({ kind: 'update', at: this.now, roid, nameservers });
    if (registrant !== undefined) this.registrants.set(roid, registrant);
    return this.answered(1000);
  }

  async contactSponsor(id: string): Promise<string | undefined> {
    return this.contacts.has(id) ? 'backorder' : undefined;
  }

  async createContact({ id }: ContactRequest): Promise<{ code: number }> {
    this.contacts.add(id);
    return this.answered(1000);
  }

  async hasAuthInfo(): Promise<boolean> {
    return false;
  }

  private answered(code: number): { code: number } {
    if (!this.loseNextAnswer) return { code };
    this.loseNextAnswer = false;
    throw new OutcomeUnknown('memory: the answer was lost');
  }

  async create({ name, nameservers }: CreateRequest, clTRID: string): Promise<CreateReply> {
    const answer = await this.look(name);
    // Time passes even where nothing else does.
    if (this.denies) this.now += 100;
    const now = this.nowOf(name);
    const hidden = project(this.films.get(name) as DomainFacts, now).kind === 'hidden';
    const code = answer.kind === 'registered' || hidden || this.denies ? 2302 : (this.createCode ?? 1000);
    this.creates.push({ clTRID, code });
    const facts = this.films.get(name) as DomainFacts;
    if (code === 1000)
      facts.happened.push({
        kind: 'create',
        at: now,
        roid: `NEW-${this.creates.length}`,
        clid: 'backorder',
        expiresAt: now + YEAR_MS,
        nameservers,
        contacts: [],
        authInfo: '',
      });
    return code === 1000 ? this.answered(code) : { code };
  }

  /** The clTRIDs of deletes. */
  readonly deletes: string[] = [];
  /** What deletes are answered instead of being carried out. */
  deleteCode: number | undefined;

  async delete(name: string, clTRID: string): Promise<{ code: number }> {
    this.deletes.push(clTRID);
    if (this.deleteCode !== undefined) return { code: this.deleteCode };
    this.films.get(name)?.happened.push({ kind: 'delete', at: this.nowOf(name) });
    return this.answered(1000);
  }

  async ping(): Promise<number> {
    return 1;
  }

  async close(): Promise<void> {}

  async move(clock: string, now: number): Promise<void> {
    if (this.refusesToMove) throw ApplicationFailure.nonRetryable('refused', 'refused');
    this.clocks.set(clock, now);
    this.now = Math.max(this.now, now);
    const isThere = (one: { clock: string; at: number }) => one.clock === clock && one.at <= now;
    for (const { arrived } of this.awaited.filter(isThere)) arrived();
    this.awaited = this.awaited.filter((one) => !isThere(one));
  }

  /** Resolves once the clock has moved so far. */
  arrival(clock: string, at: number): Promise<void> {
    return new Promise((arrived) => this.awaited.push({ clock, at, arrived }));
  }

  async nextTransition(clock: string, after: number): Promise<{ at: number | null; names: string[] }> {
    const under = [...this.films.values()].filter(({ story }) => (story?.test_clock ?? clock) === clock);
    const all = under.map((facts) => ({ name: facts.name, at: this.frameAt(facts, after).until }));
    const at = Math.min(...all.map((one) => one.at ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(at)
      ? { at, names: all.filter((one) => one.at === at).map(({ name }) => name) }
      : { at: null, names: [] };
  }
}

export class MemoryStore {
  readonly docs = new Map<string, ReservationDoc>();
  readonly events: EventDoc[] = [];
  readonly auctions = new Map<string, { opening: AuctionOpening; state: AuctionState }>();
  readonly bids = new Map<string, TakenBidDoc>();
  readonly catches = new Map<string, CatchDoc>();
  readonly decisions = new Map<string, StoredDecision[]>();
  private readonly domains = new Map<string, { epoch: number; watchedRoid: string | undefined }>();

  insert(id: string, name: string, join: Join, registrar: string): void {
    const created = new Date(0);
    const doc = unpublished({
      _id: id,
      registrar,
      livemode: false,
      domain: { name, unicode: name, tld: 'test' },
      customer: { id },
      owner: join.owner,
      budget: usd(20_000),
      on_renewal: join.onRenewal,
      acceptance: 'automatic',
      bidding: 'manual',
      dry_run: join.dryRun,
      metadata: {},
      created,
    });
    this.docs.set(id, doc);
  }

  async beginAuction(id: string, opening: AuctionOpening, state: AuctionState): Promise<void> {
    if (!this.auctions.has(id)) this.auctions.set(id, { opening, state });
  }

  async publishAuction(id: string, state: AuctionState, taken: readonly TakenBidDoc[]): Promise<void> {
    const auction = this.auctions.get(id);
    for (const bid of taken) this.bids.set(bid.id, bid);
    if (auction && auction.state.rev < state.rev) auction.state = state;
  }

  async beginRun(name: string, watchedRoid: string | undefined) {
    const before = this.domains.get(name) ?? { epoch: 0, watchedRoid: undefined };
    const begun = { epoch: before.epoch + 1, watchedRoid: watchedRoid ?? before.watchedRoid };
    this.domains.set(name, begun);
    return begun.epoch;
  }

  /** What a drop list says of names. */
  readonly listed = new Map<string, ListedDrop>();

  async listedDrop(name: string): Promise<ListedDrop | undefined> {
    return this.listed.get(name);
  }

  async watchedOf(name: string) {
    return this.domains.get(name)?.watchedRoid;
  }

  async rememberWatched(name: string, watchedRoid: string): Promise<void> {
    this.domains.set(name, { epoch: this.domains.get(name)?.epoch ?? 0, watchedRoid });
  }

  async openClaims(name: string) {
    const open = [...this.docs.values()].filter((doc) => doc.domain.name === name && doc.open && doc.ordinal !== null);
    return open
      .map((doc) => ({
        reservation: doc._id,
        ordinal: doc.ordinal as number,
        owner: doc.owner,
        onRenewal: doc.on_renewal,
        dryRun: doc.dry_run,
      }))
      .toSorted((a, b) => a.ordinal - b.ordinal);
  }

  async publishReservation({ reservation, state, attention, firstSeq, entries, rev }: Publication) {
    const doc = this.docs.get(reservation);
    if (!doc) return null;
    const ordinal = 'ordinal' in state ? (state.ordinal ?? null) : null;
    Object.assign(doc, { open: !hasEnded(state), status: state.status, ordinal, state, attention, rev });
    const events = entries.map(({ type, at, data }, index): EventDoc => ({
      _id: `evt_${reservation}_${firstSeq + index}`,
      reservation,
      registrar: doc.registrar,
      livemode: false,
      seq: firstSeq + index,
      type,
      created: new Date(at),
      data,
      hash: '',
      previous_hash: '',
    }));
    this.events.push(...events.filter(({ _id }) => !this.events.some((event) => event._id === _id)));
    return { doc, events };
  }

  async timelineOf(reservation: string, afterSeq: number) {
    return this.events.filter((event) => event.reservation === reservation && event.seq > afterSeq);
  }

  holderOf(reservation: string): Holder | undefined {
    const doc = this.docs.get(reservation);
    if (!doc) return undefined;
    const { registrar, livemode, owner, domain } = doc;
    return { reservation, registrar, livemode, owner, name: domain.name };
  }

  async findReservation(id: string) {
    return this.docs.get(id) ?? null;
  }

  async findReservations(ids: readonly string[]) {
    return ids.flatMap((id) => this.docs.get(id) ?? []);
  }

  async recordDecision({ _id }: Pick<AwardDoc, '_id'>, decision: StoredDecision): Promise<void> {
    const before = this.decisions.get(_id) ?? [];
    if (!before.some(({ step }) => step === decision.step)) this.decisions.set(_id, [...before, decision]);
  }

  async intendCatch(intent: Pick<CatchDoc, '_id' | 'name' | 'registry' | 'roid_before' | 'cltrid_prefix' | 'started'>) {
    const doc = this.catches.get(intent._id) ?? { ...intent, attempts: 0, caught: null, awarded_to: null };
    this.catches.set(intent._id, doc);
    return doc;
  }

  async takeAttempts(id: string, count: number) {
    const doc = this.catches.get(id) as CatchDoc;
    doc.attempts += count;
    return doc.attempts - count + 1;
  }

  async noteCommand(id: string, command: Omit<SentCommand, 'cltrid'>) {
    const doc = this.catches.get(id);
    if (!doc) return null;
    const cltrid = `${doc.cltrid_prefix}-${await this.takeAttempts(id, 1)}`;
    doc.commands = [...(doc.commands ?? []), { ...command, cltrid }];
    return cltrid;
  }

  async recordCaught(id: string, caught: Caught) {
    (this.catches.get(id) as CatchDoc).caught ??= caught;
  }

  async settleAward(id: string, reservation: string) {
    const doc = this.catches.get(id);
    if (!doc) return null;
    return (doc.awarded_to ??= reservation);
  }

  async findCatch(id: string) {
    return this.catches.get(id) ?? null;
  }

  async lastCaught(name: string) {
    return [...this.catches.values()].findLast((doc) => doc.name === name && doc.caught) ?? null;
  }

  async decisionsOn(id: string) {
    return this.decisions.get(id) ?? [];
  }

  async beginWatch(id: string, watch: NewWatch) {
    const doc = this.catches.get(id);
    return doc ? (doc.watch ??= { ...watch, ended: null }) : null;
  }

  async watchedAward(name: string) {
    return [...this.catches.values()].find((doc) => doc.name === name && doc.watch?.ended === null) ?? null;
  }

  async endWatch(id: string, ended: AwardEnd) {
    const watch = this.catches.get(id)?.watch;
    if (watch) watch.ended ??= ended;
  }

  async confirmRegistration(id: string, confirmed: Confirmed) {
    Object.assign(this.catches.get(id) ?? {}, { confirmed });
  }

  async noteUnclaimed(id: string, unclaimed: Unclaimed) {
    Object.assign(this.catches.get(id) ?? {}, { unclaimed });
  }
}
