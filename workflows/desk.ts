/** What the arbiter has on its desk: the claims, the last look, what is to be told, and the time. The one mutable state of a run. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Loaded } from '../activities/arbiter.ts';
import type { AwardTerms } from '../rules/award.ts';
import { admit, standing, withoutClaim, type Admission, type Claim } from '../rules/queue.ts';
import type { ExpiryMark } from '../rules/expiry.ts';
import { identityOf } from '../rules/stage.ts';
import { viewOf, type Attention, type End, type NameView, type Note, type Outcome } from '../rules/reservation.ts';
import { nothingTried, together, type DropAccount, type Tried } from '../rules/tried.ts';
import { cutoffAt, type Sight } from '../rules/watch.ts';
import * as proxies from './activities.ts';
import { announcer, type Announcement, type Announcer } from './announcer.ts';
import { supported, type AttentionChange, type Support } from './attempt.ts';
import { clockTime, realTime, type Time } from './clock.ts';
import { domainDetails } from './details.ts';
import type { DomainCarried, DomainInput, DomainView, JoinMessage, Refusal, Tick, WatchedAward } from './messages.ts';
import type { Contest } from './contest.ts';
import { noFunds, type Funds } from './funding.ts';
import { lengthOfRun } from './handing-over.ts';
import type { Offer } from './offering.ts';
import { dropAt, stage } from './search-attributes.ts';

/** Ordinals and note numbers of a later run that began from the store are all higher than those of the runs before. */
const PER_EPOCH = 1_000_000;
const REFUSALS_KEPT = 200;
/** Whoever has not heard its end yet may still ask to join. */
const ENDS_KEPT = 100;
/** A look this young answers a join by itself. */
const FRESH_MS = 10 * 60_000;

export class Desk {
  readonly input: DomainInput;
  readonly name: string;
  readonly time: Time;
  readonly run = lengthOfRun();
  readonly announcer: Announcer;
  readonly support: Support;
  readonly acts = {
    read: proxies.reads,
    urgent: proxies.urgentReads,
    write: proxies.writes,
    urgentWrite: proxies.urgentWrites,
    poll: proxies.polls,
    catching: proxies.catching,
    registering: proxies.registering,
  };

  claims: Claim[] = [];
  /** Joins that wait for a look before they can be answered, in the order in which they were recorded. */
  joining: JoinMessage[] = [];
  sight: Sight | undefined;
  watchedRoid: string | undefined;
  phase: DomainView['phase'] = 'watching';
  lookIsDue = true;
  /** Since the last look began: it may have seen the registry as it was before. */
  isAskedAnew = false;
  ready = false;
  /** What RDAP last said. */
  lastPrint: string | undefined;
  /** The disagreements of RDAP and EPP that were told. */
  disagreements: string[] = [];
  /** The last mark before the owner's expiry that was told. */
  marked: ExpiryMark | undefined;
  /** The instant of the last burst of creates, so that one instant sees one. */
  triedAt: number | undefined;
  funds: Funds = noFunds();
  /** What the name is awarded by: fixed at the cut-off. */
  terms: AwardTerms | undefined;
  /** The offer that stands. */
  offer: Offer | undefined;
  /** The auction that runs. */
  contest: Contest | undefined;
  /** What came of the drop so far. */
  account: DropAccount | undefined;
  /** Who has accepted, until that has come to the name or to a payment that is awaited. */
  accepting: string | undefined;
  /** Whose the name is, from the award on: paid, so that nobody leaves it any more. */
  awardedTo: string | undefined;
  /** The last award, while it may be taken back. */
  award: WatchedAward | undefined;
  private concerned: string | undefined;
  /** What the search attributes last said. */
  private indexed = '';
  private epoch = 0;
  private nextOrdinal = 1;
  private nextNote = 1;
  private nextOperation = 1;
  private refusals: Refusal[] = [];
  private ends: End[] = [];

  constructor(input: DomainInput) {
    this.input = input;
    this.name = input.name;
    const carried = input.carried;
    if (carried) this.resume(carried);
    this.announcer = announcer(
      () => this.nextNote++,
      (batch) => this.sendNotes(batch),
    );
    this.time = input.clock
      ? clockTime(input.clock, carried?.time ?? { tick: 0, now: 0 }, () => this.announcer.idle())
      : realTime();
    this.support = supported(this.time, (change) => this.tellAttention(change));
  }

  /** Told to the reservation the step was for, with support's words; to all, without them, where it was for all. */
  private tellAttention({ attention, concerns, decision }: AttentionChange): void {
    this.concerned = attention ? concerns : undefined;
    const at = this.time.now();
    if (concerns === undefined) return this.tellAll(() => ({ kind: 'attention', at, attention }));
    if (!this.standing(concerns)) return;
    const made = decision && { action: decision.action, reason: decision.reason };
    this.tell(concerns, { kind: 'attention', at, attention, ...(made && { decision: made }) });
  }

