/** What every worker process does alike: read the configuration, open its connections, run until told to stop, and drain. */
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker, type WorkerOptions } from '@temporalio/worker';
import { ConfigError, loadConfig, type Config } from '../config.ts';
import { kindOf } from '../logging.ts';
import { profileOf } from '../registry/profiles.ts';
import { loadRegistries, openGateways } from '../registry/registries.ts';
import type { RegistryAccess, RegistryDeps } from '../activities/deps.ts';
import { openStore } from '../store/connection.ts';
import { temporalTarget, type TemporalTarget } from '../temporal/target.ts';
import { createLogger, installRuntime, type Logger } from './telemetry.ts';

export interface WorkerContext extends RegistryDeps {
  config: Config;
  logger: Logger;
  client: Client;
  /** What all workers of this process have in common. */
  common: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'workerDeploymentOptions'> & typeof DRAIN;
  /** Ids of the registries this installation has. */
  registries: string[];
  /** TLDs that are sold. */
  tlds: string[];
}

/** Shutdown: activities hear of it after the grace, and are left behind after the force. */
const DRAIN = { shutdownGraceTime: '10s', shutdownForceTime: '20s' } as const;

const EX_CONFIG = 78;

/** Runs the workers that `make` builds until it is told to end, then drains them and closes everything. */
export async function runWorkers(
  name: string,
  toldToEnd: AbortSignal,
  make: (context: WorkerContext) => Promise<{ workers: Worker[]; close(): Promise<void> }>,
): Promise<void> {
  try {
    await run(name, toldToEnd, make);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}

async function run(name: string, toldToEnd: AbortSignal, make: Parameters<typeof runWorkers>[2]): Promise<void> {
  const config = loadConfig();
  const entries = loadRegistries(config);
  const target = temporalTarget(config);
  const logger = createLogger(config, name);
  installRuntime(logger);
  const store = await openStore(
    config.mongoUri,
    (error) => logger.warn(kindOf(error), 'the store does not answer, or refuses us; trying again'),
    toldToEnd,
  ).catch((error: unknown) => unlessStopped(error, toldToEnd));
  if (!store) return Runtime.instance().shutdown();
  const connections = await connectTemporal(target, logger, toldToEnd);
  if (!connections) {
    await store.close();
    return Runtime.instance().shutdown();
  }
  const { connection, clientConnection } = connections;
  const gateways = openGateways(entries);
  const { namespace, dataConverter } = target;
  const client = new Client({ connection: clientConnection, namespace, dataConverter });
  const registryOf = (tld: string): RegistryAccess | undefined => {
    const gateway = gateways.forTld(tld);
    const entry = entries.find(({ id }) => id === gateway?.id);
    if (!gateway || !entry) return undefined;
    const { owns, contacts, nameservers = [], profile } = entry;
    const keepsContacts = profileOf(profile).keepsContacts ?? contacts.registrant !== undefined;
    return { gateway, owns, contacts, nameservers, keepsContacts };
  };
  const { workers, close } = await make({
    config,
    logger,
    client,
    common: { connection, namespace, dataConverter, ...versioned(config), ...DRAIN },
    registryOf,
    registries: entries.map(({ id }) => id),
    tlds: entries.flatMap(({ tlds }) => tlds),
  });
  const running = workers.map((worker) => worker.run());
  logger.info({ registries: entries.map(({ id }) => id) }, 'working');
  await Promise.race([aborted(toldToEnd), ...running]);
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(running);
  await Promise.all([close(), gateways.close(), store.close()]);
  await clientConnection.close();
  await connection.close();
  logger.info('drained');
}

/**
 * With a build id, this process takes work only once its version is made current. Workflows move on to it while they run,
 * as long as what they do differently stands behind `patched`; one that must end as it began says so where it is defined.
 */
function versioned({
  BACKORDER_DEPLOYMENT: deploymentName,
  BACKORDER_BUILD_ID: buildId,
}: Config): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === undefined) return {};
  const version = { deploymentName, buildId };
  return {
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function unlessStopped(error: unknown, stop: AbortSignal): undefined {
  if (!stop.aborted) throw error;
}

/** Undefined: told to stop before the server answered. */
async function connectTemporal(
  { connection: options, namespace }: TemporalTarget,
  logger: Logger,
  stop: AbortSignal,
): Promise<{ connection: NativeConnection; clientConnection: Connection } | undefined> {
  while (!stop.aborted) {
    let connection: NativeConnection | undefined;
    let clientConnection: Connection | undefined;
    try {
      connection = await NativeConnection.connect(options);
      clientConnection = await Connection.connect(options);
      await clientConnection.workflowService.describeNamespace({ namespace });
      return { connection, clientConnection };
    } catch (error) {
      await connection?.close();
      await clientConnection?.close();
      logger.warn(kindOf(error), 'Temporal does not answer, or refuses us; trying again');
      await setTimeout(500, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  return undefined;
}
