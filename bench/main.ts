/**
 * `npm run bench [-- accept|auction|place|catch]`: how fast, as ratios within one run on one machine, so that they mean the same on another.
 * Bounded: a few minutes each at most. One JSON object a line.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { EngineClient } from '../dev/engine-client.ts';
import { freePorts } from '../dev/ports.ts';
import { startStack, type Stack } from '../dev/stack.ts';
import { temporalTarget } from '../temporal/target.ts';
import { benchAccept } from './accept.ts';
import { benchAuction } from './auction.ts';
import { benchCatch } from './catch.ts';
import { benchPlace } from './place.ts';

export interface Bench {
  stack: Stack;
  operator: EngineClient;
  temporal: Client;
}

const BENCHES = { place: benchPlace, accept: benchAccept, catch: benchCatch, auction: benchAuction };
/** Added to each answer of the sandbox registry, so that a round trip is that of a near registry and not of a loopback. */
const REGISTRY_LATENCY_MS = 2;

async function main(): Promise<void> {
  const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const chosen = Object.entries(BENCHES).filter(([name]) => asked.length === 0 || asked.includes(name));
  if (chosen.length === 0) throw new Error(`there is no such bench; there are ${Object.keys(BENCHES).join(', ')}`);
  const home = await mkdtemp(join(tmpdir(), 'backorder-bench-'));
  const env = {
    ...(await freePorts()),
    BACKORDER_HOME: home,
    SANDBOX_LATENCY_MS: String(REGISTRY_LATENCY_MS),
    API_KEY_RATE_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  };
  const stack = await startStack({ env });
  try {
    const { connection: options, ...target } = temporalTarget(stack.config, stack.env);
    const connection = await Connection.connect(options);
    const temporal = new Client({ connection, ...target });
    const operator = new EngineClient(stack.urls.api, stack.config.adminKey);
    for (const [, bench] of chosen) await bench({ stack, operator, temporal });
    await connection.close();
  } finally {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