  /** What stands in the way, as the given reservation may know it; all of it for ops, who name none. */
  attentionFor(reservation: string | undefined): Attention | null {
    const hidden = reservation !== undefined && this.concerned !== undefined && this.concerned !== reservation;
    return hidden ? null : this.support.attention();
  }

  private resume(carried: DomainCarried): void {
    this.epoch = carried.epoch;
    this.claims = carried.claims;
    this.nextOrdinal = carried.nextOrdinal;
    this.nextNote = carried.nextNote;
    this.refusals = carried.refusals;
    this.ends = carried.ends ?? [];
    this.sight = carried.sight;
    this.watchedRoid = carried.watchedRoid;
    this.marked = carried.marked;
    this.lastPrint = carried.lastPrint;
    this.disagreements = carried.disagreements ?? [];
    this.triedAt = carried.triedAt;
    this.funds = carried.funds ?? noFunds();
    this.nextOperation = carried.nextOperation ?? 1;
    this.account = carried.account;
    this.award = carried.award;
    this.lookIsDue = carried.sight === undefined;
    this.ready = true;
  }

  askForLook(): void {
    this.lookIsDue = true;
    this.isAskedAnew = true;
  }

  begin({ epoch, claims, watchedRoid, award }: Loaded): void {
    this.epoch = epoch;
    this.claims = claims;
    this.award = award;
    this.watchedRoid = watchedRoid;
    this.nextOrdinal = epoch * PER_EPOCH + 1;
    this.nextNote = epoch * PER_EPOCH + 1;
    this.ready = true;
  }

  carry(): DomainCarried {
    const { epoch, claims, nextOrdinal, nextNote, nextOperation, refusals, funds } = this;
    const { sight, watchedRoid, marked, lastPrint, triedAt, account, award } = this;
    const time = this.time.last();
    return {
      epoch,
      claims,
      nextOrdinal,
      nextNote,
      nextOperation,
      refusals,
      funds,
      time,
      ...(sight && { sight }),
      ...(watchedRoid !== undefined && { watchedRoid }),
      ...(marked && { marked }),
      ...(lastPrint !== undefined && { lastPrint }),
      ...(this.ends.length > 0 && { ends: this.ends }),
      ...(this.disagreements.length > 0 && { disagreements: this.disagreements }),
      ...(triedAt !== undefined && { triedAt }),
      ...(account && { account }),
      ...(award && { award }),
    };
  }

  /** Money is moved once by each name given to an operation; an arbiter that begins from the store gives names of its own. */
  operation(kind: string, reservation: string): string {
    return `${kind}:${reservation}:${this.epoch}.${this.nextOperation++}`;
  }

  /** A message was taken up, with the tick it brought where it brought one. */
  heard(tick?: Tick): void {
    this.run.read();
    this.time.heard(tick);
  }

  isNeeded(): boolean {
    return this.claims.length > 0 || this.joining.length > 0;
  }

  cutoffAt(): number | undefined {
    return this.sight && cutoffAt(this.sight);
  }

  view(): NameView {
    if (!this.sight)
      return { stage: 'unknown', seenAt: this.time.now(), next: { what: 'registry_check', at: this.time.now() } };
    return viewOf(this.sight);
  }

  tell(reservation: string, note: Note): void {
    this.announcer.tell(reservation, note);
  }

  /** A reservation that is gone without having been told its end was ended by hand, or by an earlier run: its claim and its hold go with it. */
  private async sendNotes(batch: Announcement[]): Promise<void> {
    const underClock = this.input.clock !== undefined;
    const telling = this.acts.write(`Tell ${batch.length} reservation(s) of ${this.name}`);
    const { gone } = await telling.announce({ batch, underClock });
    if (gone.length === 0) return;
    this.claims = this.claims.filter(({ reservation }) => !gone.includes(reservation));
    this.funds.toRelease.push(...this.funds.held.filter((reservation) => gone.includes(reservation)));
  }

  tellAll(noteOf: (claim: Claim) => Note): void {
    for (const claim of this.claims) this.tell(claim.reservation, noteOf(claim));
  }

  /** Activities that ended before they told what they tried say nothing. */
  noteTried(tried: Tried | undefined): void {
    if (!tried) return;
    const { account, sight } = this;
    const drop = account?.drop ?? sight?.drop;
    this.account = { ...account, ...(drop && { drop }), tried: together(account?.tried ?? nothingTried, tried) };
  }

  noteRegistered(sponsor: string, byUs: boolean, registeredAt: number | undefined): void {
    const registered = { sponsor, byUs, ...(registeredAt && { registeredAt }) };
    const drop = this.account?.drop ?? this.sight?.drop;
    this.account = { ...this.account, ...(drop && { drop }), registered };
  }

