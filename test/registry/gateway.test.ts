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
  expect(gateway.publishedDrop).toBeUndefined();
});

/** Answers a check as a registry that takes at most `most` names in one, and says of `odd.test` that it is no name. */
async function checkingGateway(most: number) {
  const asked: string[][] = [];
  const on = ({ verb, xml, clTRID, send }: Heard) => {
    if (verb !== 'check') return;
    const names = [...xml.matchAll(/<domain:name>([^<]*)</g)].map(([, name = '']) => name);
    asked.push(names);
    if (names.length > most || names.includes('odd.test'))
      return send(reply(names.length > most ? 2306 : 2005, clTRID));
    const cds = names.map((name) => `<z:cd><z:name avail="${name.startsWith('free') ? 1 : 0}">${name}</z:name></z:cd>`);
    const fees = names.map(
      (name) =>
        `<f:cd avail="1"><f:objID>${name}</f:objID><f:class>${name.endsWith('gold.test') ? 'gold' : 'standard'}</f:class></f:cd>`,
    );
    send(
      reply(
        1000,
        clTRID,
        `<resData><z:chkData ${DOMAIN}>${cds.join('')}</z:chkData></resData><extension><f:chkData xmlns:f="urn:ietf:params:xml:ns:epp:fee-1.0">${fees.toReversed().join('')}</f:chkData></extension>`,
      ),
    );
  };
  const { port, credentials } = await fakeRegistry(await temporaryHome(), on, offersFee);
  const epp: RegistryEntry['epp'] = { host: '127.0.0.1', port, clid: 'backorder', credentials };
  const gateway = createEppGateway({ id: 'fake', tlds: ['test'], epp, profile: 'default', contacts: {}, owns: [] });
  after(() => gateway.close());
  return { gateway, asked };
}

test('many names are asked ten at a time, and each is told with its own fee', async () => {
  const { gateway, asked } = await checkingGateway(10);
  const names = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? `free-${at}.test` : `taken-${at}-gold.test`));
  const found = await gateway.checkMany?.([...names, 'free-gold.test']);
  expect(asked.map(({ length }) => length)).toEqual([10, 3]);
  expect(found?.get('free-2.test')).toEqual({ available: true, premium: false });
  expect(found?.get('taken-3-gold.test')).toEqual({ available: false, premium: true });
  expect(found?.get('free-gold.test')).toEqual({ available: true, premium: true });
});

test('a registry that takes fewer names is asked in smaller pieces, and a name it will not speak of is left out', async () => {
  const { gateway } = await checkingGateway(3);
  const found = await gateway.checkMany?.(['free-1.test', 'free-2.test', 'odd.test', 'free-3.test', 'taken.test']);
  expect([...(found ?? [])].map(([name, { available: can }]) => `${name} ${can}`).toSorted()).toEqual([
    'free-1.test true',
    'free-2.test true',
    'free-3.test true',
    'taken.test false',
  ]);
});

test('a registry in trouble is not asked again in smaller pieces', async () => {
  const { gateway, registry } = await gatewayTo({ check: [[2400]] });
  await expect(gateway.checkMany?.(['a.test', 'b.test'])).rejects.toBeInstanceOf(RegistryUnreachable);
  expect(registry.heard.filter(({ verb }) => verb === 'check')).toHaveLength(1);
});
