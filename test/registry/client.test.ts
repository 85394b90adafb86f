/** The EPP client against a registry that does what registries do: answers late, out of order, not at all, or nonsense. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createXml, infoXml } from '../../registry/epp/commands.ts';
import { EppClient } from '../../registry/epp/client.ts';
import { EppLoginFailed, EppRefusedLogin } from '../../registry/epp/errors.ts';
import { OutcomeUnknown, RegistryUnreachable } from '../../registry/gateway.ts';
import { fakeRegistry, GREETING, reply, type Heard } from './fake-registry.ts';
import { after, closeAll, order, temporaryHome } from './world.ts';

afterEach(closeAll);

const create = (client: EppClient, clTRID: string) =>
  client.send('transform', () => createXml(order('a.test'), clTRID), clTRID);
const info = (client: EppClient, clTRID?: string) => client.send('query', (id) => infoXml('a.test', id), clTRID);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => error,
  );

/** Resolves when the nth thing heard fits. */
function awaiting(fits: (heard: Heard) => boolean, times = 1) {
  let resolve: (heard: Heard) => void = () => undefined;
  let left = times;
  const seen = new Promise<Heard>((done) => (resolve = done));
  return { seen, tell: (heard: Heard) => void (fits(heard) && --left === 0 && resolve(heard)) };
}

test('replies out of order reach the commands they answer', async () => {
  const held: Heard[] = [];
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    if (heard.verb !== 'create') return;
    held.push(heard);
    if (held.length === 3)
      for (const one of held.toReversed()) one.send(reply(2300 + Number(one.clTRID.at(-1)), one.clTRID));
  });
  const client = registry.client();
  const answers = await Promise.all(['CRE-1', 'CRE-2', 'CRE-3'].map((id) => create(client, id)));
  expect(answers.map(({ code }) => code)).toEqual([2301, 2302, 2303]);
  expect(registry.connections()).toBe(1);
});

test('a reply to somebody else changes nothing', async () => {
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    if (heard.verb !== 'create') return;
    heard.send(reply(1000, 'OTHER-1'));
    heard.send(reply(2302, heard.clTRID));
  });
  expect((await create(registry.client(), 'CRE-1')).code).toBe(2302);
});

test('a reply without clTRID answers the only command that waits', async () => {
  const registry = await fakeRegistry(
    await temporaryHome(),
    (heard) => heard.verb === 'info' && heard.send(reply(2303, undefined)),
  );
  expect((await info(registry.client())).code).toBe(2303);
});

test('a late reply without clTRID is never taken for the answer to the next create', async () => {
  let first: Heard | undefined;
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    if (heard.clTRID === 'CRE-1') first = heard;
    // Something else is heard meanwhile, so that the session lives on.
    if (heard.clTRID === 'INFO-1') heard.send(reply(2303, 'INFO-1'));
    if (heard.clTRID === 'CRE-2') {
      first?.send(reply(1000, undefined));
      heard.send(reply(2302, 'CRE-2'));
    }
  });
  const client = registry.client({ commandMs: 150 });
  const lost = failure(create(client, 'CRE-1'));
  await info(client, 'INFO-1');
  expect(await lost).toBeInstanceOf(OutcomeUnknown);
  expect((await create(client, 'CRE-2')).code).toBe(2302);
  expect(registry.connections()).toBe(1);
});

const truncated = Buffer.from([0, 0, 0, 200, 60]);
test.each<[string, (heard: Heard) => void]>([
  ['nothing', () => undefined],
  ['the end of the connection', (heard) => heard.hangUp()],
  ['garbage', (heard) => heard.send('HTTP/1.1 502 Bad Gateway')],
  ['an entity bomb', (heard) => heard.send('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')],
  ['a frame without an end', (heard) => heard.sendBytes(truncated)],
  ['a frame of four gigabytes', (heard) => heard.sendBytes(Buffer.alloc(4, 0xff))],
  ['a reply without a code', (heard) => heard.send(reply(0, heard.clTRID))],
])('a create answered with %s has an unknown outcome, an info can simply be asked again', async (_what, answer) => {
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    if (heard.verb === 'create' || heard.verb === 'info') answer(heard);
  });
  const client = registry.client({ commandMs: 200 });
  const lost = await failure(create(client, 'CRE-1'));
  expect(lost).toBeInstanceOf(OutcomeUnknown);
  expect(lost?.message).not.toContain(order('a.test').authInfo);
  expect(await failure(info(client))).toBeInstanceOf(RegistryUnreachable);
});

