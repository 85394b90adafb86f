/** The watch where its sources fail, contradict each other, or tell of a name that is gone and is back. */
import { CADENCE } from '../../registry/cadence.ts';
import { SourceTrouble } from '../../registry/http-trouble.ts';
import type { RdapAnswer } from '../../registry/rdap/client.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'watched.test';
let world: World;

beforeEach(async () => {
  world = await World.open();
  world.registry.now = await world.env.currentTimeMs();
});
afterEach(() => world.close());

/** In its first day of grace, restored or renewed on the fortieth day where it is to be kept. */
const put = (extra: object = {}) => {
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 366 * DAY_MS, expires_at: now - DAY_MS, ...extra });
};

/** RDAP as EPP says it, with changes. */
const alike = async (change: (answer: RdapAnswer) => RdapAnswer = (answer) => answer): Promise<RdapAnswer> => {
  const answer = await world.registry.look(NAME);
  if (answer.kind !== 'registered') return { kind: 'not_found', source: 'memory' };
  const record = { source: 'memory', conformance: [], redacted: [], notices: [] };
  return change({ kind: 'registered', registration: { ...answer.registration, sponsor: '376' }, record });
};

const eventsOf = (id: string, type: string) =>
  world.store.events.filter((event) => event.reservation === id && event.type === type);

test('RDAP that asks for a day of quiet gets it, and what happens meanwhile is seen by EPP', async () => {
  world.cadence = CADENCE;
  put({ owner: 'renews', owner_acts_at: world.registry.now + 10.5 * DAY_MS });
  await world.run(async () => {
    let askedAt: number[] = [];
    let quietFrom: number | undefined;
    world.registry.rdap = async () => {
      const now = await world.env.currentTimeMs();
      askedAt.push(now);
      if (quietFrom === undefined) return alike();
      throw new SourceTrouble('throttled', 'RDAP: answered 429', Math.max(1, quietFrom + 2 * DAY_MS - now));
    };
    await world.reserve('rsv_1', NAME);
    await world.env.sleep('10 days');
    expect(world.timeline('rsv_1')).toEqual(['placed']);
    quietFrom = await world.env.currentTimeMs();
    askedAt = [];
    await world.env.sleep('1 day');
    // The server may come to the end of the day while the worker is still at what the last poll of it brought.
    while (world.timeline('rsv_1').length < 2) await world.env.sleep(500);
    expect(world.timeline('rsv_1')).toEqual(['placed', 'renewed']);
    expect(world.store.docs.get('rsv_1')).toMatchObject({ status: 'waiting', ordinal: expect.any(Number) });
    expect(askedAt.length).toBeLessThanOrEqual(3);
  });
});

test('what those who run it see of a failing source: which said what, and when it is asked next', async () => {
  world.cadence = CADENCE;
  put();
  await world.run(async () => {
    world.registry.rdap = async () => alike();
    await world.reserve('rsv_1', NAME);
    await world.env.sleep('2 days');
    world.registry.rdap = () => Promise.reject(new SourceTrouble('refused', 'RDAP: answered 403'));
    await world.env.sleep('12 hours');
    const { raw } = await world.domain(NAME).describe();
    const [watch] = raw.pendingActivities ?? [];
    expect(watch?.lastFailure?.message).toBe('As before. RDAP: refused (refused); EPP: auto_renew_grace');
    expect(watch?.lastFailure?.applicationFailureInfo?.type).toBe('unchanged');
  });
});

