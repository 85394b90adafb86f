/**
 * The world behind the activities in workflow tests: the real activities on a registry and a store in memory, so that months pass in
 * milliseconds on the time-skipping server.
 */
import { asyncLocalStorage } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { UpdateDefinition } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { catchActivities } from '../../activities/catch.ts';
import type { NameSettings } from '../../activities/deps.ts';
import { registrationActivities } from '../../activities/registration.ts';
import { createActivities } from '../../activities/index.ts';
import { Temporal } from '../../api/temporal.ts';
import { CADENCE } from '../../registry/cadence.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import { unfitting } from '../../registry/sandbox/film.ts';
import { lifeOf } from '../../registry/sandbox/life.ts';
import { completeStory, type StoryInput } from '../../registry/sandbox/facts.ts';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { PHASES, type Cadence } from '../../rules/cadence.ts';
import type { AuctionPolicy } from '../../rules/bidding.ts';
import type { Join } from '../../rules/queue.ts';
import type { Attention } from '../../rules/reservation.ts';
import type { OwnAward } from '../../rules/tlds.ts';
import {
  advanceUpdate,
  amendSignal,
  answerUpdate,
  auctionStart,
  auctionWorkflowId,
  bidUpdate,
  catchQueue,
  clockWorkflowId,
  decideUpdate,
  describeClock,
  describeDomain,
  domainStart,
  domainWorkflowId,
  ENGINE_QUEUE,
  enterUpdate,
  FIRST_WORD_MS,
  joinSignal,
  leaveUpdate,
  NOTIFY_QUEUE,
  placedUpdate,
  reservationWorkflowId,
  type AuctionInput,
  type BidAnswer,
  type ClockView,
  type DomainInput,
  type ReservationInput,
  type Tick,
} from '../../workflows/messages.ts';
import { MemoryMoney } from '../ledger/memory-money.ts';
import { MemoryRegistry, MemoryStore } from './memory.ts';
import { ATTRIBUTES, bundled, timeSkipping } from './running-on.ts';

const policies = loadPolicies({ BACKORDER_POLICIES: undefined });

export const DAY_MS = 86_400_000;

/** Each poll is an attempt that the server has to skip to: months of all of them are for the longer checks. */
const SELDOM: Cadence = {
  ...CADENCE,
  steps: Object.fromEntries(
    PHASES.map((phase) => [phase, CADENCE.steps[phase].map((step) => ({ ...step, everyMs: 6 * step.everyMs }))]),
  ) as Cadence['steps'],
};

export interface WorldOptions {
  /** A test clock; real time, which skips, where none is named. */
  clock?: string;
  /** The time-skipping server where none is given. */
  server?: () => Promise<TestWorkflowEnvironment>;
}

let bundling: Promise<WorkflowBundleOption> | undefined;

export class World {
  readonly registry = new MemoryRegistry();
  readonly store = new MemoryStore();
  /** Who reserves from here on. */
  registrar = 'rgr_1';
  /** How names are awarded here, where that is not their TLD's. */
  own: OwnAward = { award: 'in_order' };
  cadence = SELDOM;
  /** Where names here depart from their TLD's policy. */
  terms: Pick<NameSettings, 'restoreRightsMs'> = {};
  readonly money = new MemoryMoney((reservation) => this.store.holderOf(reservation));
  readonly env: TestWorkflowEnvironment;
  /** One attempt at a notice. */
  deliver: () => Promise<'sent'> = async () => 'sent';
  /** Events whose notices are no longer attempted. */
  readonly givenUp: string[] = [];
  private readonly clock: string | undefined;
  private readonly bundle: WorkflowBundleOption;

  private constructor(env: TestWorkflowEnvironment, clock: string | undefined, bundle: WorkflowBundleOption) {
    this.env = env;
    this.clock = clock;
    this.bundle = bundle;
  }

