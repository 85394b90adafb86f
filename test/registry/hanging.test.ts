/** A registry that takes the question about some names and never answers it: the others are answered as ever. */
import { createXml, infoXml } from '../../registry/epp/commands.ts';
import { fakeRegistry, reply } from './fake-registry.ts';
import { closeAll, order, temporaryHome } from './world.ts';

afterEach(closeAll);

test('names never answered for delay neither the looks nor the creates of others, over the same session', async () => {
  const registry = await fakeRegistry(await temporaryHome(), ({ verb, xml, clTRID, send }) => {
    if (xml.includes('hangs')) return 'answered';
    if (verb === 'info' || verb === 'create') send(reply(1000, clTRID));
    return undefined;
  });
  const client = registry.client({ commandMs: 1_500 });
  const look = (name: string) => client.send('query', (clTRID) => infoXml(name, clTRID));
  const create = (name: string) => client.send('transform', (clTRID) => createXml(order(name), clTRID));
  await look('first.test');
  const hanging = Promise.allSettled([
    ...Array.from({ length: 50 }, (_, at) => look(`hangs-${at}.test`)),
    create('hangs-too.test'),
  ]);
  let settled = false;
  void hanging.then(() => (settled = true));
  let slowest = 0;
  for (let at = 0; !settled; at++) {
    const startedAt = performance.now();
    const answers = await Promise.all([look(`well-${at}.test`), create(`well-${at}.test`)]);
    expect(answers.map(({ code }) => code)).toEqual([1000, 1000]);
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  expect(slowest).toBeLessThan(1_000);
  for (const { status } of await hanging) expect(status).toBe('rejected');
  expect(registry.connections()).toBe(1);
});
