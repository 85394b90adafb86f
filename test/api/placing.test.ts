/** Placing reservations against a real store, with an engine that can be taken away at each step. */
import mongoose from 'mongoose';
import request from 'supertest';
import { storedKeys } from '../../api/auth.ts';
import { AuctionFeed } from '../../api/auction-feed.ts';
import { storedTurns } from '../../api/idempotency.ts';
import { sweepUnaccepted } from '../../api/sweep.ts';
import { EngineUnavailable } from '../../api/temporal.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import { standing, type Claim } from '../../rules/queue.ts';
import type { NameView } from '../../rules/reservation.ts';
import { giveBack, LEASE_MS, takeTurn } from '../../store/idempotency.ts';
import { publishReservation, Reservations } from '../../store/reservations.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { asOperator, fakeAuctions, fakeEngine, fakeInquiries, noWords, SECRET, testApp, unknownDns } from './world.ts';

useEmptyStore();

const view: NameView = {
  stage: 'registered',
  seenAt: 0,
  expiresAt: Date.UTC(2026, 3),
  next: { what: 'expiry', at: Date.UTC(2026, 3) },
};

/** An arbiter in memory; each step can be made to fail. */
class World {
  readonly claims = new Map<string, Claim[]>();
  readonly started = new Set<string>();
  /** Whose customer has another reservation, and which. */
  readonly refused = new Map<string, string>();
  failing: 'start' | 'join' | undefined;
  now = Date.UTC(2026, 2, 1);
  readonly app = testApp({ keys: storedKeys, turns: storedTurns, now: () => this.now, engine: this.#engine() });

  #engine() {
    const fail = (step: World['failing']) => {
      if (this.failing === step) throw new EngineUnavailable('down');
    };
    return fakeEngine({
      startReservation: async ({ id }) => {
        fail('start');
        this.started.add(id);
      },
      join: async ({ name }, join) => {
        fail('join');
        const claims = this.claims.get(name) ?? [];
        if (claims.some(({ reservation }) => reservation === join.reservation)) return;
        const same = claims.find(({ owner }) => owner === join.owner);
        if (same) return void this.refused.set(join.reservation, same.reservation);
        this.claims.set(name, [...claims, { ...join, ordinal: claims.length + 1 }]);
      },
      placed: async (name, reservation) => {
        const place = standing(this.claims.get(name) ?? [], reservation);
        if (place) return { kind: 'placed', name: view, ...place };
        const holder = this.refused.get(reservation);
        return holder
          ? { kind: 'refused', code: 'already_reserved', reservation: holder }
          : { kind: 'refused', code: 'premium' };
      },
      describeReservation: async () => undefined,
      describeDomain: async () => undefined,
      stateOf: async (id) => (this.started.has(id.slice('reservation:'.length)) ? 'running' : 'none'),
    });
  }

  /** What the workflow would publish. */
  async end(id: string): Promise<void> {
    for (const [name, claims] of this.claims)
      this.claims.set(
        name,
        claims.filter(({ reservation }) => reservation !== id),
      );
    const state = {
      status: 'lost' as const,
      outcome: { result: 'lost' as const, reason: 'behind_in_order' as const, at: 0 },
    };
    const seen = { reservation: id, registrar: 'rgr_1', livemode: false, attention: null, firstSeq: 1, rev: 2, at: 0 };
    await publishReservation({
      ...seen,
      state,
      entries: [{ type: 'reservation.lost', at: 0, data: { from: 'registered' } }],
    });
  }

  async registrar(name: string): Promise<Client> {
    const made = await request(this.app).post('/v1/registrars').set(asOperator).send({ name }).expect(201);
    const path = `/v1/registrars/${made.body.id}/keys`;
    const key = { name: 'k', mode: 'test', scopes: ['reservations'] };
    const { body } = await request(this.app).post(path).set(asOperator).send(key).expect(201);
    return new Client(this.app, body.secret, `${path}/${body.id}`);
  }
}

class Client {
  readonly #app: World['app'];
  readonly secret: string;
  readonly keyPath: string;

  constructor(app: World['app'], secret: string, keyPath: string) {
    this.#app = app;
    this.secret = secret;
    this.keyPath = keyPath;
  }

