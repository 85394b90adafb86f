/** What the API process does. It comes up whatever else is down, and says so: 503 until store and Temporal answer. */
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { ConfigError, loadConfig, type Config } from '../config.ts';
import { createLog, kindOf } from '../logging.ts';
import { dnsSigns } from '../registry/dns.ts';
import { openInquiries } from '../registry/inquiries.ts';
import { loadPolicies } from '../registry/policies/policies.ts';
import { loadRegistries } from '../registry/registries.ts';
import { sandboxControl } from '../registry/sandbox/control.ts';
import { openStore, type Store } from '../store/connection.ts';
import { sealing } from '../temporal/sealing.ts';
import { temporalTarget } from '../temporal/target.ts';
import { TemporalAuctions } from './auction-engine.ts';
import { AuctionFeed } from './auction-feed.ts';
import { createApp } from './app.ts';
import { storedKeys } from './auth.ts';
import type { RouteDeps } from './deps.ts';
import { watchDropLists } from './drop-list-folder.ts';
import { TemporalEngine } from './engine.ts';
import type { Dependency } from './health.ts';
import { storedTurns } from './idempotency.ts';
import { endStreams } from './streams.ts';
import { sweepRegularly } from './sweep.ts';
import { connectLazily, Temporal } from './temporal.ts';
import { packagedWords } from './words.ts';

const EX_CONFIG = 78;
/** Long enough for whoever balances load to ask /readyz once more. */
const NOTICE_MS = { production: 5_000, otherwise: 200 };
const DRAIN_LIMIT_MS = 12_000;
/** Longer than load balancers keep an idle connection (60 s with most): who may close it last never closes under a request. */
const KEEP_ALIVE_MS = 65_000;

function start(config: Config, log: Logger, toldToEnd: AbortSignal): void {
  const target = temporalTarget(config);
  const temporal = new Temporal(connectLazily(target), config.API_REPLICAS);
  const sandbox = config.sandbox ? sandboxControl({ home: config.home, port: config.RDAP_PORT }) : undefined;
  const registries = loadRegistries(config);
  const inquiries = openInquiries(registries, { replicas: config.API_REPLICAS, log });
  const routes: RouteDeps = {
    secret: config.secret,
    engine: new TemporalEngine(temporal),
    auctions: new TemporalAuctions(temporal),
    feed: new AuctionFeed(),
    registries,
    policies: loadPolicies(config, registries),
    inquiries,
    words: packagedWords(),
    dnsOf: dnsSigns({ servers: config.DNS_SERVERS }),
    sandbox,
    now: () => Date.now(),
  };
  let store: Store | undefined;
  const onRetry = (error: Error) => log.warn(kindOf(error), 'the store does not answer, or refuses us; trying again');
  openStore(config.mongoUri, onRetry).then(
    (opened) => (store = opened),
    (error: unknown) =>
      error instanceof ConfigError
        ? stop(error.message, EX_CONFIG)
        : log.error({ type: (error as Error).name }, 'the store cannot be opened'),
  );
  const dependencies: Dependency[] = [
    { name: 'store', ping: () => (store ? store.ping() : Promise.reject(new Error('not open yet'))) },
    { name: 'temporal', ping: () => temporal.ping() },
    ...(sandbox ? [{ name: 'sandbox' as const, ping: () => sandbox.names('readyz') }] : []),
  ];
  let draining = false;
  const app = createApp({
    ...routes,
    adminKey: config.adminKey,
    keys: storedKeys,
    turns: storedTurns,
    ratePerMinute: Math.max(1, Math.floor(config.API_KEY_RATE_PER_MINUTE / config.API_REPLICAS)),
    health: { dependencies, draining: () => draining },
    codec: {
      unseal: sealing(config.payloadKeys),
      uiOrigin: config.temporalUiOrigin,
      secureCookie: config.production,
    },
    log,
  });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
  server.on('error', (error: NodeJS.ErrnoException) =>
    stop(`BIND_ADDRESS, API_PORT: ${config.BIND_ADDRESS}:${config.API_PORT} cannot be used (${error.code})`, 1),
  );
  server.listen(config.API_PORT, config.BIND_ADDRESS, () => log.info({ port: config.API_PORT }, 'API is listening'));
  const endSweep = sweepRegularly(routes, log);
  const endLists = watchDropLists(config.BACKORDER_DROP_LISTS, routes, log);
  const end = () => {
    draining = true;
    endSweep();
    endLists();
    void drain(server, config).then(async () => {
      await Promise.allSettled([store?.close(), temporal.close(), inquiries.close()]);
      process.exit(0);
    });
  };
  if (toldToEnd.aborted) end();
  else toldToEnd.addEventListener('abort', end, { once: true });
}

/** /readyz says no first; then nothing new is taken, and what was taken is answered. */
async function drain(server: Server, { production }: Config): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, production ? NOTICE_MS.production : NOTICE_MS.otherwise));
  const closed = new Promise((resolve) => server.close(resolve));
  endStreams();
  server.closeIdleConnections();
  const limit = new Promise((resolve) => setTimeout(resolve, DRAIN_LIMIT_MS).unref());
  await Promise.race([closed, limit]);
}

function stop(line: string, code: number): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

/** Until it is told to end; configuration that cannot work ends the process with one line. */
export function serve(toldToEnd: AbortSignal): void {
  try {
    const config = loadConfig();
    start(config, createLog({ level: config.LOG_LEVEL, base: { process: 'api' } }), toldToEnd);
  } catch (error) {
    if (error instanceof ConfigError) stop(error.message, EX_CONFIG);
    throw error;
  }
}
