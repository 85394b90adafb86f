/** An arbiter ended by hand after somebody paid, and before all had heard of it: whose the name is stands, and nobody pays twice. */
import { DAY_MS, World } from './world.ts';

const NAME = 'paid.test';
let world: World;
let start: number;

beforeEach(async () => {
  world = await World.open({ clock: 'clk_1' });
  start = world.registry.now;
  world.put(NAME, { registered_at: start - 442 * DAY_MS, expires_at: start - 77 * DAY_MS });
});
afterEach(() => world.close());

const catches = () => [...world.store.catches.values()];
const booked = (registrar: string) => world.money.entriesOf(registrar).map(({ kind }) => kind);

/** `rsv_1` has paid, the registry will not make the name its own, and there the arbiter is ended. */
async function endedAfterPayment({ asks = false } = {}): Promise<void> {
  world.registry.updateCode = 2304;
  await world.startClock();
  await world.reserve('rsv_1', NAME);
  Object.assign(world.store.docs.get('rsv_1') ?? {}, { registrant: { handle: 'OWN-1' } });
  if (asks) Object.assign(world.store.docs.get('rsv_1') ?? {}, { acceptance: 'ask' });
  world.registrar = 'rgr_2';
  await world.reserve('rsv_2', NAME);
  await world.reserve('rsv_3', NAME, { dryRun: true });
  await world.advance(4);
  if (asks) {
    await world.accept('rsv_1', NAME);
    await world.advance(0.001);
  }
  expect(await world.attention(NAME)).toMatchObject({ step: 'registration' });
  await world.domain(NAME).terminate('by hand');
  world.registry.updateCode = undefined;
}

/** Without a cent left for another payment. */
const emptied = () => world.money.agree('rgr_1', { creditLimit: 0 });

/** Whoever asks for the name brings its arbiter back. */
async function cameBack(): Promise<void> {
  await world.reserve('rsv_4', NAME);
  await world.advance(0.01);
  expect(world.outcome('rsv_4')).toBe('rejected: already_ours');
}

const stands = async () => {
  await cameBack();
  expect(await world.attention(NAME)).toBeNull();
  expect(['rsv_1', 'rsv_2', 'rsv_3'].map((id) => world.outcome(id))).toEqual([
    'won: first_in_order',
    'lost: behind_in_order',
    'lost: dry_run',
  ]);
  expect(await world.registry.held(NAME)).toMatchObject({ registrant: 'OWN-1' });
  expect(booked('rgr_1').filter((kind) => kind !== 'hold')).toEqual(['capture']);
  expect(booked('rgr_2')).toEqual(['hold', 'release']);
  expect(catches()).toMatchObject([{ awarded_to: 'rsv_1', watch: { ended: null } }]);
};

test.each([
  ['as it was', () => {}],
  ['with its account empty', emptied],
  ['before it was written down whose it is', () => catches().forEach((doc) => (doc.awarded_to = null))],
  ['with no record of the decision', () => world.store.decisions.clear()],
])('%s: it is the payer’s, and the others have lost', async (_what, meanwhile) => {
  await world.run(async () => {
    await endedAfterPayment();
    meanwhile();
    await stands();
  });
});

test('who was asked and accepted is not asked again', async () => {
  await world.run(async () => {
    await endedAfterPayment({ asks: true });
    emptied();
    await stands();
    expect(world.timeline('rsv_1').filter((type) => type === 'offered')).toHaveLength(1);
  });
});

test('where the registry gave it back meanwhile it was won, and what was paid is back', async () => {
  await world.run(async () => {
    await endedAfterPayment();
    const facts = world.registry.films.get(NAME);
    if (!facts?.story) throw new Error('not put');
    const story = { ...facts.story, happens: [{ what: 'taken_back' as const, at: start + 4.5 * DAY_MS }] };
    world.registry.films.set(NAME, { ...facts, story });
    await world.advance(1);
    expect(await world.attention(NAME)).toMatchObject({ step: 'registration', error: 'registration_gone' });
    await world.decide(NAME, 'skip');
    await world.advance(6);
    expect(world.timeline('rsv_1').slice(-2)).toEqual(['won', 'taken_back']);
    expect(world.outcome('rsv_2')).toBe('lost: behind_in_order');
    expect(booked('rgr_1').slice(-2)).toEqual(['capture', 'give_back']);
  });
});

test('where the winner has heard of it the others still do', async () => {
  await world.run(async () => {
    await endedAfterPayment();
    await world.handle('rsv_1').terminate('by hand');
    Object.assign(world.store.docs.get('rsv_1') ?? {}, { open: false });
    await cameBack();
    expect(world.outcome('rsv_2')).toBe('lost: behind_in_order');
    expect(booked('rgr_2')).toEqual(['hold', 'release']);
  });
});