  reserve(customer: string, { key, ...over }: { key?: string; [field: string]: unknown } = {}) {
    const call = request(this.#app).post('/v1/reservations').set('authorization', `Bearer ${this.secret}`);
    if (key !== undefined) call.set('idempotency-key', key);
    const budget = { amount: 20_000, currency: 'USD' };
    return call.send({
      domain: 'bücher.test',
      customer: { id: customer, email: 'ada@customer.test' },
      budget,
      ...over,
    });
  }

  get(path: string) {
    return request(this.#app).get(path).set('authorization', `Bearer ${this.secret}`);
  }
}

test('a reservation is answered with its place, and read back from the store while nobody answers', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const first = await north.reserve('cus-1').expect(201);
  expect(first.body).toMatchObject({
    object: 'reservation',
    livemode: false,
    domain: { name: 'xn--bcher-kva.test', unicode: 'bücher.test', tld: 'test' },
    status: 'waiting',
    stage: 'registered',
    position: 1,
    competitors: 0,
    expires_at: '2026-04-01T00:00:00.000Z',
    next: { what: 'expiry', at: '2026-04-01T00:00:00.000Z' },
    workflow: `reservation:${first.body.id}`,
  });
  expect(first.headers['location']).toBe(`/v1/reservations/${first.body.id}`);
  const second = await north.reserve('cus-2').expect(201);
  expect(second.body).toMatchObject({ position: 2, competitors: 1 });
  const read = await north.get(`/v1/reservations/${first.body.id}`).expect(200);
  expect(read.body).toMatchObject({ status: 'placed', as_of: '2026-03-01T00:00:00.000Z' });
});

test('a registrar sees its own: another’s is as if it were not there', async () => {
  const world = new World();
  const [north, south] = [await world.registrar('North'), await world.registrar('South')];
  const { body } = await north.reserve('cus-1').expect(201);
  const [missing, foreign] = await Promise.all(
    ['rsv_0', body.id as string].map((id) => south.get(`/v1/reservations/${id}`).expect(404)),
  );
  expect({ ...foreign?.body, instance: '', request_id: '' }).toEqual({
    ...missing?.body,
    instance: '',
    request_id: '',
  });
  expect((await south.get('/v1/reservations')).body.data).toEqual([]);
  await request(world.app).get(`/v1/reservations/${body.id}`).set(asOperator).expect(200);
});

test('asked by Prefer, the place follows later', async () => {
  const north = await new World().registrar('North');
  const answer = await north.reserve('cus-1').set('prefer', 'respond-async').expect(202);
  expect(answer.headers['preference-applied']).toBe('respond-async');
  expect(answer.body).toMatchObject({ status: 'placed', position: null });
});

test('the same customer and name twice: 409 with the first one’s id, until that has ended', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const first = await north.reserve('cus-1').expect(201);
  const again = await north.reserve('cus-1').expect(409);
  expect(again.body).toMatchObject({ code: 'already_reserved', reservation: first.body.id });
  await world.end(first.body.id);
  await north.reserve('cus-1').expect(201);
});

test('fifty equal requests at once are one reservation, and all later ones get its answer', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const answers = await Promise.all(Array.from({ length: 50 }, () => north.reserve('cus-1', { key: 'k1' })));
  const codes = new Set(answers.map(({ status, body }) => `${status} ${body.code ?? body.id}`));
  codes.delete('409 idempotency_in_progress');
  expect(codes.size).toBe(1);
  const replayed = await north.reserve('cus-1', { key: 'k1' }).expect(201);
  expect(replayed.headers).toMatchObject({
    'idempotency-replayed': 'true',
    location: `/v1/reservations/${replayed.body.id}`,
  });
  expect(await Reservations.countDocuments()).toBe(1);
  expect((await north.reserve('cus-2', { key: 'k1' }).expect(422)).body.code).toBe('idempotency_key_reused');
});

test('refusals are kept too; the key of another registrar is another key', async () => {
  const world = new World();
  const [north, south] = [await world.registrar('North'), await world.registrar('South')];
  await north.reserve('cus-1', { key: 'k', domain: 'com' }).expect(422);
  const again = await north.reserve('cus-1', { key: 'k', domain: 'com' }).expect(422);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.body.code).toBe('public_suffix');
  await south.reserve('cus-1', { key: 'k' }).expect(201);
});