  static async open({ clock, server = timeSkipping }: WorldOptions = {}): Promise<World> {
    if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR') });
    const [bundle, env] = await Promise.all([(bundling ??= bundled()), server()]);
    // A server refuses unknown attributes, and a workflow that sets one would never move.
    await env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes: ATTRIBUTES });
    return new World(env, clock, bundle);
  }

  close(): Promise<void> {
    return this.env.teardown();
  }

  /** Runs a story with all workers there. */
  async run<T>(story: () => Promise<T>): Promise<T> {
    const registry = {
      gateway: this.registry,
      owns: ['backorder'],
      contacts: {},
      nameservers: [],
      keepsContacts: true,
    };
    const registryOf = () => registry;
    const engine = createActivities({
      client: this.env.client,
      registryOf,
      store: this.store,
      settingsOf: async (name) => {
        const { policy } = this.registry.films.get(name)?.story ?? {};
        return { own: this.own, ...this.terms, ...(policy !== undefined && { policy }) };
      },
      policyOf: policies.of,
      cadence: this.cadence,
      notifier: {
        notify: async () => ({ undelivered: [] }),
        deliver: () => this.deliver(),
        giveUp: async (event) => void this.givenUp.push(event),
      },
      money: this.money,
      ownAwardOf: async () => null,
      sandboxClocks: this.registry,
    });
    const catcher = {
      registryOf,
      store: this.store,
      now: () => this.registry.now,
      sleep: async (ms: number) => void (this.registry.now += ms),
    };
    const catching = { ...catchActivities(catcher), ...registrationActivities(catcher) };
    this.registry.timeOf = async () => (this.clock === undefined ? this.serverTimeMs() : this.registry.now);
    const shared = { connection: this.env.nativeConnection, namespace: this.env.namespace ?? 'default' };
    const others = await Promise.all([
      Worker.create({ ...shared, taskQueue: NOTIFY_QUEUE, activities: engine }),
      Worker.create({ ...shared, taskQueue: catchQueue('memory'), activities: catching }),
    ]);
    const main = await Worker.create({
      ...shared,
      taskQueue: ENGINE_QUEUE,
      activities: engine,
      workflowBundle: this.bundle,
    });
    return main.runUntil(others.reduce<() => Promise<T>>((next, worker) => () => worker.runUntil(next()), story)());
  }

  /** An activity holds the server's time where it began: a drop asks thousands of times, and each question to the server costs both. */
  private async serverTimeMs(): Promise<number> {
    return asyncLocalStorage.getStore()?.info.currentAttemptScheduledTimestampMs ?? this.env.currentTimeMs();
  }

  put(name: string, story: StoryInput): void {
    const complete = completeStory(story, this.registry.now);
    if (complete.kind === 'refused') throw new Error(complete.detail);
    const policy = story.policy === undefined ? undefined : policies.of(story.policy);
    const facts = { name, story: { ...complete.story, ...(policy && { life: lifeOf(policy) }) }, happened: [] };
    if (unfitting(facts) !== undefined) throw new Error(`${name}: what happens does not fit`);
    this.registry.films.set(name, facts);
  }

  private clockOf(name: string): string | undefined {
    return this.registry.films.get(name)?.story?.test_clock ?? this.clock;
  }

  domainInput(name: string): DomainInput {
    const clock = this.clockOf(name);
    return { name, tld: 'test', livemode: false, ...(clock !== undefined && { clock }) };
  }

  /** What the API does for `POST /v1/reservations`. */
  async reserve(id: string, name: string, extra: Partial<Omit<Join, 'reservation'>> = {}): Promise<void> {
    const domain = this.domainInput(name);
    const join = await this.request(id, name, extra);
    await this.env.client.workflow.signalWithStart('domain', {
      ...domainStart(domain),
      signal: joinSignal,
      signalArgs: [{ ...join, ...(await this.enter(name)) }],
    });
  }

  /** Stored and started, and no more: the API died before the arbiter heard of it. */
  async request(id: string, name: string, extra: Partial<Omit<Join, 'reservation'>> = {}): Promise<Join> {
    const join: Join = { reservation: id, owner: `owner of ${id}`, onRenewal: 'keep_waiting', dryRun: false, ...extra };
    const { registrar } = this;
    this.store.insert(id, name, join, registrar);
    const { carried: _, ...where } = this.domainInput(name);
    const input: ReservationInput = { ...where, id, registrar, join };
    await this.env.client.workflow.start('reservation', {
      workflowId: reservationWorkflowId(id),
      taskQueue: ENGINE_QUEUE,
      args: [input],
      startDelay: FIRST_WORD_MS,
    });
    return join;
  }

  async startClock(id = this.clock as string, frozenAt = this.registry.now): Promise<void> {
    const args = [{ id, frozenAt }];
    await this.registry.move(id, frozenAt);
    await this.env.client.workflow.start('clock', { workflowId: clockWorkflowId(id), taskQueue: ENGINE_QUEUE, args });
  }

  enter(name: string) {
    return this.enterAs(domainWorkflowId(name), this.clockOf(name));
  }

  private async enterAs(participant: string, clock: string | undefined): Promise<{ tick?: Tick }> {
    if (clock === undefined) return {};
    return { tick: await this.update(clockWorkflowId(clock), enterUpdate, { participant }) };
  }

  /** As the API sends it: once more where a run that was ending did not take it. */
  private update<T, A>(workflowId: string, update: UpdateDefinition<T, [A]>, arg: A): Promise<T> {
    const { client } = this.env;
    const call = () => client.workflow.getHandle(workflowId).executeUpdate(update, { args: [arg] });
    return new Temporal(client, 1).update(workflowId, 60_000, call);
  }

  private clockView(id = this.clock as string): Promise<ClockView> {
    return this.env.client.workflow.getHandle(clockWorkflowId(id)).query(describeClock);
  }

  /** Moves the test clock, and waits until all have settled, or it can go no further. */
  async advance(days: number): Promise<ClockView> {
    const id = this.clock as string;
    const { now } = await this.clockView(id);
    return this.advanceTo(now + days * DAY_MS, id);
  }

  async retryClock(): Promise<void> {
    const { attention } = await this.clockView();
    const decision = { attention: attention?.id ?? 'none', action: 'retry' as const, reason: 'mended' };
    await this.update(clockWorkflowId(this.clock as string), decideUpdate, decision);
  }

  /** `first` is waited for before the clock is asked whether all have settled: each question is a task of its workflow. */
  async advanceTo(to: number, clockId: string, first?: Promise<void>): Promise<ClockView> {
    await this.update(clockWorkflowId(clockId), advanceUpdate, { to });
    await first;
    return this.arrived(clockId);
  }

  /** Where the clock stands once it no longer moves. */
  async arrived(clockId = this.clock as string): Promise<ClockView> {
    // Each question is a task of its workflow: the longer it takes, the less often it is asked.
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
      const view = await this.clockView(clockId);
      if (view.status !== 'advancing') return view;
      await this.env.sleep(pauseMs);
    }
  }

  /** Who stopped on the name's way and waits for support. */
  async attention(name: string): Promise<Attention | null> {
    return (await this.domain(name).query(describeDomain, {})).attention;
  }

  async decide(name: string, action: 'retry' | 'skip'): Promise<void> {
    const attention = await this.attention(name);
    const decision = { attention: attention?.id ?? 'none', action, reason: 'mended', ...(await this.enter(name)) };
    await this.update(domainWorkflowId(name), decideUpdate, decision);
  }

  async leave(id: string, name: string): Promise<string> {
    const request = { reservation: id, by: 'by_registrar' as const, ...(await this.enter(name)) };
    return (await this.update(domainWorkflowId(name), leaveUpdate, request)).kind;
  }

  async accept(reservation: string, name: string): Promise<string> {
    const request = { reservation, answer: 'accepted' as const, ...(await this.enter(name)) };
    return (await this.update(domainWorkflowId(name), answerUpdate, request)).kind;
  }

  async amend(id: string, name: string, onRenewal: Join['onRenewal'], amendment: number): Promise<void> {
    await this.domain(name).signal(amendSignal, { reservation: id, onRenewal, amendment, ...(await this.enter(name)) });
  }

  /** An auction alone, between so many claims; `proxies` are the budgets some place as it opens. */
  async openAuction(
    id: string,
    entrants: number,
    { policy = {}, proxies = {} }: { policy?: Partial<AuctionPolicy>; proxies?: Record<number, number> } = {},
  ): Promise<AuctionInput> {
    const startedAt = this.clock === undefined ? await this.env.currentTimeMs() : this.registry.now;
    const input: AuctionInput = {
      ...{ id, name: `${id.slice(4)}.test`, tld: 'test', livemode: false, startedAt },
      ...(this.clock !== undefined && { clock: this.clock }),
      ...{ currency: 'USD', listPrice: 6_900, policy: { ...DEFAULT_AUCTION_POLICY, ...policy } },
      entrants: Array.from({ length: entrants }, (_, index) => ({
        reservation: `rsv_${index + 1}`,
        ordinal: index + 1,
        bidder: `bidder-${index + 1}`,
        ...(proxies[index + 1] !== undefined && { proxyMax: proxies[index + 1] as number }),
      })),
      time: (await this.enterAs(auctionWorkflowId(id), this.clock)).tick ?? { tick: 0, now: startedAt },
    };
    await this.env.client.workflow.start('auction', auctionStart(input));
    return input;
  }

  auction(id: string) {
    return this.env.client.workflow.getHandle(auctionWorkflowId(id));
  }

  /** What became of a bid: who leads at which price, or why it was refused. */
  async bid(auction: string, who: number, max: number, id = `bid_${who}_${max}`): Promise<string> {
    const entered = await this.enterAs(auctionWorkflowId(auction), this.clock);
    const message = { id, reservation: `rsv_${who}`, max, givenUpAt: Number.MAX_SAFE_INTEGER, ...entered };
    try {
      const answer = await this.update(auctionWorkflowId(auction), bidUpdate, message);
      return saidOf(answer);
    } catch (error) {
      const { cause } = error as { cause?: { type?: string; details?: unknown[] } };
      if (!cause?.type) throw error;
      return [cause.type, ...(cause.details ?? [])].join(' ');
    }
  }

  async place(id: string, name: string) {
    return this.update(domainWorkflowId(name), placedUpdate, { reservation: id, waitMs: 2_000 });
  }

  domain(name: string) {
    return this.env.client.workflow.getHandle(domainWorkflowId(name));
  }

  outcome(id: string): string {
    const state = this.store.docs.get(id)?.state;
    return state && 'outcome' in state ? `${state.outcome.result}: ${state.outcome.reason}` : String(state?.status);
  }

  handle(id: string) {
    return this.env.client.workflow.getHandle(reservationWorkflowId(id));
  }

  /** Waits until its outcome, or else its status, begins so. */
  async becomes(id: string, said: string): Promise<void> {
    while (!this.outcome(id).startsWith(said)) await this.env.sleep(500);
  }

  /** Waits for the reservation's end; months may pass. */
  async ended(id: string) {
    await this.handle(id).result();
    return this.store.docs.get(id);
  }

  timeline(id: string): string[] {
    return this.store.events
      .filter(({ reservation }) => reservation === id)
      .map(({ type, data }) => {
        if (type === 'reservation.stage_changed') return `${String(data['from'])} → ${String(data['stage'])}`;
        const { days } = data;
        return type.replace('reservation.', '') + (typeof days === 'number' ? `: ${days}` : '');
      });
  }

  async historyLength(workflowId: string): Promise<number> {
    const { events } = await this.env.client.workflow.getHandle(workflowId).fetchHistory();
    return events?.length ?? 0;
  }
}

export const saidOf = ({ leading, price }: BidAnswer): string => `${leading ? 'leads' : 'outbid'} at ${price.amount}`;
