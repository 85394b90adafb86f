/** A registration made somebody else's, by the engine's own EPP client against the sandbox: name servers, registrant, contact. */
import { newAuthInfo } from '../../registry/auth-info.ts';
import { at, closeAll, order, sandboxWorld, type SandboxWorld } from './world.ts';

afterEach(closeAll);

const person = {
  name: 'Zoë Ångström',
  org: 'Ångström & Co',
  street: ['1 Lane <left>', 'Yard'],
  city: 'Ghent',
  postal_code: '9000',
  country: 'BE',
  phone: '+3292345678',
  email: 'zoe@example.test',
};

const publicly = async (world: SandboxWorld, name: string) =>
  (await (await fetch(`http://127.0.0.1:${world.sandbox.rdapPort}/domain/${name}`)).json()) as {
    nameservers: { ldhName: string }[];
    status: string[];
  };

test('an update shows in info and in RDAP, to the sponsor with the registrant, and changes nothing of how the name goes on', async () => {
  const world = await sandboxWorld();
  await world.control.setClock('clk_1', at('2026-01-01T00:00:00Z'));
  await world.control.put('won.test', {
    registered_at: at('2020-01-01T00:00:00Z'),
    expires_at: at('2025-06-01T00:00:00Z'),
    test_clock: 'clk_1',
  });
  const [ours, rivals] = [world.gateway('backorder'), world.gateway('rival')];
  const created = { ...order('won.test'), registrant: 'FIRST-1', nameservers: ['ns1.first.test', 'ns2.first.test'] };
  expect((await ours.create(created, 'CRE-1')).code).toBe(1000);
  const before = await ours.held('won.test');
  expect(before).toMatchObject({ registrant: 'FIRST-1', rgp: ['addPeriod'] });

  const change = { add: ['ns.second.test'], remove: ['ns1.first.test', 'ns2.first.test'], registrant: 'SECOND-1' };
  expect(await ours.update({ name: 'won.test', ...change }, 'UPD-1')).toEqual({ code: 1000 });
  const { roid, registeredAt, expiresAt } = before ?? {};
  expect(await ours.held('won.test')).toMatchObject({
    ...{ roid, registeredAt, expiresAt, registrant: 'SECOND-1', rgp: ['addPeriod'] },
    ...{ nameservers: ['ns.second.test'], updatedAt: at('2026-01-01T00:00:00Z') },
  });
  expect(await ours.look('won.test')).not.toHaveProperty('registration.registrant');
  expect(await rivals.held('won.test')).not.toHaveProperty('registrant');
  expect((await publicly(world, 'won.test')).nameservers).toEqual([
    { objectClassName: 'nameserver', ldhName: 'ns.second.test' },
  ]);

  await world.control.setClock('clk_1', at('2027-01-02T00:00:00Z'));
  expect(await ours.held('won.test')).toMatchObject({ rgp: ['autoRenewPeriod'], nameservers: ['ns.second.test'] });
  expect(await ours.update({ name: 'won.test', add: ['ns.third.test'], remove: [] }, 'UPD-2')).toEqual({ code: 1000 });
  expect(await ours.held('won.test')).toMatchObject({
    ...{ rgp: ['autoRenewPeriod'], registrant: 'SECOND-1', nameservers: ['ns.second.test', 'ns.third.test'] },
  });
});

test('an authInfo is set and known by its registry alone, and only to its sponsor', async () => {
  const world = await sandboxWorld();
  const [ours, rivals] = [world.gateway('backorder'), world.gateway('rival')];
  await ours.create(order('secret.test'), 'CRE-1');
  const [first, second] = [newAuthInfo(), newAuthInfo()];
  expect(new Set([first, second]).size).toBe(2);
  for (const made of [first, second])
    expect(made).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^a-zA-Z\d])[!-~]{22}$/);
  const change = { name: 'secret.test', add: [], remove: [] };
  expect(await ours.update({ ...change, authInfo: first }, 'UPD-1')).toEqual({ code: 1000 });
  expect([await ours.hasAuthInfo('secret.test', first), await ours.hasAuthInfo('secret.test', second)]).toEqual([
    true,
    false,
  ]);
  expect(await rivals.hasAuthInfo('secret.test', second)).toBe(false);
  expect(await rivals.update({ ...change, authInfo: second }, 'UPD-2')).toEqual({ code: 2201 });
  expect(await ours.hasAuthInfo('none.test', first)).toBe(false);
  for (const told of [await ours.look('secret.test'), await ours.held('secret.test')])
    expect(JSON.stringify(told)).not.toContain(first);
});