test.each(['start', 'join'] as const)(
  'an outage at %s: 503, and the same key completes the same reservation, however long it waits',
  async (step) => {
    const world = new World();
    const north = await world.registrar('North');
    const asked = { key: 'k1', wait_until: new Date(world.now + 60_000).toISOString() };
    world.failing = step;
    const failed = await north.reserve('cus-1', asked).expect(503);
    expect(failed.body.code).toBe('engine_unavailable');
    world.failing = undefined;
    world.now += 120_000;
    expect((await north.reserve('cus-2', { key: 'k1' }).expect(422)).body.code).toBe('idempotency_key_reused');
    const done = await north.reserve('cus-1', asked).expect(201);
    expect(done.headers['idempotency-replayed']).toBeUndefined();
    expect(done.body.position).toBe(1);
    expect(await Reservations.countDocuments()).toBe(1);
  },
);

test('what was never accepted stands in nobody’s way, and is swept', async () => {
  const world = new World();
  const north = await world.registrar('North');
  world.failing = 'start';
  await north.reserve('cus-1').expect(503);
  world.failing = undefined;
  const done = await north.reserve('cus-1').expect(201);
  world.now += 120_000;
  const policies = loadPolicies({ BACKORDER_POLICIES: undefined });
  const deps = {
    policies,
    engine: fakeEngine({ stateOf: async (id) => (id.endsWith(done.body.id) ? 'running' : 'none') }),
    auctions: fakeAuctions(),
    feed: new AuctionFeed(),
    inquiries: fakeInquiries(),
    words: noWords,
    dnsOf: unknownDns,
  };
  expect(
    await sweepUnaccepted({ ...deps, secret: SECRET, registries: [], sandbox: undefined, now: () => world.now }),
  ).toBe(1);
  expect((await Reservations.find().lean()).map(({ _id }) => _id)).toEqual([done.body.id]);
});

test('a try that reached the engine is never refused by halves: another came between, and the arbiter says which is first', async () => {
  const world = new World();
  const north = await world.registrar('North');
  world.failing = 'join';
  await north.reserve('cus-1', { key: 'first' }).expect(503);
  world.failing = undefined;
  const { body: between } = await north.reserve('cus-1').expect(201);
  const again = await north.reserve('cus-1', { key: 'first' }).expect(409);
  expect(again.body).toMatchObject({ code: 'already_reserved', reservation: between.id });
  // The workflow of the first try runs, so that refusal is its own outcome, and not only an answer.
  expect([...world.refused]).toEqual([[expect.stringMatching(/^rsv_/), between.id]]);
  expect(world.started).toContain([...world.refused.keys()][0]);
});

test('a dead process does not hold the key: its lease runs out, and one of those who wait goes on', async () => {
  const now = new Date('2026-03-01T00:00:00Z');
  const later = new Date(now.getTime() + LEASE_MS + 1);
  expect((await takeTurn('id', 'body', now)).kind).toBe('mine');
  expect((await takeTurn('id', 'body', now)).kind).toBe('in_progress');
  expect((await takeTurn('id', 'other', later)).kind).toBe('reused');
  const turns = await Promise.all(Array.from({ length: 10 }, () => takeTurn('id', 'body', later)));
  const mine = turns.filter((turn) => turn.kind === 'mine');
  expect(mine).toHaveLength(1);
  await giveBack('id', mine[0]?.fence ?? '');
  expect((await takeTurn('id', 'body', later)).kind).toBe('mine');
  const forgotten = new Date(now.getTime() + 31 * 86_400_000);
  expect((await takeTurn('id', 'other', forgotten)).kind).toBe('mine');
});

test('lists go on where the page before ended, filtered, newest first', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const ids: string[] = [];
  for (const customer of ['a', 'b', 'c']) {
    ids.unshift((await north.reserve(customer)).body.id);
    world.now += customer === 'a' ? 0 : 1_000;
  }
  const page = await north.get('/v1/reservations?limit=2&domain=BÜCHER.test').expect(200);
  const next = await north.get(`/v1/reservations?limit=2&cursor=${page.body.next_cursor}`).expect(200);
  expect([page.body.has_more, next.body.has_more]).toEqual([true, false]);
  const listed = [...page.body.data, ...next.body.data].map(({ id }: { id: string }) => id);
  expect(listed.toSorted()).toEqual(ids.toSorted());
  expect(listed[0]).toBe(ids[0]);
  expect((await north.get('/v1/reservations?customer=b')).body.data.map(({ id }: { id: string }) => id)).toEqual([
    ids[1],
  ]);
  for (const [query, code] of [
    ['limit=0', 'invalid_parameter'],
    ['cursor=x', 'invalid_parameter'],
    ['status=sleeping', 'invalid_parameter'],
    ['email=a@b.test', 'unknown_parameter'],
    ['colour=red', 'unknown_parameter'],
  ])
    expect((await north.get(`/v1/reservations?${query}`).expect(422)).body.code).toBe(code);
});

