/**
 * `node dist/workers/health.js engine|catcher`, the health check of a worker's container. A worker answers nothing by itself, and
 * one that runs without polling is of no use: so Temporal is asked whether it heard this machine lately on each of the queues.
 */
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { ConfigError, loadConfig } from '../config.ts';
import { loadRegistries } from '../registry/registries.ts';
import { temporalTarget } from '../temporal/target.ts';
import { catchQueue, ENGINE_QUEUE, NOTIFY_QUEUE } from '../workflows/messages.ts';

/** A poll lasts a minute at most, and the next one begins when it ends. */
const LATELY_MS = 3 * 60_000;
const ACTIVITY = 2;
/** Less than the container's health check is given. */
const CONNECT_MS = 3_000;

async function main(): Promise<string | undefined> {
  const config = loadConfig();
  const queues =
    process.argv[2] === 'catcher'
      ? loadRegistries(config).map(({ id }) => catchQueue(id))
      : [ENGINE_QUEUE, NOTIFY_QUEUE];
  const target = temporalTarget(config);
  const connection = await Connection.connect({ ...target.connection, connectTimeout: CONNECT_MS });
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
  return silent.length > 0 ? `no poll of this machine on ${silent.join(', ')}` : undefined;
}

const trouble = await main().catch((error: unknown) =>
  error instanceof ConfigError ? error.message : 'Temporal gives no answer',
);
if (trouble !== undefined) {
  process.stdout.write(`${trouble}\n`);
  process.exitCode = 1;
}
