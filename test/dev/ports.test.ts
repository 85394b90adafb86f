/** Ports: what the stack needs, and the one line when it cannot have it. */
import { createServer, type AddressInfo } from 'node:net';
import { loadConfig } from '../../config.ts';
import { freePorts, portsOf, portTrouble } from '../../dev/ports.ts';

const config = (env: Record<string, string>) =>
  loadConfig({
    BACKORDER_ADMIN_KEY: 'k'.repeat(32),
    BACKORDER_SECRET: 's'.repeat(32),
    BACKORDER_PAYLOAD_KEY: Buffer.alloc(32).toString('base64'),
    ...env,
  });

test('free ports all differ and cause no trouble', async () => {
  const ports = await freePorts();
  expect(new Set(Object.values(ports)).size).toBe(9);
  expect(await portTrouble(config(ports))).toBeUndefined();
});

test('a busy port is one line that names the port, its variable and what to do', async () => {
  const ports = await freePorts();
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const line = await portTrouble(config({ ...ports, EPP_PORT: String(port) }));
  server.close();
  expect(line).toMatch(new RegExp(`^Port ${port} \\(EPP_PORT\\) is in use on 127.0.0.1: .*EPP_PORT=\\d+ npm start$`));
});

test('two names for one port are noticed before anything starts', async () => {
  const ports = await freePorts();
  const line = await portTrouble(config({ ...ports, MAIL_PORT: ports.API_PORT }));
  expect(line).toBe(`MAIL_PORT and API_PORT are both ${ports.API_PORT}: give each its own.`);
});

test('a server given by address needs no port of ours', () => {
  const given = config({
    TEMPORAL_ADDRESS: 'temporal.test:7233',
    MONGODB_URI: 'mongodb://mongo.test/x',
    SMTP_URL: 'smtp://mail.test',
  });
  expect(portsOf(given)).toEqual(['API_PORT', 'EPP_PORT', 'RDAP_PORT']);
  expect(portsOf(config({ BACKORDER_SANDBOX: '0' }))).not.toContain('EPP_PORT');
});
