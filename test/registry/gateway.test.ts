/** What the engine asks of a registry, where registries differ: closed objects, fees, names that are gone and come back. */
import { createEppGateway } from '../../registry/epp/gateway.ts';
import { RegistryUnreachable } from '../../registry/gateway.ts';
import type { RegistryEntry } from '../../registry/entry.ts';
import { fakeRegistry, GREETING, reply, type Heard } from './fake-registry.ts';
import { after, closeAll, order, temporaryHome } from './world.ts';

afterEach(closeAll);

const DOMAIN = 'xmlns:z="urn:ietf:params:xml:ns:domain-1.0"';
const object = `<resData><z:infData ${DOMAIN}><z:name>a.test</z:name><z:roid>R-1</z:roid><z:clID>other</z:clID></z:infData></resData>`;
const available = (avail: number) =>
  `<resData><z:chkData ${DOMAIN}><z:cd><z:name avail="${avail}">a.test</z:name><z:reason>Blocked</z:reason></z:cd></z:chkData></resData>`;
const premium =
  '<extension><f:chkData xmlns:f="urn:ietf:params:xml:ns:epp:fee-1.0"><f:cd avail="1"><f:objID>a.test</f:objID><f:class>gold</f:class></f:cd></f:chkData></extension>';
const offersFee = {
  greeting: GREETING.replace('</svcExtension>', '<extURI>urn:ietf:params:xml:ns:epp:fee-1.0</extURI></svcExtension>'),
};

/** A gateway to a registry that answers `[code, inner]` to the nth command of each verb, the last one from then on. */
async function gatewayTo(answers: Record<string, [number, string?][]>, options = {}) {
  const on = ({ verb, clTRID, send }: Heard) => {
    const [code, inner] =
      (answers[verb]?.length ?? 0) > 1 ? (answers[verb]?.shift() ?? [2400]) : (answers[verb]?.[0] ?? [2400]);
    if (answers[verb]) send(reply(code, clTRID, inner));
  };
  const registry = await fakeRegistry(await temporaryHome(), on, options);
  const { port, credentials } = registry;
  const epp: RegistryEntry['epp'] = { host: '127.0.0.1', port, clid: 'backorder', credentials };
  const gateway = createEppGateway({
    id: 'fake',
    tlds: ['test'],
    epp,
    profile: 'default',
    contacts: {},
    owns: ['backorder'],
  });
  after(() => gateway.close());
  return { gateway, registry };
}

test('a name the registry knows is registered', async () => {
  const { gateway } = await gatewayTo({ info: [[1000, object]] });
  expect(await gateway.look('a.test')).toMatchObject({
    kind: 'registered',
    registration: { roid: 'R-1', sponsor: 'other' },
  });
});

test('a name the registry does not know is free if check says so', async () => {
  const { gateway } = await gatewayTo({ info: [[2303]], check: [[1000, available(1)]] });
  expect(await gateway.look('a.test')).toEqual({ kind: 'free', premium: false });
  expect(await gateway.peek('a.test')).toMatchObject({ kind: 'free', premium: false });
});

test('a name nobody has and nobody can have is withheld', async () => {
  const { gateway } = await gatewayTo({ info: [[2303]], check: [[1000, available(0)]] });
  expect(await gateway.look('a.test')).toEqual({ kind: 'withheld', reason: 'Blocked' });
});

test('a name registered between info and check is registered, not withheld', async () => {
  const { gateway } = await gatewayTo({ info: [[2303], [1000, object]], check: [[1000, available(0)]] });
  expect(await gateway.look('a.test')).toMatchObject({ kind: 'registered', registration: { roid: 'R-1' } });
});

test.each([2201, 2202])('a name whose info is closed to us (%d) is somebody else’s', async (code) => {
  const { gateway } = await gatewayTo({ info: [[code]] });
  expect(await gateway.look('a.test')).toMatchObject({ kind: 'registered', registration: { roid: '', sponsor: '' } });
});

test('a premium name shows by its fee class', async () => {
  const { gateway, registry } = await gatewayTo({ info: [[2303]], check: [[1000, available(1) + premium]] }, offersFee);
  expect(await gateway.look('a.test')).toEqual({ kind: 'free', premium: true });
  expect(registry.heard.at(-1)?.xml).toContain('<fee:command name="create"/>');
});

test('a registry that refuses the fee check is asked without', async () => {
  const { gateway } = await gatewayTo({ info: [[2303]], check: [[2103], [1000, available(1)]] }, offersFee);
  expect(await gateway.look('a.test')).toEqual({ kind: 'free', premium: false });
});

test.each<[number, string?]>([[2400], [2005], [1000]])(
  'an info answered with %d and nothing to read is no answer',
  async (code) => {
    const { gateway } = await gatewayTo({ info: [[code]] });
    const error = await gateway.look('a.test').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryUnreachable);
  },
);

test.each([1000, 1001, 2302, 2304, 2400, 2500])('create answered with %d is that code', async (code) => {
  const { gateway } = await gatewayTo({ create: [[code]] });
  expect(await gateway.create(order('a.test'), 'CRE-1')).toEqual({ code });
});

test('a registry without a drop list publishes none', async () => {
  const { gateway } = await gatewayTo({});
  expect(await gateway.publishedDrop('a.test')).toBeUndefined();
});