  /** Ends a claim: it leaves the queue and learns why. */
  end(
    reservation: string,
    outcome: Outcome,
    { explanation, watchedUntil }: { explanation?: string | undefined; watchedUntil?: number } = {},
  ): void {
    this.claims = withoutClaim(this.claims, reservation);
    this.ends = [...this.ends, { reservation, outcome }].slice(-ENDS_KEPT);
    const name = this.sight && this.view();
    this.tell(reservation, {
      kind: 'ended',
      at: outcome.at,
      outcome,
      ...(name && { name }),
      ...(explanation !== undefined && { explanation }),
      ...(watchedUntil !== undefined && { watchedUntil }),
      // Once it was caught they were told so.
      ...(this.account && this.phase !== 'awarding' && { account: this.account }),
    });
  }

  /** A join, answered at once where the registry was asked lately, else after the next look. */
  join(join: JoinMessage): void {
    // A reservation that asks while its end is on its way hears of it; admitting it again would make a ghost.
    if (!this.standing(join.reservation) && !this.announcer.hasTold(join.reservation)) return;
    const outcome = this.endOf(join.reservation);
    if (outcome) return this.tell(join.reservation, { kind: 'ended', at: outcome.at, outcome });
    if (!this.ready || this.mustLookFirst(join)) {
      if (!this.joining.some((other) => other.reservation === join.reservation)) this.joining.push(join);
      if (this.ready) this.lookIsDue = true;
      return;
    }
    this.answerJoin(join);
  }

  private mustLookFirst(join: JoinMessage): boolean {
    const known = this.claims.some((claim) => claim.reservation === join.reservation) || this.refusal(join.reservation);
    if (known) return this.sight === undefined;
    const stale =
      this.input.clock === undefined && this.sight !== undefined && this.time.now() - this.sight.seenAt > FRESH_MS;
    return this.sight === undefined || stale || this.joining.length > 0;
  }

  answerJoin({ tick: _, ...join }: JoinMessage): void {
    if (!this.sight) return void this.joining.push(join);
    const at = this.time.now();
    const before = this.refusal(join.reservation);
    if (before) return this.reject(join.reservation, before);
    const { answer, stage: seen, policy } = this.sight;
    const cutoff = this.cutoffAt();
    const facts = {
      now: at,
      answer,
      stage: seen,
      nextOrdinal: this.nextOrdinal,
      ...(policy.someWithoutRace && { someWithoutRace: true }),
      ...(cutoff !== undefined && { cutoffAt: cutoff }),
    };
    const admission = admit(this.claims, join, facts);
    if (admission.kind === 'refused') return this.refuse(join.reservation, admission);
    if (admission.kind === 'admitted') this.take(admission);
    this.tell(join.reservation, { kind: 'admitted', at, ordinal: admission.claim.ordinal, name: this.view() });
    if (this.phase === 'catching') this.tell(join.reservation, { kind: 'catching', at, name: this.view() });
  }

  private take({ claims, claim }: Extract<Admission, { kind: 'admitted' }>): void {
    this.nextOrdinal = Math.max(this.nextOrdinal, claim.ordinal + 1);
    if (this.claims.length === 0 && this.sight?.answer.kind === 'registered')
      this.watchedRoid = identityOf(this.sight.answer.registration);
    this.claims = claims;
  }

  private refuse(reservation: string, refused: Extract<Admission, { kind: 'refused' }>): void {
    const refusal = { reservation, code: refused.code, ...(refused.reservation && { holder: refused.reservation }) };
    this.refusals = [...this.refusals, refusal].slice(-REFUSALS_KEPT);
    this.reject(reservation, refusal);
  }

  /** How it ended here, where that was lately: it may not have heard. */
  endOf(reservation: string): Outcome | undefined {
    return this.ends.findLast((ended) => ended.reservation === reservation)?.outcome;
  }

  refusal(reservation: string): Refusal | undefined {
    return this.refusals.find((refusal) => refusal.reservation === reservation);
  }

  private reject(reservation: string, { code, holder }: Refusal): void {
    const at = this.time.now();
    this.tell(reservation, {
      kind: 'ended',
      at,
      outcome: { result: 'rejected', reason: code, at, ...(holder && { reservation: holder }) },
    });
  }

  standing(reservation: string) {
    return standing(this.claims, reservation);
  }

  /** For ops: what the Temporal UI shows of this name. */
  show(): void {
    setCurrentDetails(domainDetails(this));
  }

  index(): void {
    if (!this.sight) return;
    const { stage: seen, drop } = this.sight;
    const found = `${seen} ${drop?.earliest}`;
    if (found === this.indexed) return;
    this.indexed = found;
    upsertSearchAttributes([
      { key: stage, value: seen },
      { key: dropAt, value: drop ? new Date(drop.earliest) : null },
    ]);
  }
}

export const openDesk = (input: DomainInput): Desk => new Desk(input);
