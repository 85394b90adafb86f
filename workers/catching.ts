/** The catcher worker: drop-time work alone, with this machine's sessions to each registry kept warm. */
import { setTimeout } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { catchActivities } from '../activities/catch.ts';
import { registrationActivities } from '../activities/registration.ts';
import * as domains from '../store/domains.ts';
import * as reservations from '../store/reservations.ts';
import { catchQueue } from '../workflows/messages.ts';
import { runWorkers } from './process.ts';

/** Names one catcher may hold at once. */
const SLOTS = 200;

export const runCatcher = (toldToEnd: AbortSignal): Promise<void> =>
  runWorkers('catcher', toldToEnd, async ({ common, registryOf, registries }) => {
    const sleep = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });
    const deps = { registryOf, store: { ...domains, ...reservations }, now: Date.now, sleep };
    const activities = { ...catchActivities(deps), ...registrationActivities(deps) };
    const workers = await Promise.all(
      registries.map((registry) =>
        Worker.create({
          ...common,
          taskQueue: catchQueue(registry),
          activities,
          maxConcurrentActivityTaskExecutions: SLOTS,
        }),
      ),
    );
    return { workers, close: async () => {} };
  });
