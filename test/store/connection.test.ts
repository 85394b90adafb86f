/** The connection to the store comes back by itself, and soon, whatever became of the connections it had. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import mongoose from 'mongoose';
import { ConfigError } from '../../config.ts';
import { openStore, type Store } from '../../store/connection.ts';
import { mongoUri } from './mongo.ts';

let store: Store;
let between: Server;
const connections: { client: Socket; server: Socket }[] = [];

beforeAll(async () => {
  const { hostname, port, pathname } = new URL(await mongoUri());
  between = createServer((client) => {
    const server = connect(Number(port), hostname);
    connections.push({ client, server });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one
        .on('error', () => other.destroy())
        .on('close', () => other.destroy())
        .pipe(other);
  });
  await new Promise<void>((resolve) => void between.listen(0, '127.0.0.1', resolve));
  store = await openStore(`mongodb://127.0.0.1:${(between.address() as AddressInfo).port}${pathname}`);
});
afterAll(async () => {
  await store.close();
  between.close();
});

async function untilAnswered(): Promise<number> {
  const startedAt = performance.now();
  for (;;)
    try {
      await store.ping();
      return performance.now() - startedAt;
    } catch (error) {
      if (performance.now() - startedAt > 25_000) throw error;
      // A client that is closed refuses at once: others must have their turn.
      await new Promise(setImmediate);
    }
}

test.each([
  'mongo.example:27017/backorder',
  'mongodb://backorder:pass@word@mongo.example/backorder',
  'mongodb://backorder:word@mongo.example:port/backorder',
  'mongodb://backorder:word@mongo.example/backorder?retries=2',
  'mongodb://backorder:word@mongo.example',
  'mongodb://backorder:word@mongo.example/?retryWrites=false',
])('%s is refused at once instead of tried for ever, and its password is not repeated', async (uri) => {
  const refusal = await openStore(uri).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ConfigError);
  expect((refusal as ConfigError).message).toMatch(/^MONGODB_URI: [^\n]*$/);
  expect((refusal as ConfigError).message).not.toMatch(/backorder:|word@m|mongo\.example/);
});

test('an answer that was lost on the connection that watches the server is no outage of half a minute', async () => {
  await store.ping();
  for (const { client, server } of connections) {
    server.unpipe(client);
    // The driver watches by "hello": that connection stays, and is silent. The others break.
    client.on('data', (bytes) => void (bytes.includes('ping') && client.destroy()));
  }
  expect(await untilAnswered()).toBeLessThan(6_000);
});

test('a driver that waits for ever on the connection it watches the server over is replaced', async () => {
  await store.ping();
  const { topology } = mongoose.connection.getClient() as unknown as { topology: Topology };
  const watching = [...topology.s.servers.values()].flatMap(({ monitor }) => monitor.connection?.socket ?? []);
  expect(watching).not.toEqual([]);
  for (const socket of watching) socket.write = () => false;
  const ports = watching.map(({ localPort }) => localPort);
  for (const { client } of connections) if (!ports.includes(client.remotePort)) client.destroy();
  await expect(store.ping()).rejects.toThrow();
  expect(await untilAnswered()).toBeLessThan(20_000);
});

/** The driver's inside, as far as it is broken here: a write to a closed socket answers false, and no drain follows. */
interface Topology {
  s: { servers: Map<string, { monitor: { connection: { socket: Socket } | null } }> };
}
