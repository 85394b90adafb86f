/** Replays stored histories against workflow code and says what that code would have done: every command with its payloads, and the state it came to. */
import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Worker, type InjectedSinks, type WorkflowBundle } from '@temporalio/worker';
import { sealing } from '../../temporal/sealing.ts';
import type { Command, Observation, ObserverSinks } from './observer.ts';

/** What is sealed in a stored history is sealed with this: no secret, for the stories are made up. */
export const STORED_WITH = Buffer.alloc(32, 'stored histories');
export const dataConverter = { payloadCodecs: [sealing([STORED_WITH])] };

const { History } = proto.temporal.api.history.v1;

export interface Account {
  /** By workflow task; `event` is how many events the history had when it began. Tasks that issued nothing are left out. */
  tasks: { event: number; commands: Command[] }[];
  /** What the query `describe` answers in the end; null where the workflow has none. */
  state: unknown;
  /** The current details in the end. */
  details: string;
}

export interface Replayed<T> {
  of: T;
  account: Account;
  /** Temporal's own objection: the commands do not fit the events. */
  error?: Error;
}

export interface Replayable {
  workflowId: string;
  history: { events: object[] };
}

/** Workflow code to replay against. `workflows` and `observer` are the paths of their modules, TypeScript or compiled. */
export function replayBundle(workflows: string, observer: string): Promise<{ code: string }> {
  return bundleWorkflowCode({
    workflowsPath: workflows,
    workflowInterceptorModules: [observer],
    logger: new DefaultLogger('ERROR'),
  });
}

/** One after another, in the order given. */
export async function replay<T extends Replayable>(
  workflowBundle: WorkflowBundle,
  histories: T[],
): Promise<Replayed<T>[]> {
  let observed: Observation[] = [];
  const sinks: InjectedSinks<ObserverSinks> = {
    observer: {
      observed: { callDuringReplay: true, fn: (_info, told) => void observed.push(JSON.parse(told) as Observation) },
    },
  };
  const typed = histories.map(({ workflowId, history }) => ({ workflowId, history: History.fromObject(history) }));
  const replayed: Replayed<T>[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle, sinks, dataConverter }, typed)) {
    const of = histories[replayed.length] as T;
    replayed.push({ of, account: accountOf(observed), ...(error && { error }) });
    observed = [];
  }
  return replayed;
}

/** A task may take several activations: their commands are one list. */
function accountOf(observed: Observation[]): Account {
  const tasks: Account['tasks'] = [];
  for (const { event, commands } of observed) {
    if (commands.length === 0) continue;
    const last = tasks.at(-1);
    if (last?.event === event) last.commands.push(...commands);
    else tasks.push({ event, commands: [...commands] });
  }
  const { state = null, details = '' } = observed.at(-1) ?? {};
  return { tasks, state, details };
}
