/**
 * `node dist/workers/health.js engine|catcher`, the health check of a worker's container. A worker answers nothing by itself, and
 * one that runs without polling is of no use: so Temporal is asked whether it heard this machine lately on each of the queues.
 */
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { loadConfig } from '../config.ts';
import { loadRegistries } from '../registry/registries.ts';
import { temporalTarget } from '../temporal/target.ts';
import { catchQueue, ENGINE_QUEUE, NOTIFY_QUEUE } from '../workflows/messages.ts';

/** A poll lasts a minute at most, and the next one begins when it ends. */
const LATELY_MS = 3 * 60_000;
const ACTIVITY = 2;

const config = loadConfig();
const queues =
  process.argv[2] === 'catcher' ? loadRegistries(config).map(({ id }) => catchQueue(id)) : [ENGINE_QUEUE, NOTIFY_QUEUE];
const target = temporalTarget(config);
const connection = await Connection.connect(target.connection);
const silent = [];
for (const name of queues) {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: target.namespace,
    taskQueue: { name },
    taskQueueType: ACTIVITY,
  });
  const heard = (pollers ?? []).some(
    ({ identity, lastAccessTime }) =>
      identity?.endsWith(`@${hostname()}`) && Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - LATELY_MS,
  );
  if (!heard) silent.push(name);
}
await connection.close();
if (silent.length > 0) process.stdout.write(`no poll of this machine on ${silent.join(', ')}\n`);
process.exitCode = silent.length > 0 ? 1 : 0;
