/** What every worker process does alike: read the configuration, open its connections, run until told to stop, and drain. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { ConfigError, loadConfig, type Config } from '../config.ts';
import { loadRegistries, openGateways } from '../registry/registries.ts';
import type { RegistryAccess, RegistryDeps } from '../activities/deps.ts';
import { openStore } from '../store/connection.ts';
import { createLogger, installRuntime, type Logger } from './telemetry.ts';

export interface WorkerContext extends RegistryDeps {
  config: Config;
  logger: Logger;
  connection: NativeConnection;
  client: Client;
  /** Ids of the registries this installation has. */
  registries: string[];
}

/** Shutdown: activities hear of it after the grace, and are left behind after the force. */
export const DRAIN = { shutdownGraceTime: '10s', shutdownForceTime: '20s' } as const;

const EX_CONFIG = 78;

/** Runs the workers that `make` builds until SIGTERM or SIGINT, then drains them and closes everything. */
export async function runWorkers(
  name: string,
  make: (context: WorkerContext) => Promise<{ workers: Worker[]; close(): Promise<void> }>,
): Promise<void> {
  try {
    await run(name, make);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}

async function run(name: string, make: Parameters<typeof runWorkers>[1]): Promise<void> {
  const config = loadConfig();
  const entries = loadRegistries(config);
  const logger = createLogger(config, name);
  installRuntime(logger);
  const stopping = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const store = await openStore(config.mongoUri, () => logger.warn('the store does not answer; trying again'));
  const { connection, clientConnection } = await connectTemporal(config, logger);
  const gateways = openGateways(entries);
  const client = new Client({ connection: clientConnection, namespace: config.TEMPORAL_NAMESPACE });
  const registryOf = (tld: string): RegistryAccess | undefined => {
    const gateway = gateways.forTld(tld);
    const entry = entries.find(({ id }) => id === gateway?.id);
    return (
      gateway && entry && { gateway, owns: entry.owns, contacts: entry.contacts, nameservers: entry.nameservers ?? [] }
    );
  };
  const { workers, close } = await make({
    config,
    logger,
    connection,
    client,
    registryOf,
    registries: entries.map(({ id }) => id),
  });
  const running = workers.map((worker) => worker.run());
  logger.info({ registries: entries.map(({ id }) => id) }, 'working');
  await Promise.race([stopping, ...running]);
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(running);
  await Promise.all([close(), gateways.close(), store.close()]);
  await clientConnection.close();
  await connection.close();
  logger.info('drained');
}

async function connectTemporal(
  config: Config,
  logger: Logger,
): Promise<{ connection: NativeConnection; clientConnection: Connection }> {
  for (;;) {
    try {
      const options = { address: config.temporalAddress };
      return {
        connection: await NativeConnection.connect(options),
        clientConnection: await Connection.connect(options),
      };
    } catch {
      logger.warn('Temporal does not answer; trying again');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
