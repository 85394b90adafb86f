/** Reads the books from where they are kept: the store and the registry directly, Temporal by its client, the rest as a user would. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import mongoose from 'mongoose';
import pLimit from 'p-limit';
import { root } from '../root.ts';
import type { SandboxControl } from '../../registry/sandbox/control.ts';
import type { ReservationDoc } from '../../store/reservations.ts';
import { describeReservation } from '../../workflows/messages.ts';
import type { Books, RegistryName, Shown, WorkflowEntry } from './books.ts';
import type { Persistent } from './persistent.ts';

export interface Shelves {
  /** Undefined once everything is closed. */
  store: mongoose.Connection;
  temporal: Client;
  sandbox: SandboxControl;
  mailUrl: string;
  /** As every process of the stack has it. */
  env: NodeJS.ProcessEnv;
  operator: Persistent;
  registrars: { id: string; by: Persistent }[];
  clocks: string[];
}

const AT_ONCE = 8;

export async function readStore(store: mongoose.Connection): Promise<Books['store']> {
  const all = async <T>(name: string) => (await store.collection(name).find().toArray()) as unknown as T[];
  return {
    reservations: await all('reservations'),
    events: await all('events'),
    deliveries: await all('deliveries'),
    catches: await all('catches'),
    auctions: await all('auctions'),
    bids: await all('bids'),
    awards: await all('awards'),
    entries: await all('ledger'),
    strikes: await all('strikes'),
  };
}

export async function readRegistry(sandbox: SandboxControl, names: Iterable<string>): Promise<RegistryName[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(
    [...names].map((name) =>
      limit(async (): Promise<RegistryName> => {
        const domain = await sandbox.get(name);
        const { entries } = await sandbox.book(name);
        const holder = domain?.state.kind === 'registered' ? domain.state : undefined;
        return {
          name,
          accepted: entries.filter(({ code }) => code === 1000),
          holder: holder && { sponsor: holder.sponsor, roid: holder.roid },
          firstSponsor: domain?.facts?.registrar ?? '',
          now: domain?.now ?? 0,
        };
      }),
    ),
  );
}

/** All of them; closed reservations are asked for their last state, which replays their history. */
export async function readWorkflows(temporal: Client, ask: boolean): Promise<WorkflowEntry[]> {
  const limit = pLimit(AT_ONCE);
  const reading: Promise<WorkflowEntry>[] = [];
  for await (const { workflowId, runId, type, status } of temporal.workflow.list()) {
    if (status.name === 'CONTINUED_AS_NEW') continue;
    reading.push(
      limit(async () => {
        const handle = temporal.workflow.getHandle(workflowId, runId);
        const { raw } = await handle.describe();
        const isClosed = ask && type === 'reservation' && status.name === 'COMPLETED';
        return {
          id: workflowId,
          type,
          status: status.name,
          taskAttempt: raw.pendingWorkflowTask?.attempt ?? 0,
          ...(isClosed && { view: await handle.query(describeReservation) }),
        };
      }),
    );
  }
  return latest(await Promise.all(reading));
}

/** Newest first is how they are listed: an arbiter that came back is one, as it stands now, unless an earlier run failed. */
function latest(entries: WorkflowEntry[]): WorkflowEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ id, status }) => {
    const isNewest = !seen.has(id);
    seen.add(id);
    return isNewest || status !== 'COMPLETED';
  });
}

async function readShown(doc: ReservationDoc, registrars: Shelves['registrars']): Promise<Shown> {
  const own = registrars.find(({ id }) => id === doc.registrar);
  const another = registrars.find(({ id }) => id !== doc.registrar);
  if (!own || !another) throw new Error(`${doc._id} belongs to none of these registrars`);
  const path = `/v1/reservations/${doc._id}`;
  const { body } = await own.by.ask('GET', path);
  const events = await own.by.ask('GET', `${path}/events?limit=100`);
  return {
    id: doc._id,
    status: body.status,
    position: body.position,
    competitors: body.competitors,
    outcome: body.outcome,
    events: events.body.data ?? [],
    toAnother: (await another.by.ask('GET', path)).status,
  };
}

/** The command as an operator runs it. Each finding is a line below the table; the last is its summary. */
async function verifyLedger(env: NodeJS.ProcessEnv): Promise<string[]> {
  const program = join(root(), 'dist', 'workers', 'verify-ledger.js');
  const { stdout, code = 0 } = (await promisify(execFile)(process.execPath, [program], { env }).catch(
    (error: { stdout: string; code: number }) => error,
  )) as { stdout: string; code?: number };
  const summary = stdout.trimEnd().split('\n').at(-1) ?? '';
  return code === 0
    ? []
    : [`verify-ledger ended with ${code}`, ...stdout.split('\n').filter((line) => line.includes(': ')), summary];
}

/** The event in each Message-ID. */
async function readMails(mailUrl: string): Promise<string[]> {
  const response = await fetch(`${mailUrl}/api/messages`);
  const messages = (await response.json()) as { message_id: string | null }[];
  return messages.map(({ message_id }) => /^<([^@]+)@/.exec(message_id ?? '')?.[1] ?? 'a mail without an event');
}

export async function readBooks(
  shelves: Shelves,
  known: Pick<Books, 'told' | 'toldBids' | 'declined' | 'unanswered' | 'broken' | 'owns'> & { names: Iterable<string> },
): Promise<Books> {
  const { names, ...rest } = known;
  const store = await readStore(shelves.store);
  const limit = pLimit(AT_ONCE);
  return {
    ...rest,
    store,
    registry: await readRegistry(shelves.sandbox, names),
    workflows: await readWorkflows(shelves.temporal, true),
    clocks: await Promise.all(
      shelves.clocks.map(async (id) => ({
        id,
        status: String((await shelves.operator.ask('GET', `/v1/test_clocks/${id}`)).body?.status),
      })),
    ),
    shown: await Promise.all(store.reservations.map((doc) => limit(() => readShown(doc, shelves.registrars)))),
    mails: await readMails(shelves.mailUrl),
    verified: await verifyLedger(shelves.env),
  };
}
