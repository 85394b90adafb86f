/** The engine's gateway and the sandbox registry together, over TLS: what a registrar lives through with one name. */
import { OutcomeUnknown } from '../../registry/gateway.ts';
import { DAY_MS } from '../../registry/sandbox/calendar.ts';
import { SandboxRefused } from '../../registry/sandbox/control.ts';
import { at, closeAll, iso, order, sandboxWorld, type SandboxWorld } from './world.ts';

afterEach(closeAll);

const expiring = {
  registered_at: at('2020-01-01T12:00:00Z'),
  expires_at: at('2026-01-01T12:00:00Z'),
  test_clock: 'clk_1',
};

/** A world whose names live by the clock `clk_1`. */
async function clockedWorld(now: string): Promise<SandboxWorld> {
  const world = await sandboxWorld();
  await world.control.setClock('clk_1', at(now));
  return world;
}

test('a name goes from its owner to whoever creates it first', async () => {
  const world = await clockedWorld('2025-12-01T00:00:00Z');
  const [ours, rivals] = [world.gateway('backorder'), world.gateway('rival')];
  const { drops_at, next_transition } = await world.control.put('film.test', {
    ...expiring,
    nameservers: ['ns1.example.net'],
  });
  expect(iso(next_transition)).toBe('2026-01-01T12:00:00.000Z');

  const seen: string[] = [];
  for (
    let next = next_transition;
    next !== null && next <= (drops_at ?? 0);
    next = (await world.control.next('clk_1'))?.at ?? null
  ) {
    await world.control.setClock('clk_1', next);
    const answer = await ours.look('film.test');
    const { rgp = [], statuses = [] } = answer.kind === 'registered' ? answer.registration : {};
    seen.push([iso(next)?.slice(0, 10), answer.kind, ...statuses, ...rgp].join(' '));
    if (answer.kind === 'registered') {
      expect(await ours.peek('film.test')).toMatchObject(answer);
      expect((await ours.create(order('film.test'), `EARLY-${next}`)).code).toBe(2302);
    }
  }
  expect(seen).toEqual([
    '2026-01-01 registered ok autoRenewPeriod',
    '2026-02-15 registered pendingDelete redemptionPeriod',
    '2026-03-17 registered pendingDelete pendingDelete',
    '2026-03-22 free',
  ]);

  const [mine, theirs] = await Promise.all([
    ours.create(order('film.test'), 'MINE-1'),
    rivals.create(order('film.test'), 'THEIRS-1'),
  ]);
  expect([mine.code, theirs.code].toSorted((one, other) => one - other)).toEqual([1000, 2302]);
  const winner = mine.code === 1000 ? 'backorder' : 'rival';
  expect(await ours.look('film.test')).toMatchObject({
    kind: 'registered',
    registration: { sponsor: winner, registeredAt: drops_at },
  });
  const book = await world.control.book('film.test');
  expect(book.refused).toBe(4);
  expect(book.entries.filter(({ code }) => code === 1000)).toMatchObject([{ clid: winner, name_now: drops_at }]);
});

test('a drop in real time is caught by sending creates back to back', async () => {
  const world = await sandboxWorld();
  const gateway = world.gateway();
  await gateway.ping();
  const dropsAt = Date.now() + 2_000;
  await world.control.put('soon.test', { drops_at: dropsAt });
  expect(await gateway.publishedDrop?.('soon.test')).toMatchObject({ at: dropsAt });
  expect(await gateway.publishedDrop?.('other.test')).toBeUndefined();
  const before = await gateway.look('soon.test');
  expect(before).toMatchObject({
    kind: 'registered',
    registration: { statuses: ['pendingDelete'], rgp: ['pendingDelete'] },
  });
  let sent = 0;
  let reply = await gateway.create(order('soon.test'), `CRE-${sent}`);
  while (reply.code === 2302) reply = await gateway.create(order('soon.test'), `CRE-${++sent}`);
  expect(reply.code).toBe(1000);
  expect(reply.createdAt).toBeGreaterThanOrEqual(dropsAt);
  const after = await gateway.look('soon.test');
  if (after.kind !== 'registered' || before.kind !== 'registered') throw new Error('not registered');
  expect(after.registration).toMatchObject({ sponsor: 'backorder', rgp: ['addPeriod'] });
  expect(after.registration.roid).not.toBe(before.registration.roid);
});

test('a create is undone within add grace, and only by its sponsor', async () => {
  const world = await sandboxWorld();
  const [ours, rivals] = [world.gateway('backorder'), world.gateway('rival')];
  expect((await ours.create(order('undo.test'), 'CRE-1')).code).toBe(1000);
  expect((await rivals.delete('undo.test', 'DEL-1')).code).toBe(2201);
  expect((await ours.delete('undo.test', 'DEL-2')).code).toBe(1000);
  expect(await ours.look('undo.test')).toEqual({ kind: 'free', premium: false });
  expect(await ours.peek('undo.test')).toMatchObject({ kind: 'not_found' });
  expect((await ours.delete('undo.test', 'DEL-3')).code).toBe(2303);
});

test('a delete after add grace begins a redemption', async () => {
  const world = await clockedWorld('2026-01-01T00:00:00Z');
  const gateway = world.gateway();
  await world.control.put('late.test', { ...expiring, registrar: 'backorder', expires_at: at('2027-01-01T00:00:00Z') });
  expect((await gateway.delete('late.test', 'DEL-1')).code).toBe(1001);
  expect(await gateway.look('late.test')).toMatchObject({ registration: { rgp: ['redemptionPeriod'] } });
  expect((await gateway.delete('late.test', 'DEL-2')).code).toBe(2304);
  expect(iso((await world.control.next('clk_1'))?.at ?? null)).toBe('2026-01-31T00:00:00.000Z');
});

