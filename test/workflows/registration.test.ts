/** After the award: the registration is the winner's before the winner is told, whoever it was caught for. */
import { DAY_MS, World } from './world.ts';

const NAME = 'handed.test';
/** The name is in redemption, and is dropped within so many days: what came before is told elsewhere. */
const DROPPED = 11;
const FIRST = ['ns1.first.test', 'ns2.first.test'];
const SECOND = ['ns1.second.test'];
const person = {
  name: 'Ada Lovelace',
  street: ['1 Lane'],
  city: 'London',
  country: 'GB',
  phone: '+442012345678',
  email: 'ada@private.test',
};
let world: World;

beforeEach(async () => {
  world = await World.open({ clock: 'clk_1' });
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 435 * DAY_MS, expires_at: now - 70 * DAY_MS });
});
afterEach(() => world.close());

/** Two reserve; the first is asked whether it still wants the name that was caught for it, says nothing, and so the second has it. */
async function passedOn(second: object): Promise<void> {
  await world.startClock();
  for (const [id, wishes] of Object.entries({ rsv_1: { nameservers: FIRST }, rsv_2: second })) {
    await world.reserve(id, NAME);
    Object.assign(world.store.docs.get(id) ?? {}, wishes);
  }
  Object.assign(world.store.docs.get('rsv_1') ?? {}, { acceptance: 'ask' });
  await world.advance(DROPPED);
  expect(await held()).toMatchObject({ nameservers: FIRST });
  await world.advance(1.1);
}
/** Payloads as what is in them. */
const asText = (key: string, value: unknown) =>
  key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value;
const held = () => world.registry.held(NAME);
const sent = () => [...world.store.catches.values()].flatMap(({ commands = [] }) => commands);

test('caught for the first, awarded to the second: its name servers and its contact are there, and then it is told', async () => {
  await world.run(async () => {
    await passedOn({ nameservers: SECOND, registrant: person });
    expect(world.outcome('rsv_2')).toBe('won: next_in_order');
    const { nameservers, registrant } = (await held()) ?? {};
    expect(nameservers).toEqual(SECOND);
    expect([...world.registry.contacts]).toEqual([registrant]);
    expect(sent().map(({ command, reservation }) => `${command} ${reservation}`)).toEqual([
      'contact:create rsv_2',
      'domain:update rsv_2',
    ]);
    expect(world.registry.updates).toEqual([sent()[1]?.cltrid]);
    const readable = JSON.stringify((await world.domain(NAME).fetchHistory()).events, asText);
    expect(readable).toContain('rsv_2');
    for (const secret of [...SECOND, 'private.test', 'Lovelace']) expect(readable).not.toContain(secret);
  });
});

test('nothing is sent where it is all as wanted', async () => {
  await world.run(async () => {
    await passedOn({ nameservers: FIRST });
    expect(world.outcome('rsv_2')).toBe('won: next_in_order');
    expect(sent()).toEqual([]);
  });
});

test('who names no servers keeps none of another’s', async () => {
  await world.run(async () => {
    await passedOn({ registrant: { handle: 'OWN-1' } });
    expect(await held()).toMatchObject({ nameservers: [], registrant: 'OWN-1' });
  });
});

test('an answer that was lost is asked for, and no command is sent twice', async () => {
  await world.run(async () => {
    await world.startClock();
    await world.reserve('rsv_1', NAME);
    Object.assign(world.store.docs.get('rsv_1') ?? {}, { registrant: { handle: 'OWN-1' }, acceptance: 'ask' });
    await world.advance(DROPPED);
    world.registry.loseNextAnswer = true;
    await world.accept('rsv_1', NAME);
    await world.advance(0.001);
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
    expect(await held()).toMatchObject({ registrant: 'OWN-1' });
    expect(world.registry.updates).toHaveLength(1);
  });
});

test('refused for good it waits for support: nobody has won or lost, the winner cannot leave, and a retry goes on', async () => {
  await world.run(async () => {
    world.registry.updateCode = 2304;
    await passedOn({ nameservers: SECOND });
    expect(world.outcome('rsv_2')).toBe('standby');
    expect(await world.attention(NAME)).toMatchObject({ step: 'registration', error: 'update_refused_2304' });
    expect(world.timeline('rsv_2').at(-1)).toBe('needs_attention');
    expect(await world.leave('rsv_2', NAME)).toBe('past_cutoff');
    world.registry.updateCode = undefined;
    await world.decide(NAME, 'retry');
    await world.advance(0.001);
    expect(world.outcome('rsv_2')).toBe('won: next_in_order');
    expect(await held()).toMatchObject({ nameservers: SECOND });
    const cltrids = sent().map(({ cltrid }) => cltrid);
    expect(new Set(cltrids).size).toBe(2);
    expect(world.registry.updates).toEqual(cltrids);
  });
});

test('accepted and never shown is for support too, and a skip is on record', async () => {
  await world.run(async () => {
    world.registry.updateCode = 1000;
    await passedOn({ nameservers: SECOND });
    expect(await world.attention(NAME)).toMatchObject({ error: 'update_not_shown' });
    await world.decide(NAME, 'skip');
    await world.advance(0.001);
    expect(world.outcome('rsv_2')).toBe('won: next_in_order');
    expect(await held()).toMatchObject({ nameservers: FIRST });
    expect(world.timeline('rsv_2').slice(-3)).toEqual(['needs_attention', 'decision.skip', 'won']);
  });
});