test.each([2302, 2400, 2500, 2502])('%d is a reply', async (code) => {
  const registry = await fakeRegistry(
    await temporaryHome(),
    (heard) => heard.verb === 'create' && heard.send(reply(code, heard.clTRID)),
  );
  expect((await create(registry.client(), 'CRE-1')).code).toBe(code);
});

test('a create that never left is no mystery: nobody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const registry = await fakeRegistry(await temporaryHome(), () => undefined);
  expect(await failure(create(registry.client({ port }), 'CRE-1'))).toBeInstanceOf(RegistryUnreachable);
});

test('a create that never left is no mystery: no greeting, or no certificate', async () => {
  const silent = await fakeRegistry(await temporaryHome(), () => undefined, { greet: false });
  expect(await failure(create(silent.client({ connectMs: 50 }), 'CRE-1'))).toBeInstanceOf(RegistryUnreachable);
  const missing = silent.client({
    credentials: () => Promise.reject(Object.assign(new Error('/secret/path'), { code: 'ENOENT' })),
  });
  const error = await failure(create(missing, 'CRE-1'));
  expect(error).toBeInstanceOf(RegistryUnreachable);
  expect(error?.message).toBe('registry fake: our certificate or password cannot be used (ENOENT)');
});

test('login lists what the greeting offers and we speak, nothing else', async () => {
  const registry = await fakeRegistry(
    await temporaryHome(),
    (heard) => heard.verb === 'info' && heard.send(reply(2303, heard.clTRID)),
  );
  await info(registry.client());
  const login = registry.heard[0]?.xml ?? '';
  expect([...login.matchAll(/<(?:objURI|extURI)>([^<]*)</g)].map(([, uri]) => uri)).toEqual([
    'urn:ietf:params:xml:ns:domain-1.0',
    'urn:ietf:params:xml:ns:rgp-1.0',
  ]);
});

test('a password too long for RFC 5730 goes by RFC 8807 where that is offered', async () => {
  const loginSec = '<extURI>urn:ietf:params:xml:ns:epp:loginSec-1.0</extURI></svcExtension>';
  const registry = await fakeRegistry(
    await temporaryHome(),
    (heard) => {
      if (heard.verb !== 'hello' && heard.verb !== 'login') heard.send(reply(2303, heard.clTRID));
    },
    { greeting: GREETING.replace('</svcExtension>', loginSec) },
  );
  const { credentials } = registry;
  await info(
    registry.client({
      credentials: async () => ({ ...(await credentials()), password: 'a password of more than sixteen' }),
    }),
  );
  expect(registry.heard[0]?.xml).toContain('<pw>[LOGIN-SECURITY]</pw>');
  expect(registry.heard[0]?.xml).toContain('<loginSec:pw>a password of more than sixteen</loginSec:pw>');
});

test.each([2200, 2501])('a login refused with %d stops the client until it is restarted', async (code) => {
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    if (heard.verb !== 'login') return undefined;
    heard.send(reply(code, heard.clTRID));
    return 'answered';
  });
  const client = registry.client();
  const { password } = await registry.credentials();
  for (const clTRID of ['CRE-1', 'CRE-2', 'CRE-3']) {
    const error = await failure(create(client, clTRID));
    expect(error).toBeInstanceOf(EppRefusedLogin);
    expect(error).toMatchObject({ code });
    expect(error?.message).not.toContain(password);
  }
  expect(registry.connections()).toBe(1);
});

test('too many sessions is no reason to stop, but to wait longer', async () => {
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    if (heard.verb !== 'login') return undefined;
    heard.send(reply(2502, heard.clTRID));
    return 'answered';
  });
  const client = registry.client({ backoff: { firstMs: 20_000, maxMs: 900_000 }, random: () => 0 });
  const error = await failure(info(client));
  expect(error).toBeInstanceOf(EppLoginFailed);
  expect(error).not.toBeInstanceOf(EppRefusedLogin);
  const next = await failure(info(client));
  expect((next as RegistryUnreachable).retryAfterMs).toBeGreaterThan(60_000);
  expect(registry.connections()).toBe(1);
});