test('a scripted refusal stands until it is lifted, and lifting it keeps the rest of the story', async () => {
  const world = await clockedWorld('2026-05-01T00:00:00Z');
  const gateway = world.gateway();
  await world.control.put('held.test', { ...expiring, create_result: 2306 });
  expect(await gateway.look('held.test')).toEqual({ kind: 'withheld', reason: 'Reserved' });
  expect((await gateway.create(order('held.test'), 'CRE-1')).code).toBe(2306);
  const { facts } = await world.control.amend('held.test', { create_result: 2104 });
  expect(facts).toMatchObject({ expires_at: expiring.expires_at, create_result: 2104 });
  expect(await gateway.look('held.test')).toEqual({ kind: 'free', premium: false });
  expect((await gateway.create(order('held.test'), 'CRE-2')).code).toBe(2104);
  await world.control.amend('held.test', { create_result: null });
  expect((await gateway.create(order('held.test'), 'CRE-3')).code).toBe(1000);
  expect((await world.control.book('held.test')).entries.map(({ cltrid, code }) => `${cltrid} ${code}`)).toEqual([
    'CRE-1 2306',
    'CRE-2 2104',
    'CRE-3 1000',
  ]);
});

test('a new story makes the name start over, and the book remembers', async () => {
  const world = await sandboxWorld();
  const gateway = world.gateway();
  await gateway.create(order('again.test'), 'CRE-1');
  await world.control.put('again.test', { drops_at: Date.now() + 60_000 });
  expect(await gateway.look('again.test')).toMatchObject({ registration: { sponsor: 'other-registrar' } });
  expect((await world.control.book('again.test')).entries).toMatchObject([{ cltrid: 'CRE-1', code: 1000 }]);
});

test('names of a clock are listed with it, move with it, and go with it', async () => {
  const world = await clockedWorld('2025-12-01T00:00:00Z');
  await world.control.put('one.test', expiring);
  await world.control.put('two.test', { ...expiring, expires_at: expiring.expires_at + DAY_MS });
  await world.control.put('elsewhere.test', { drops_at: Date.now() + 60_000 });
  expect((await world.control.names('clk_1'))?.sort()).toEqual(['one.test', 'two.test']);
  expect(await world.control.next('clk_1')).toEqual({ at: expiring.expires_at, names: ['one.test'] });
  expect(await world.control.next('clk_1', expiring.expires_at)).toEqual({
    at: expiring.expires_at + DAY_MS,
    names: ['two.test'],
  });
  await expect(world.control.setClock('clk_1', at('2025-11-30T00:00:00Z'))).rejects.toMatchObject({
    code: 'clock_backwards',
  });
  await world.control.removeClock('clk_1');
  expect(await world.control.names('clk_1')).toBeUndefined();
  expect(await world.control.get('one.test')).toBeUndefined();
  expect(await world.control.get('elsewhere.test')).toBeDefined();
});

test.each([
  [{ test_clock: 'clk_none' }, 'unknown_clock', 'test_clock'],
  [{ create_result: 2999 }, 'invalid_facts', 'create_result'],
  [{ create_result: 2599 }, 'invalid_facts', 'create_result'],
  [{ dropsAt: 5 }, 'invalid_facts', 'dropsAt'],
  [{ registered_at: 10, expires_at: 5 }, 'invalid_facts', 'expires_at'],
])('the control API refuses %o with %s for %s', async (facts, code, param) => {
  const { control } = await sandboxWorld();
  const refusal = await control.put('bad.test', facts as object).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(SandboxRefused);
  expect(refusal).toMatchObject({ status: 422, code, param });
});

test('the control API is for who holds its token', async () => {
  const { sandbox } = await sandboxWorld();
  const base = `http://127.0.0.1:${sandbox.rdapPort}`;
  expect((await fetch(`${base}/control/domains/a.test`)).status).toBe(401);
  expect((await fetch(`${base}/control/domains/a.test`, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
});

test('a sandbox that stops under a create leaves its outcome unknown; the next one knows', async () => {
  const world = await sandboxWorld({ latencyMs: 150 });
  const gateway = world.gateway('backorder', { connectMs: 20_000, commandMs: 20_000 });
  const fast = await (async () => {
    const created = gateway.create(order('torn.test'), 'CRE-1').catch((error: unknown) => error);
    const booked = async (): Promise<void> =>
      (await world.control.book('torn.test')).entries.length > 0 ? undefined : booked();
    await booked();
    await world.sandbox.close();
    return created;
  })();
  expect(fast).toBeInstanceOf(OutcomeUnknown);
  const reopened = await sandboxWorld({ home: world.home });
  expect(await reopened.gateway().look('torn.test')).toMatchObject({ registration: { sponsor: 'backorder' } });
}, 30_000);

test('several names are checked by one command, each as it stands', async () => {
  const world = await clockedWorld('2025-12-01T00:00:00Z');
  await world.control.put('taken.test', expiring);
  const found = await world.gateway().checkMany?.(['taken.test', 'free.test', 'elsewhere.com']);
  expect([...(found ?? [])].map(([name, { available, reason }]) => [name, available, reason])).toEqual([
    ['taken.test', false, 'In use'],
    ['free.test', true, undefined],
    ['elsewhere.com', false, 'Not served here'],
  ]);
});
