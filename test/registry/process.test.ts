/** The sandbox as its own process: what it has answered survives its death, and what stops it from starting is one line. */
import { stat } from 'node:fs/promises';
import { freePort } from '../../dev/ports.ts';
import { createEppGateway } from '../../registry/epp/gateway.ts';
import { sandboxEntry } from '../../registry/registries.ts';
import { sandboxControl } from '../../registry/sandbox/control.ts';
import { sandboxPaths } from '../../registry/sandbox/paths.ts';
import { compiledRegistry, startRegistry } from './compiled.ts';
import { after, closeAll, order, temporaryHome } from './world.ts';

let compiled: Awaited<ReturnType<typeof compiledRegistry>>;
beforeAll(async () => (compiled = await compiledRegistry()));
afterAll(() => compiled.remove());
afterEach(closeAll);

const freePorts = async () => ({ EPP_PORT: await freePort(), RDAP_PORT: await freePort() });

const start = (env: Record<string, string | number>) => startRegistry(compiled.main, env);

test('what was answered survives kill -9', async () => {
  const home = await temporaryHome();
  const ports = await freePorts();
  const first = start({ BACKORDER_HOME: home, ...ports });
  await first.up;
  const gateway = createEppGateway(sandboxEntry({ home, ...ports }), { backoff: { firstMs: 5, maxMs: 50 } });
  after(() => gateway.close());
  const control = sandboxControl({ home, port: ports.RDAP_PORT });
  await control.setClock('clk_1', 1_700_000_000_000);
  await control.put('story.test', { test_clock: 'clk_1' });
  const created = await gateway.create(order('kept.test'), 'CRE-1');
  expect(created.code).toBe(1000);
  const before = await gateway.look('kept.test');
  first.child.kill('SIGKILL');
  await first.ended;

  const second = start({ BACKORDER_HOME: home, ...ports });
  await second.up;
  const looked = async (): Promise<unknown> => gateway.look('kept.test').catch(looked);
  expect(await looked()).toEqual(before);
  expect(await control.names('clk_1')).toEqual(['story.test']);
  expect((await control.book('kept.test')).entries).toMatchObject([{ cltrid: 'CRE-1', code: 1000 }]);
  expect((await control.get('story.test'))?.now).toBe(1_700_000_000_000);

  second.child.kill('SIGTERM');
  expect(await second.ended).toEqual({ code: 0, said: '' });
  for (const path of [
    sandboxPaths(home).client('backorder').key,
    sandboxPaths(home).controlToken,
    sandboxPaths(home).client('backorder').password,
  ])
    expect((await stat(path)).mode & 0o777).toBe(0o600);
}, 20_000);

test('a port that is taken, facts in use, and a sandbox turned off are one line each and 78', async () => {
  const home = await temporaryHome();
  const ports = await freePorts();
  await start({ BACKORDER_HOME: home, ...ports }).up;
  const again = start({ BACKORDER_HOME: home, ...ports });
  expect(await again.ended).toMatchObject({
    code: 78,
    said: expect.stringMatching(/^sandbox: .*another sandbox registry is using it\n$/) as string,
  });
  const taken = start({ BACKORDER_HOME: await temporaryHome(), ...(await freePorts()), EPP_PORT: ports.EPP_PORT });
  expect(await taken.ended).toMatchObject({
    code: 78,
    said: expect.stringMatching(new RegExp(`^sandbox: port ${ports.EPP_PORT} is taken: .*\n$`)) as string,
  });
  const off = start({ BACKORDER_HOME: home, BACKORDER_SANDBOX: 0 });
  expect(await off.ended).toMatchObject({
    code: 78,
    said: expect.stringMatching(/^sandbox: BACKORDER_SANDBOX: .*\n$/) as string,
  });
}, 20_000);