test('however many commands wait, there is one connection attempt at a time', async () => {
  let refusals = 0;
  const registry = await fakeRegistry(
    await temporaryHome(),
    (heard) => heard.verb === 'info' && heard.send(reply(2303, heard.clTRID)),
    {
      refuse: () => ++refusals <= 2,
    },
  );
  const client = registry.client();
  const first = await Promise.all(Array.from({ length: 50 }, () => failure(info(client))));
  expect(first.filter((error) => error instanceof RegistryUnreachable)).toHaveLength(50);
  const again = async (): Promise<number> => (await info(client).catch(again)) as number;
  await again();
  expect(registry.connections()).toBe(3);
});

test('a lost session is opened again without being asked', async () => {
  const relogin = awaiting(({ verb, connection }) => verb === 'login' && connection === 2);
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    relogin.tell(heard);
    if (heard.verb === 'create') heard.hangUp();
    if (heard.verb === 'info') heard.send(reply(2303, heard.clTRID));
  });
  const client = registry.client();
  expect(await failure(create(client, 'CRE-1'))).toBeInstanceOf(OutcomeUnknown);
  await relogin.seen;
  expect((await info(client)).code).toBe(2303);
});

test('a session that idles says hello', async () => {
  const third = awaiting(({ verb }) => verb === 'hello', 3);
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    third.tell(heard);
    if (heard.verb === 'info') heard.send(reply(2303, heard.clTRID));
  });
  await info(registry.client({ keepAliveMs: 5 }));
  expect((await third.seen).connection).toBe(1);
});

test('a client that only asks now and then gives its session back, and takes another when it asks again', async () => {
  const gone = awaiting(({ verb }) => verb === 'logout');
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    gone.tell(heard);
    if (heard.verb === 'info') heard.send(reply(2303, heard.clTRID));
  });
  const client = registry.client({ idleMs: 20 });
  await info(client);
  await gone.seen;
  expect((await info(client)).code).toBe(2303);
  expect(registry.heard.map(({ verb }) => verb)).toEqual(['login', 'info', 'logout', 'login', 'info']);
});

test('a session is renewed before its limit: logout first, then the next login', async () => {
  const relogin = awaiting(({ verb, connection }) => verb === 'login' && connection === 2);
  const registry = await fakeRegistry(await temporaryHome(), (heard) => {
    relogin.tell(heard);
    if (heard.verb === 'info') heard.send(reply(2303, heard.clTRID));
  });
  await info(registry.client({ sessionMs: 20 }));
  await relogin.seen;
  expect(registry.heard.map(({ verb }) => verb)).toEqual(['login', 'info', 'logout', 'login']);
});

test('closing waits for the answer under way, logs out, and stays closed', async () => {
  const asked = awaiting(({ verb }) => verb === 'create');
  const registry = await fakeRegistry(await temporaryHome(), asked.tell);
  const client = registry.client();
  const created = create(client, 'CRE-1');
  const { send } = await asked.seen;
  const closed = client.close();
  send(reply(1000, 'CRE-1'));
  expect((await created).code).toBe(1000);
  await closed;
  expect(registry.heard.at(-1)?.verb).toBe('logout');
  expect(await failure(info(client))).toBeInstanceOf(RegistryUnreachable);
  expect(registry.connections()).toBe(1);
});

test('closing while nobody answers does not wait', async () => {
  const registry = await fakeRegistry(await temporaryHome(), () => undefined, { greet: false });
  const client = registry.client();
  const asked = failure(info(client));
  await client.close();
  expect(await asked).toBeInstanceOf(RegistryUnreachable);
});

test('a clTRID in flight is not used again', async () => {
  const asked = awaiting(({ verb }) => verb === 'create');
  const registry = await fakeRegistry(await temporaryHome(), asked.tell);
  const client = registry.client();
  const created = create(client, 'CRE-1');
  const { send } = await asked.seen;
  expect(await failure(create(client, 'CRE-1'))).toBeInstanceOf(TypeError);
  send(reply(1000, 'CRE-1'));
  expect((await created).code).toBe(1000);
});

test('hello tells how far away the registry is', async () => {
  const registry = await fakeRegistry(await temporaryHome(), () => undefined);
  const client = registry.client();
  after(() => client.close());
  expect(await client.hello()).toBeGreaterThan(0);
});
