/** How long each kind of activity may take and how it is tried again. Reads, keyed writes and the create each have a proxy of their own. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { CatchActivities } from '../activities/catch.ts';
import type { RegistrationActivities } from '../activities/registration.ts';
import { catchQueue, NOTIFY_QUEUE } from './messages.ts';

const patient = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/** Reads: short, tried again for as long as the world needs. */
export const reads = (summary: string) =>
  proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: patient, summary });

/** Reads around a drop: tried again each second, and given up where something more urgent is due by then. */
export const urgentReads = (summary: string, giveUpAfterMs?: number) =>
  proxyActivities<Activities>({
    startToCloseTimeout: '5s',
    ...(giveUpAfterMs !== undefined && { scheduleToCloseTimeout: giveUpAfterMs }),
    retry: { ...patient, maximumInterval: '1s' },
    summary,
  });

/** Writes that are idempotent by their key. */
export const writes = (summary: string) =>
  proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: patient, summary });

/** The same around a drop: tried again each second. */
export const urgentWrites = (summary: string) =>
  proxyActivities<Activities>({
    startToCloseTimeout: '20s',
    retry: { ...patient, maximumInterval: '1s' },
    summary,
  });

/** Polling: "unchanged" is a retryable answer that names its own next time, so a poll costs no history. */
export const polls = (summary: string) =>
  proxyActivities<Activities>({
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '60d',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10m' },
    summary,
  });

/** The catch: long, heartbeating, on the workers that keep this registry's sessions warm. A lost worker is noticed within seconds. */
export const catching = (registry: string, summary: string) =>
  proxyActivities<CatchActivities>({
    taskQueue: catchQueue(registry),
    startToCloseTimeout: '3h',
    heartbeatTimeout: '5s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // A store or a worker that comes back at the drop must not be waited for longer than a create takes.
    retry: { initialInterval: '200ms', backoffCoefficient: 1.5, maximumInterval: '1s' },
    summary,
  });

/** Changes of a registration that is ours: what does not come about within the hour is for people to see. */
export const registering = (registry: string, summary: string) =>
  proxyActivities<RegistrationActivities>({
    taskQueue: catchQueue(registry),
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '1h',
    retry: patient,
    summary,
  });

/** Notices that did not go out at first: for three days, ever more slowly. */
export const deliveries = (summary: string) =>
  proxyActivities<Activities>({
    taskQueue: NOTIFY_QUEUE,
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: '3d',
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '1h' },
    summary,
  });