test('a key is shown once, and opens nothing once revoked; a rolled one may overlap its successor', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const listed = await request(world.app)
    .get(north.keyPath.replace(/\/key_.*/, ''))
    .set(asOperator)
    .expect(200);
  expect(JSON.stringify(listed.body)).not.toContain(north.secret);
  const roll = `${north.keyPath}/roll`;
  const rolled = await request(world.app).post(roll).set(asOperator).send({ overlap_s: 60 }).expect(201);
  const successor = new Client(world.app, rolled.body.secret, '');
  await north.get('/v1/tlds').expect(200);
  await successor.get('/v1/tlds').expect(200);
  world.now += 60_000;
  await north.get('/v1/tlds').expect(401);
  const path = north.keyPath.replace(/key_.*/, rolled.body.id);
  expect((await request(world.app).delete(path).set(asOperator).expect(200)).body.revoked).not.toBeNull();
  await successor.get('/v1/tlds').expect(401);
});

test('a secret that was shown is shown again to the same request, and lies in no collection', async () => {
  const world = new World();
  const { keyPath } = await world.registrar('North');
  const make = () =>
    request(world.app)
      .post(keyPath.replace(/\/key_.*/, ''))
      .set({ ...asOperator, 'idempotency-key': 'k' })
      .send({ name: 'k', mode: 'test', scopes: ['read'] });
  const first = await make().expect(201);
  expect((await make()).body).toEqual(first.body);
  for (const model of Object.values(mongoose.models))
    expect(JSON.stringify(await model.find().lean())).not.toContain(first.body.secret);
});

test('a registrar’s limit of open reservations, and its suspension', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const path = north.keyPath.replace(/\/keys.*/, '');
  const change = (to: object) => request(world.app).patch(path).set(asOperator).send(to).expect(200);
  await change({ max_open: 1, notices: { from_name: 'North Domains' } });
  await north.reserve('a').expect(201);
  expect((await north.reserve('b').expect(422)).body.code).toBe('too_many_claims');
  const changed = await change({ max_open: null, suspended: true });
  expect(changed.body.notices).toMatchObject({ to: 'customer', from_name: 'North Domains' });
  expect((await north.reserve('b').expect(403)).body.code).toBe('registrar_suspended');
});

test('the timeline has instants and says what was before', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const { body } = await north.reserve('a').expect(201);
  await world.end(body.id);
  const events = await north.get(`/v1/reservations/${body.id}/events?after=0`).expect(200);
  expect(events.body.data).toEqual([
    expect.objectContaining({
      object: 'event',
      type: 'reservation.lost',
      seq: 1,
      created: '1970-01-01T00:00:00.000Z',
      data: { object: {}, previous: { stage: 'registered' } },
    }),
  ]);
  expect((await north.get(`/v1/reservations/${body.id}/events?after=1`)).body.data).toEqual([]);
});

test('a change is made field by field, until the end', async () => {
  const world = new World();
  const north = await world.registrar('North');
  const { body } = await north.reserve('a', { metadata: { order: '7', note: 'x' } }).expect(201);
  const path = `/v1/reservations/${body.id}`;
  const patch = (to: object) => request(world.app).patch(path).set('authorization', `Bearer ${north.secret}`).send(to);
  const changed = await patch({ metadata: { note: null, more: 'y' }, customer: { name: 'Ada' } }).expect(200);
  expect(changed.body.metadata).toEqual({ order: '7', more: 'y' });
  expect(changed.body.customer).toEqual({ id: 'a', email: 'ada@customer.test', name: 'Ada' });
  expect((await patch({ budget: { amount: 1, currency: 'USD' } }).expect(422)).body.code).toBe('budget_below_price');
  await world.end(body.id);
  expect((await patch({ metadata: {} }).expect(409)).body.code).toBe('reservation_ended');
  const cancel = request(world.app).post(`${path}/cancel`).set('authorization', `Bearer ${north.secret}`);
  expect((await cancel.expect(409)).body.code).toBe('reservation_ended');
});