test('RDAP and EPP that disagree are seen in the timeline once, and EPP is believed', async () => {
  world.cadence = CADENCE;
  put({ caught_by_other: 'rival' });
  await world.run(async () => {
    let polls = 0;
    // Every other day a server answers that lost the name.
    world.registry.rdap = async () => {
      polls += 1;
      const day = Math.floor((await world.env.currentTimeMs()) / DAY_MS);
      return day % 2 === 0 ? { kind: 'not_found', source: 'memory' } : alike();
    };
    await world.reserve('rsv_1', NAME);
    await world.reserve('rsv_2', NAME);
    await world.env.sleep('12 days');
    for (const id of ['rsv_1', 'rsv_2']) {
      const [differ, ...more] = eventsOf(id, 'observation.sources_differ');
      expect(differ?.data).toEqual({
        differences: [{ what: 'existence', epp: 'registered', rdap: 'not_found' }],
        holds: 'epp',
      });
      expect(more).toEqual([]);
    }
    expect(polls).toBeGreaterThan(40);
    // Flapping costs no looks: EPP says what it said.
    expect(await world.historyLength(`domain:${NAME}`)).toBeLessThan(120);
  });
});

test('a name that is gone by RDAP and still there by EPP is caught at its drop all the same', async () => {
  put();
  await world.run(async () => {
    world.registry.rdap = async () => ({ kind: 'not_found', source: 'memory' });
    await world.reserve('rsv_1', NAME);
    await world.ended('rsv_1');
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
    expect(world.registry.creates.filter(({ code }) => code === 1000)).toHaveLength(1);
  });
});

test.each<[string, () => Promise<RdapAnswer>]>([
  ['says that it is asked too often', () => Promise.reject(new SourceTrouble('throttled', 'RDAP: answered 429'))],
  ['never answers', () => Promise.reject(new SourceTrouble('timed_out', 'RDAP: no whole answer in time'))],
  [
    'sends too much',
    () => Promise.reject(new SourceTrouble('too_large', 'RDAP: an answer of more than 1048576 bytes')),
  ],
])('an RDAP that %s from beginning to end changes nothing for the customer', async (_what, rdap) => {
  put();
  await world.run(async () => {
    world.registry.rdap = rdap;
    await world.reserve('rsv_1', NAME);
    await world.ended('rsv_1');
    expect(world.timeline('rsv_1')).toEqual([
      'placed',
      'auto_renew_grace → redemption',
      'redemption → pending_delete',
      'drop_scheduled',
      'attempt.catching',
      'attempt.made',
      'observation.registered',
      'caught',
      'decision.award',
      'won',
      'observation.award_stands',
    ]);
    expect(await world.historyLength(`domain:${NAME}`)).toBeLessThan(250);
  });
});

test('a name that vanishes and comes back as it was is watched on, places kept', async () => {
  put();
  await world.run(async () => {
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.env.sleep('10 days');
    world.registry.denies = true;
    await world.env.sleep('20 days');
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual(['waiting', 'waiting']);
    world.registry.denies = false;
    await world.env.sleep('2 days');
    // Free is what check says: nothing is sent for a name that is only out of sight.
    expect(world.registry.creates).toEqual([]);
    expect(await world.historyLength(`domain:${NAME}`)).toBeLessThan(150);
    expect(world.timeline('rsv_1')).toEqual(['placed', 'auto_renew_grace → unknown', 'unknown → auto_renew_grace']);
    await world.ended('rsv_1');
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
    await world.ended('rsv_2');
    expect(world.outcome('rsv_2')).toBe('lost: behind_in_order');
  });
});

test('a name that its registry frees a minute and a half after the instant it published is seen free within seconds', async () => {
  const { now } = world.registry;
  const listed = now + 3 * DAY_MS;
  const freed = listed + 90_000;
  put({ registrar_deletes_at: now - 3_600_000, drops_at: freed });
  world.registry.publishedDrop = async () => ({ at: listed });
  await world.run(async () => {
    // Nothing is sent for a dry run: what is seen is what the watch saw.
    await world.reserve('rsv_1', NAME, { dryRun: true });
    await world.ended('rsv_1');
    const [end] = eventsOf('rsv_1', 'reservation.lost');
    expect(end?.data['reason']).toBe('dry_run');
    const lateMs = (end?.created.getTime() ?? 0) - freed;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(10_000);
  });
});
