/** A kill at each step between the drop and the award, held there by the connection that the step needs. In real time, as at a registry. */
import type { EngineClient } from '../../dev/engine-client.ts';
import type { ProcessName } from '../../dev/stack.ts';
import { fresh, reaches, read, reserve, Story, timeline } from '../stories/story.ts';
import { eventually } from './cast.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterEach(() => story.stack.faults.mend());
afterAll(() => story.close());

interface Drop {
  client: EngineClient;
  /** One name by one, another by two, a third that a rival gets first. */
  names: { alone: string; contested: string; lost: string };
  ids: string[];
  at: number;
}

async function threeDrops(inMs: number): Promise<Drop> {
  const { client } = await story.operator.registrar(fresh('North'));
  const [alone, contested, lost] = await Promise.all([
    story.dropping(inMs),
    story.dropping(inMs),
    story.dropping(inMs, { caught_by_other: 'rival-1' }),
  ]);
  const contesting = async () => [await reserve(client, contested.name), await reserve(client, contested.name)];
  const placed = await Promise.all([reserve(client, alone.name), contesting(), reserve(client, lost.name)]);
  return {
    client,
    names: { alone: alone.name, contested: contested.name, lost: lost.name },
    ids: placed.flat().map(({ id }) => id),
    at: Math.max(alone.at, contested.at, lost.at),
  };
}

const catching = ({ client, ids }: Drop) => Promise.all(ids.map((id) => reaches(client, id, { status: 'catching' })));

/** The registry has taken a create of each name that is ours to have, whoever knows of it. */
const created = ({ names: { alone, contested } }: Drop) =>
  eventually('creates accepted', async () => {
    const taken = await Promise.all([alone, contested].map((name) => story.accepted(name)));
    return taken.every((creates) => creates.length > 0) ? true : undefined;
  });

async function restart(...names: ProcessName[]): Promise<void> {
  const { faults } = story.stack;
  await Promise.all(names.map((name) => faults.kill(name)));
  await faults.mend();
}

/** As it ends undisturbed: each told once, in order, and one create for each name we have. */
async function expectUndisturbed({ client, names, ids }: Drop): Promise<void> {
  const ended = ({ outcome }: { outcome: unknown }) => outcome !== null;
  await Promise.all(ids.map((id) => client.until(`/v1/reservations/${id}`, ended, 60_000)));
  const outcomes = await Promise.all(ids.map(async (id) => (await read(client, id)).outcome.reason));
  expect(outcomes).toEqual(['first_in_order', 'first_in_order', 'behind_in_order', 'caught_by_other']);
  const tried = ['reservation.placed', 'attempt.catching', 'attempt.made', 'observation.registered'];
  const ours = [...tried, 'reservation.caught'];
  const timelines = await Promise.all(ids.map((id) => timeline(client, id)));
  expect(timelines).toEqual([
    [...ours, 'decision.award', 'reservation.won'],
    [...ours, 'decision.award', 'reservation.won'],
    [...ours, 'decision.award', 'reservation.lost'],
    [...tried, 'reservation.lost'],
  ]);
  for (const name of [names.alone, names.contested]) {
    const { entries } = await story.sandbox.book(name);
    expect(entries.filter(({ code }) => code === 1000)).toHaveLength(1);
    // A clTRID used twice would let a registry answer for the wrong one.
    expect(new Set(entries.map(({ cltrid }) => cltrid)).size).toBe(entries.length);
  }
}

test('killed before a create has left: the next catcher sends it', async () => {
  const drop = await threeDrops(5_000);
  await story.stack.faults.blackHole('catcher', 'epp');
  await catching(drop);
  await eventually('the drop', () => Promise.resolve(Date.now() > drop.at ? true : undefined));
  for (const name of Object.values(drop.names)) expect((await story.sandbox.book(name)).entries).toEqual([]);
  await restart('catcher');
  await expectUndisturbed(drop);
});

test('killed when the registry has accepted the create and before its answer came: it is found to be ours, not sent again', async () => {
  const drop = await threeDrops(6_000);
  await story.stack.faults.slow('catcher', 'epp', { latencyMs: 1_600 });
  await created(drop);
  await restart('catcher');
  await expectUndisturbed(drop);
});

test('killed when the create is known to be accepted and the store is away: it is settled once the store is back', async () => {
  const drop = await threeDrops(6_000);
  await catching(drop);
  const [first] = await Promise.all(Object.values(drop.names).map((name) => tries(name)));
  expect(first).toBe(true);
  await story.stack.faults.cut('catcher', 'mongo');
  await created(drop);
  await story.tried(`domain:${drop.names.alone}`, 'catchName', 2);
  await restart('catcher');
  await expectUndisturbed(drop);
});

/** Creates are being sent: their numbers are taken from the store. */
const tries = (name: string) =>
  eventually(`creates of ${name}`, async () => ((await story.sandbox.book(name)).refused > 0 ? true : undefined));

test('the engine killed between the catch and the award, its store away: awarded once, and told once', async () => {
  const drop = await threeDrops(6_000);
  await catching(drop);
  await story.stack.faults.cut('workers', 'mongo');
  await created(drop);
  await story.tried(`domain:${drop.names.alone}`, 'recordDecision', 2);
  await restart('workers');
  await expectUndisturbed(drop);
});

test('the engine killed in the middle of telling, its mail hanging: each event and each mail comes once', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const { name } = await story.dropping(600_000);
  await story.stack.faults.blackHole('workers', 'mail');
  const customers = [fresh('cus'), fresh('cus'), fresh('cus')];
  const ids: string[] = [];
  for (const customer of customers) ids.push((await reserve(client, name, customer)).id);
  await Promise.all(ids.map((id) => story.tried(`reservation:${id}`, 'publish', 1)));
  await restart('workers');
  for (const [at, id] of ids.entries()) {
    await eventually('the mail', async () =>
      (await story.mailsTo(`${customers[at]}@example.test`)).length > 0 ? true : undefined,
    );
    expect(await timeline(client, id)).toEqual(['reservation.placed']);
  }
  const mails = await Promise.all(customers.map((customer) => story.mailsTo(`${customer}@example.test`)));
  expect(mails.map(({ length }) => length)).toEqual([1, 1, 1]);
});
