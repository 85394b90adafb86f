/** One run over a stack that is up: the plan, its workload under its faults, then quiet, and the audit. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import mongoose from 'mongoose';
import { loadRegistries } from '../../registry/registries.ts';
import { sandboxControl } from '../../registry/sandbox/control.ts';
import { EngineClient } from '../engine-client.ts';
import { Faults } from '../faults.ts';
import type { SmallDisk } from '../small-disk.ts';
import type { ProcessName, Stack } from '../stack.ts';
import { audit } from './audit.ts';
import { POOR, SMALL_CREDIT } from './award-plan.ts';
import { Bidding } from './bidding.ts';
import type { Books, ToldBid, Violation } from './books.ts';
import { START } from './lives.ts';
import { Persistent, Tally } from './persistent.ts';
import { CLOCKS, makePlan, REGISTRARS } from './plan.ts';
import { readBooks, readStore, type Shelves } from './read-books.ts';
import { Striking } from './striking.ts';
import { Workload, type Actors } from './workload.ts';

/** So much that nobody lacks the money. */
const CREDIT = 100_000_000;

/** How long programs go on asking after the last fault is healed, and how long the engine may then take to settle. */
const ANSWERED_WITHIN_MS = 400_000;
const SETTLED_WITHIN_MS = 240_000;
const LOOK_AGAIN_MS = 3_000;

export interface SoakOptions {
  seed: number;
  durationMs: number;
  /** Absent: its faults are left out. */
  disk?: SmallDisk | undefined;
  say: (line: string) => void;
  /** Told when a process ended that nobody asked to. */
  died: { heard?: (name: string, how: string) => void };
}

export interface Soaked {
  violations: Violation[];
  figures: Record<string, unknown>;
}

export async function soak(stack: Stack, { seed, durationMs, disk, say, died }: SoakOptions): Promise<Soaked> {
  const plan = makePlan(seed, durationMs);
  const tally = new Tally();
  const people = await introduce(stack);
  const asking = (limitMs: number): Actors => {
    const giveUp = AbortSignal.timeout(limitMs);
    // Each request under way listens to it.
    setMaxListeners(0, giveUp);
    const by = (client: EngineClient) => new Persistent(client, tally, giveUp);
    const registrars = people.registrars.map(({ id, client }) => ({ id, by: by(client) }));
    return { operator: by(people.operator), registrars, clocks: people.clocks };
  };
  const during = asking(durationMs + ANSWERED_WITHIN_MS);
  const workload = new Workload(plan, during);
  const bidding = new Bidding(workload, during);
  await workload.prepare();

  say(`${plan.lives.length} names, ${plan.acts.length} acts, ${plan.faults.length} faults`);
  const striking = new Striking(new Faults(stack, disk), say);
  died.heard = (name, how) => striking.died(name as ProcessName, how);
  const planned = plan.faults.filter(({ fault }) => disk !== undefined || fault.kind !== 'full_disk');
  await bidding.run(Promise.all([workload.run(), striking.run(planned)]));
  say(`all faults are healed, ${workload.unanswered.length} requests unanswered`);

  const actors = asking(SETTLED_WITHIN_MS);
  const shelves = await open(stack, actors);
  const owns = loadRegistries(stack.config, stack.env).flatMap((registry) => registry.owns);
  try {
    await settle(workload, shelves, actors);
    say('every life has come to its end');
    const read = () =>
      readBooks(shelves, {
        told: [...workload.told.values()],
        toldBids: bidding.told,
        declined: [...bidding.declined],
        unanswered: workload.unanswered,
        broken: tally.broken,
        owns,
        names: workload.put,
      });
    const { books, violations } = await auditUntilAgreed(read, async (left, { store }) => {
      say(`${left} difference(s) so far; looking again`);
      await workload.support();
      await workload.keep(store.catches.filter((one) => one.caught && one.awarded_to === null).map(({ name }) => name));
    });
    return { violations, figures: figuresOf(books, striking, tally) };
  } finally {
    delete died.heard;
    await Promise.all([shelves.store.close(), shelves.temporal.connection.close()]);
  }
}

