/**
 * The way to Temporal: every call has a deadline, an outage is one error, and no workflow gets more Updates at once than it
 * takes well (over ten in flight, clients were seen to wait for seconds).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  isGrpcDeadlineError,
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError } from '@temporalio/common';
import pLimit from 'p-limit';
import type { TemporalTarget } from '../temporal/target.ts';

/** Temporal, or whoever serves its workflows, gives no answer in time. Nothing is known to have been done. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}

/** A task of the workflow failed as the Update came to it, most often because something else arrived just as a run ended: it was not done. */
class NotTaken extends EngineUnavailable {}

const RECONNECT_MS = 1_000;

/** Connects when first used and again after every outage. */
export function connectLazily({ connection: options, namespace, dataConverter }: TemporalTarget): Client {
  const connection = Connection.lazy({
    ...options,
    // gRPC would let its back-off grow to two minutes: an outage of ours would outlast Temporal's.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': RECONNECT_MS },
  });
  return new Client({ connection, namespace, dataConverter });
}

const MAX_UPDATES_PER_WORKFLOW = 8;

interface Line {
  limit: pLimit.Limit;
  /** Resolves once the last that came has lined up. */
  last: Promise<void> | undefined;
  size: number;
}

const PATIENCE_MS = 200;
const FIRST_PAUSE_MS = 20;
const TAKEN_WITHIN_MS = 1_000;

/** Ready, and behind whoever came before: bids sent out of their order would be overtaken on their way, and refused. */
async function linedUp(ready: Promise<unknown> | undefined, before: Promise<void> | undefined): Promise<void> {
  await ready?.catch(() => undefined);
  await forAWhile(PATIENCE_MS, before);
}

/** Until this is settled, and no longer than the limit. */
export async function forAWhile(limitMs: number, waitedFor: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([waitedFor, patience]).catch(() => undefined);
  clearTimeout(timer);
}

export class Temporal {
  readonly client: Client;
  readonly #updatesPerWorkflow: number;
  readonly #lines = new Map<string, Line>();
  #downUntil = 0;

  constructor(client: Client, replicas: number) {
    this.client = client;
    this.#updatesPerWorkflow = Math.max(1, Math.floor(MAX_UPDATES_PER_WORKFLOW / replicas));
  }

  /** A start or a signal: durable when it returns. Fails at once while Temporal was out of reach a moment ago. */
  async write<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
    if (Date.now() < this.#downUntil) throw new EngineUnavailable('Temporal was out of reach a moment ago');
    try {
      return await this.client.withDeadline(Date.now() + limitMs, call);
    } catch (error) {
      throw this.#outage(error);
    }
  }

  /**
   * An Update, one of few at a time for its workflow, in the order in which they came, sent again where a task that failed did not take
   * it. The time it waits counts. One that is not `ready` holds no turn, and those after it wait for it for a moment only.
   */
  async update<T>(workflowId: string, limitMs: number, call: () => Promise<T>, ready?: Promise<unknown>): Promise<T> {
    const deadline = Date.now() + limitMs;
    const line = this.#lines.get(workflowId) ?? { limit: pLimit(this.#updatesPerWorkflow), last: undefined, size: 0 };
    this.#lines.set(workflowId, line);
    line.size++;
    const lined = ready || line.last ? linedUp(ready, line.last) : undefined;
    line.last = lined;
    try {
      if (lined) await lined;
      await ready;
      return await line.limit(() => this.#untilTaken(deadline, call));
    } finally {
      if (--line.size === 0) this.#lines.delete(workflowId);
    }
  }

  /** A run that ends is followed by the next at once; one of which every task fails would hold its turn for nothing. */
  async #untilTaken<T>(deadline: number, call: () => Promise<T>): Promise<T> {
    if (Date.now() >= deadline) throw new EngineUnavailable('no turn within the limit');
    const lastTry = Math.min(deadline, Date.now() + TAKEN_WITHIN_MS);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2)
      try {
        return await this.write(deadline - Date.now(), call);
      } catch (error) {
        if (!(error instanceof NotTaken) || Date.now() + pauseMs >= lastTry) throw error;
        await sleep(pauseMs);
      }
  }

  /** A Query or anything else that may go unanswered. */
  async ask<T>(limitMs: number, call: () => Promise<T>): Promise<T | undefined> {
    if (Date.now() < this.#downUntil) return undefined;
    try {
      return await this.client.withDeadline(Date.now() + limitMs, call);
    } catch {
      // A workflow that is gone or stuck, a worker that died or has none after it, a server away: all of these are no answer.
      return undefined;
    }
  }

  /** Rejects where the server does not answer, or not yet for our namespace; and as long as writes are refused here for it. */
  async ping(): Promise<void> {
    if (Date.now() < this.#downUntil) throw new EngineUnavailable('Temporal was out of reach a moment ago');
    const { namespace } = this.client.options;
    await this.client.withDeadline(Date.now() + RECONNECT_MS, () =>
      this.client.workflowService.describeNamespace({ namespace }),
    );
  }

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  #outage(error: unknown): unknown {
    if (error instanceof EngineUnavailable || !isOutage(error)) return error;
    if (codeOf(error) === FAILED_PRECONDITION) return new NotTaken('its workflow took no Update');
    // An Update that nobody answered says nothing of the server.
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) this.#downUntil = Date.now() + RECONNECT_MS;
    return new EngineUnavailable('Temporal gives no answer');
  }
}

const FAILED_PRECONDITION = 9;
/** gRPC statuses that answer: bad argument, not found, there already, not allowed, not implemented, not known. All others are trouble on the way. */
const ANSWERS = new Set([3, 5, 6, 7, 12, 16]);

function isOutage(error: unknown): boolean {
  if (error instanceof EngineUnavailable || error instanceof NamespaceNotFoundError) return true;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error)) return true;
  const code = codeOf(error);
  return code !== undefined && !ANSWERS.has(code);
}

/** The gRPC status with which a call failed. */
function codeOf(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/** What the server says of an Update whose workflow ended before it was done. */
export const ENDED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

const REFUSALS = [
  ...['attention_changed', 'not_skippable', 'test_clock_advancing', 'not_forward'],
  ENDED_MEANWHILE,
] as const;

/** What an Update was refused with. An Update that failed otherwise was failed by a server in trouble: nothing is known. Anything else is thrown on. */
export function refusalType(error: unknown): string {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  const type = error.cause instanceof ApplicationFailure ? error.cause.type : undefined;
  if (type && (REFUSALS as readonly string[]).includes(type)) return type;
  throw new EngineUnavailable(`an Update failed: ${type ?? 'without a type'}`);
}
