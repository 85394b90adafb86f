/** Takes a workflow's history out of Temporal, with what is expected of it, once nothing of it is under way. */
import { isDeepStrictEqual } from 'node:util';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundle } from '@temporalio/worker';
import { replay } from './replay.ts';
import type { StoredHistory } from './stored.ts';

type Events = { eventType: string }[];
type Lived = Omit<StoredHistory, 'expected'>;
interface End {
  state: unknown;
  details: string;
}

const QUIET_WITHIN_MS = 20_000;

export class Recorder {
  readonly histories: StoredHistory[] = [];
  readonly #client: Client;
  readonly #bundle: WorkflowBundle;

  constructor(client: Client, bundle: WorkflowBundle) {
    this.#client = client;
    this.#bundle = bundle;
  }

  /** Throws where a replay by the same code does not come to what the living workflow says of itself. */
  async take(name: string, story: string, workflowId: string, runId?: string): Promise<void> {
    const { lived, end } = await this.#quiet(name, story, this.#client.workflow.getHandle(workflowId, runId));
    const [replayed] = await replay(this.#bundle, [lived]);
    if (!replayed || replayed.error) throw replayed?.error ?? new Error(`${name} was not replayed`);
    const { tasks, state, details } = replayed.account;
    if (!isDeepStrictEqual({ state, details }, end))
      throw new Error(`${name}: replayed ${JSON.stringify({ state, details })}, lived ${JSON.stringify(end)}`);
    this.histories.push({ ...lived, expected: replayed.account });
    process.stdout.write(
      `  ${name}: ${lived.history.events.length} events, ${tasks.length} tasks that did something\n`,
    );
  }

  /** Every run of a life: `…-1` is the first where it continued as new. */
  async takeRuns(name: string, story: string, workflowId: string): Promise<void> {
    const runs: string[] = [];
    for (let run: string | undefined; (run = await this.#runBefore(workflowId, runs[0]));) runs.unshift(run);
    for (const [index, run] of runs.entries()) {
      const which = runs.length === 1 ? ['', ''] : [`-${index + 1}`, ` Run ${index + 1} of ${runs.length}.`];
      await this.take(name + which[0], story + which[1], workflowId, run);
    }
  }

  /** The present run where none is given. */
  async #runBefore(workflowId: string, runId: string | undefined): Promise<string | undefined> {
    const handle = this.#client.workflow.getHandle(workflowId, runId);
    if (runId === undefined) return (await handle.describe()).runId;
    const { events } = await handle.fetchHistory();
    return events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }

  /** Its history and its own words, where neither moved while the other was asked for. */
  async #quiet(name: string, story: string, handle: WorkflowHandle): Promise<{ lived: Lived; end: End }> {
    const giveUpAt = Date.now() + QUIET_WITHIN_MS;
    for (;;) {
      const events = await eventsOf(handle);
      const { type } = await handle.describe();
      const end: End = {
        state: type === 'delivery' ? null : plain(await handle.query('describe', {})),
        details: (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '',
      };
      const still = (await eventsOf(handle)).length === events.length && !isUnderWay(events);
      const { workflowId } = handle;
      if (still) return { lived: { name, story, workflowType: type, workflowId, history: { events } }, end };
      if (Date.now() > giveUpAt) throw new Error(`${workflowId} does not come to rest`);
    }
  }
}

/** A workflow task that is not done yet would be replayed against an end that is missing. */
const isUnderWay = (events: Events): boolean =>
  /WORKFLOW_TASK_(SCHEDULED|STARTED)$/.test(events.at(-1)?.eventType ?? 'WORKFLOW_TASK_SCHEDULED');

async function eventsOf(handle: WorkflowHandle): Promise<Events> {
  const { events } = withoutPlaces(await handle.fetchHistory()) as unknown as { events: Events };
  return events;
}

/** Neither the machine a worker ran on nor the paths in a stack trace belong in a repository, and no replay reads them. */
function withoutPlaces<T>(value: T): T {
  const text = JSON.stringify(value, (key, each) =>
    key === 'identity' ? 'worker' : key === 'stackTrace' ? undefined : each,
  );
  return JSON.parse(text) as T;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
