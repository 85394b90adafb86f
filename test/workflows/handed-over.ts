/** What the runs of a workflow were, seen from Temporal's histories: how often it was handed over, and what was said in all of them. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { temporalCli } from '../../dev/fetch-temporal.ts';
import { suggestingContinueAsNew } from '../../dev/servers.ts';
import type { Announcement } from '../../workflows/announcer.ts';
import type { World } from './world.ts';

/** A server as in production, but for when it suggests to continue as new. */
export const serverThatSuggestsAt = (events: number) => async (): Promise<TestWorkflowEnvironment> => {
  const { path } = await temporalCli();
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      // Updates that meet a run on its way out are sent to the next, and each is logged as an error of the service.
      log: { format: 'pretty', level: 'never' },
      extraArgs: suggestingContinueAsNew(events),
    },
  });
};

/** The events of each run, the first run first. */
export async function runsOf({ env }: World, workflowId: string) {
  const runs = [];
  for (let runId: string | undefined; ;) {
    const { events } = await env.client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(events ?? []);
    const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!before) return runs;
    runId = before;
  }
}

/** What all runs asked of an activity, in order. */
export async function askedOf<T>(world: World, workflowId: string, activity: string): Promise<T[]> {
  const events = (await runsOf(world, workflowId)).flat();
  return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === activity
      ? [defaultPayloadConverter.fromPayload<T>(scheduled.input?.payloads?.[0] as Payload)]
      : [],
  );
}

/** The numbers of all notes the arbiter of a name sent, in the order of sending. */
export async function notesOf(world: World, name: string): Promise<number[]> {
  const batches = await askedOf<{ batch: Announcement[] }>(world, `domain:${name}`, 'announce');
  return batches.flatMap(({ batch }) => batch.flatMap(({ told }) => told.map(({ number }) => number)));
}
