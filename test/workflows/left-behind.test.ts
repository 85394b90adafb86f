/** Who has ended and has not heard of it: the store is away when it is told, and whoever knows it as open asks for it again. */
import { checkSignal, joinSignal } from '../../workflows/messages.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'left.test';
const HOUR_MS = 3_600_000;
let world: World;
/** Reservations whose publications the store does not take. */
let unpublished: string[];
let publishAgain: () => void;

/** Released in three hours, as its registry lists: money is held from the start. */
beforeEach(async () => {
  world = await World.open();
  const now = (world.registry.now = await world.env.currentTimeMs());
  world.put(NAME, { registered_at: now - 445 * DAY_MS, expires_at: now - 80 * DAY_MS, drops_at: now + 3 * HOUR_MS });
  listed(now + 3 * HOUR_MS);
  unpublished = [];
  const { store } = world;
  const publish = store.publishReservation.bind(store);
  const taken = new Promise<void>((resolve) => (publishAgain = resolve));
  store.publishReservation = async (publication) => {
    if (unpublished.includes(publication.reservation)) await taken;
    return publish(publication);
  };
});
afterEach(() => world.close());

const listed = (at: number) => void world.store.listed.set(NAME, { at, list: 'lst_1' });

/** The first of two leaves. Its arbiter has told it, and waits no longer until that is recorded. */
async function leavesUnheard(): Promise<void> {
  for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
  for (const id of ['rsv_1', 'rsv_2']) await world.becomes(id, 'waiting');
  unpublished = ['rsv_1'];
  expect(await world.leave('rsv_1', NAME)).toBe('left');
  await world.env.sleep('6s');
}

const booked = (id: string) =>
  world.money.entriesOf('rgr_1').flatMap(({ kind, reservation }) => (reservation === id ? [kind] : []));

/** As the API does for whoever asks again to cancel, and is open in the store. */
const askedAgain = async (id: string) =>
  world.domain(NAME).signal(joinSignal, {
    ...{ reservation: id, owner: `owner of ${id}`, onRenewal: 'keep_waiting', dryRun: false, ordinal: 1 },
  });

test('it takes no place again, nothing more is held for it, and the next in line has the name', () =>
  world.run(async () => {
    await leavesUnheard();
    await askedAgain('rsv_1');
    expect(await world.place('rsv_1', NAME)).toEqual({ kind: 'pending' });
    expect(await world.leave('rsv_1', NAME)).toBe('left');
    publishAgain();
    await world.ended('rsv_1');
    expect(world.outcome('rsv_1')).toBe('cancelled: by_registrar');
    expect(await world.place('rsv_2', NAME)).toMatchObject({ position: 1, competitors: 0 });
    expect([booked('rsv_1'), booked('rsv_2')]).toEqual([['hold', 'release'], ['hold']]);
  }));

test('the arbiter was ended by hand before the end was recorded, and the next takes it for open: what that holds for it is let go', () =>
  world.run(async () => {
    await leavesUnheard();
    await world.domain(NAME).terminate('by hand');

    const { money } = world;
    const hold = money.holdFor.bind(money);
    const asked = new Promise<void>((resolve) => {
      money.holdFor = async (request) => {
        resolve();
        await over;
        return hold(request);
      };
    });
    const over = asked.then(async () => {
      publishAgain();
      await world.ended('rsv_1');
    });
    await world.reserve('rsv_3', NAME);
    await over;
    // All are told that the drop has moved; nobody is there to hear it for the first.
    listed(world.registry.now + 2 * HOUR_MS);
    await world.domain(NAME).signal(checkSignal, {});
    while (booked('rsv_1').length < 4) await world.env.sleep(500);
    // By the first arbiter, by its end, and by the second one.
    expect(booked('rsv_1')).toEqual(['hold', 'release', 'hold', 'release']);
    expect(await world.place('rsv_2', NAME)).toMatchObject({ position: 1, competitors: 1 });
  }));
