/**
 * Loaded into the workflow sandbox beside the workflows, in replays alone: tells a sink what each workflow task issued, with its
 * payloads, and where the workflow then stands. Temporal's own check compares neither inputs nor state.
 */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { getCurrentDetails, proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';

/** One command as a reader wants it: its kind, and what it says. */
export type Command = Record<string, unknown>;

export interface Observation {
  /** How many events the history had when the task began. */
  event: number;
  commands: Command[];
  /** What the query `describe` answers; null where the workflow has none. */
  state: unknown;
  details: string;
}

export interface ObserverSinks extends Sinks {
  observer: { observed(observation: string): void };
}

/** How long and how often a step is tried is no rule of a life: a history goes on with what its event says. */
const NOT_TOLD =
  /^(headers?|retryPolicy|(schedule|start)To(Start|Close)Timeout|heartbeatTimeout|workflow\w+Timeout|doNotEagerlyExecute|cancellationType|versioningIntent|initialVersioningBehavior|priority|namespace|activityId|protocolInstanceId|eventGroupMarkers)$/;

const isPayload = (value: object): value is Payload =>
  'metadata' in value && typeof value.metadata === 'object' && value.metadata !== null && 'encoding' in value.metadata;

const isLong = (value: object): value is { toNumber(): number } => 'low' in value && 'high' in value;

/** Protobuf's objects as plain ones: payloads as the values they carry, 64-bit integers as numbers; what is not set is left out. */
function plain(value: unknown, own: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => plain(each, own));
  if (isPayload(value)) return defaultPayloadConverter.fromPayload(value);
  if (isLong(value)) return value.toNumber();
  // A replay's queue is not the one that was lived on: only another than its own is told.
  const set = Object.entries(value).filter(([key, each]) => !NOT_TOLD.test(key) && !isUnset(each) && each !== own);
  return Object.fromEntries(set.map(([key, each]) => [key, plain(each, own)]));
}

const isUnset = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { observer } = proxySinks<ObserverSinks>();
  return {
    internals: [
      {
        concludeActivation: (input, next) => {
          const concluded = next(input);
          const { info, queryHandlers } = getActivator();
          const observation: Observation = {
            event: info.historyLength,
            commands: concluded.commands.map((command) => plain(command, info.taskQueue) as Command),
            state: queryHandlers.get('describe')?.handler({}) ?? null,
            details: getCurrentDetails(),
          };
          observer.observed(JSON.stringify(observation));
          return concluded;
        },
      },
    ],
  };
};