test('what was changed is gone with the registration', async () => {
  const world = await sandboxWorld();
  const ours = world.gateway();
  await ours.create({ ...order('twice.test'), nameservers: ['ns.first.test'] }, 'CRE-1');
  await ours.update({ name: 'twice.test', add: [], remove: ['ns.first.test'], registrant: 'R-1' }, 'UPD-1');
  expect(await ours.held('twice.test')).toMatchObject({ nameservers: [], registrant: 'R-1' });
  expect((await ours.delete('twice.test', 'DEL-1')).code).toBe(1000);
  expect(await ours.held('twice.test')).toBeUndefined();
  await ours.create({ ...order('twice.test'), nameservers: ['ns.second.test'] }, 'CRE-2');
  const again = await ours.held('twice.test');
  expect(again).toMatchObject({ nameservers: ['ns.second.test'] });
  expect(again).not.toHaveProperty('registrant');
});

test('an update survives the registry being started again', async () => {
  const world = await sandboxWorld();
  await world.gateway().create(order('kept.test'), 'CRE-1');
  await world.gateway().update({ name: 'kept.test', add: ['ns.kept.test'], remove: [] }, 'UPD-1');
  await world.gateway().createContact({ id: 'KEPT-1', details: person, authInfo: 'aB3$efgh' }, 'CON-1');
  await world.sandbox.close();
  const later = (await sandboxWorld({ home: world.home })).gateway();
  expect(await later.held('kept.test')).toMatchObject({ nameservers: ['ns.kept.test'] });
  expect(await later.contactSponsor('KEPT-1')).toBe('backorder');
});

test.each([
  ['a name nobody has', 'none.test', { add: ['ns.a.test'], remove: [] }, 2303],
  ['another’s name', 'theirs.test', { add: ['ns.a.test'], remove: [] }, 2201],
  ['a name server that is there', 'ours.test', { add: ['ns.old.test'], remove: [] }, 2302],
  ['the removal of one that is not', 'ours.test', { add: [], remove: ['ns.a.test'] }, 2303],
  ['no host name', 'ours.test', { add: ['not a host'], remove: [] }, 2005],
  ['one too many', 'ours.test', { add: Array.from({ length: 13 }, (_, n) => `ns${n}.a.test`), remove: [] }, 2004],
  ['nothing', 'ours.test', { add: [], remove: [] }, 2003],
])('an update of %s is refused by its code', async (_what, name, change, code) => {
  const world = await sandboxWorld();
  await world.gateway('rival').create(order('theirs.test'), 'CRE-1');
  await world.gateway().create({ ...order('ours.test'), nameservers: ['ns.old.test'] }, 'CRE-2');
  expect(await world.gateway().update({ name, ...change }, 'UPD-1')).toEqual({ code });
});

test('a contact is made once, and its sponsor is told to its sponsor', async () => {
  const world = await sandboxWorld();
  const [ours, rivals] = [world.gateway('backorder'), world.gateway('rival')];
  const contact = { id: 'bk0123456789abcd', details: person, authInfo: 'aB3$efgh' };
  expect(await ours.contactSponsor(contact.id)).toBeUndefined();
  expect(await ours.createContact(contact, 'CON-1')).toEqual({ code: 1000 });
  expect(await ours.createContact(contact, 'CON-2')).toEqual({ code: 2302 });
  expect(await ours.contactSponsor(contact.id)).toBe('backorder');
  expect(await rivals.contactSponsor(contact.id)).toBe('');
});