async function introduce({ urls, config }: Stack) {
  const operator = new EngineClient(urls.api, config.adminKey);
  const registrars: { id: string; client: EngineClient }[] = [];
  const clocks: string[] = [];
  for (let i = 0; i < REGISTRARS; i++) {
    const credit = { amount: i === POOR ? SMALL_CREDIT : CREDIT, currency: 'USD' };
    registrars.push(await operator.registrar(`Registrar ${i + 1}`, { credit_limit: { test: credit } }));
  }
  for (let i = 0; i < CLOCKS; i++) {
    const clock = await operator.must('POST', '/v1/test_clocks', { frozen_time: new Date(START).toISOString() });
    clocks.push(clock.id as string);
  }
  return { operator, registrars, clocks };
}

/** Connections of its own: none of the engine's is trusted to tell of the engine. */
async function open({ config, env, urls }: Stack, actors: Actors): Promise<Shelves> {
  const store = await mongoose.createConnection(String(env['MONGODB_URI'])).asPromise();
  const connection = await Connection.connect({ address: config.temporalAddress });
  const temporal = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE });
  const sandbox = sandboxControl({ home: config.home, port: config.RDAP_PORT });
  return { store, temporal, sandbox, mailUrl: urls.mail, env, ...actors };
}

/** To the end of every life: what was refused is mended, the clocks run out, and most of those who still wait give up. */
async function settle(workload: Workload, shelves: Shelves, actors: Actors): Promise<void> {
  await workload.finish(actors);
  for (const clock of actors.clocks)
    for (;;) {
      const { body } = await actors.operator.ask('GET', `/v1/test_clocks/${clock}`);
      if (body.status !== 'advancing') break;
      await sleep(LOOK_AGAIN_MS);
      await workload.support();
    }
  const { reservations } = await readStore(shelves.store);
  await workload.giveUp(new Set(reservations.filter(({ open: isOpen }) => isOpen).map(({ _id }) => _id)));
}

/** What a healed engine still has under way comes to its end by itself: read again until the books agree or its time is over. */
async function auditUntilAgreed(
  read: () => Promise<Books>,
  meanwhile: (left: number, books: Books) => Promise<void>,
): Promise<{ books: Books; violations: Violation[] }> {
  const until = Date.now() + SETTLED_WITHIN_MS / 2;
  for (;;) {
    const books = await read();
    const violations = audit(books);
    if (violations.length === 0 || Date.now() > until) return { books, violations };
    await sleep(LOOK_AGAIN_MS);
    await meanwhile(violations.length, books);
  }
}

function figuresOf(
  { store, registry, workflows, mails, toldBids }: Books,
  { counts, deaths }: Striking,
  tally: Tally,
): Record<string, unknown> {
  const outcomes: Record<string, number> = {};
  for (const { open: isOpen, state } of store.reservations) {
    const key = isOpen || !('outcome' in state) ? 'open' : `${state.outcome.result}:${state.outcome.reason}`;
    outcomes[key] = (outcomes[key] ?? 0) + 1;
  }
  return {
    names: registry.length,
    reservations: store.reservations.length,
    outcomes,
    faults: counts,
    deaths,
    auctions: store.auctions.length,
    bids: bidsOf(toldBids),
    paid: store.entries.filter(({ kind }) => kind === 'capture').length,
    defaults: store.strikes.length,
    requests: tally.byStatus,
    workflows: workflows.length,
    mails: mails.length,
    mails_again: mails.length - new Set(mails).size,
  };
}

/** How many came to what: the code of a refusal, `taken`, or `unheard` where no answer came at all. */
function bidsOf(told: readonly ToldBid[]): Record<string, number> {
  const came: Record<string, number> = {};
  for (const { answers } of told) {
    const [answer] = answers;
    const key = answer ? (answer.code ?? 'taken') : 'unheard';
    came[key] = (came[key] ?? 0) + 1;
  }
  return came;
}
