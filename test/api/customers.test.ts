/** A customer erased: what was known of the person is gone from the whole store, and every timeline is as whole as before. */
import mongoose from 'mongoose';
import request from 'supertest';
import { storedKeys } from '../../api/auth.ts';
import { sealWith, storedTurns } from '../../api/idempotency.ts';
import { ownerOf } from '../../api/ids.ts';
import type { ReservationState } from '../../rules/reservation.ts';
import { keepAnswer, takeTurn } from '../../store/idempotency.ts';
import { findReservation, publishReservation, Reservations } from '../../store/reservations.ts';
import { verifyTimelines } from '../../store/timelines.ts';
import type { LeaveAnswer, LeaveRequest } from '../../workflows/messages.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { inRedemption } from '../mail/samples.ts';
import { asOperator, fakeEngine, SECRET, testApp } from './world.ts';

useEmptyStore();

const NOW = Date.UTC(2026, 2, 1);
const REGISTRANT = {
  name: 'Ada King',
  org: 'Analytical Engines Ltd',
  street: ['12 St James Square'],
  city: 'Marylebone',
  country: 'GB',
  phone: '+44.2079460000',
  email: 'registrant@lovelace.example',
};
const PERSON = {
  email: 'ada@lovelace.example',
  name: 'Ada Lovelace',
  locale: 'en-GB',
  time_zone: 'Europe/London',
};
const SAID = ['lovelace', 'Ada', 'en-GB', 'Analytical', 'Marylebone', 'St James', '2079460000', 'metadata-of-hers'];

/** An arbiter that lets everybody go, unless told otherwise; a reservation that leaves is published as its workflow would. */
class World {
  leaving: LeaveAnswer['kind'] = 'left';
  readonly left: LeaveRequest[] = [];
  readonly app = testApp({
    keys: storedKeys,
    turns: storedTurns,
    now: () => NOW,
    engine: fakeEngine({
      startReservation: async () => undefined,
      join: async () => undefined,
      placed: async () => ({ kind: 'pending' }),
      describeReservation: async () => undefined,
      describeDomain: async () => undefined,
      leave: async (_name, leave) => {
        if (this.leaving !== 'left') return { kind: this.leaving };
        this.left.push(leave);
        const outcome = { result: 'cancelled', reason: leave.by, at: NOW } as const;
        await publish(
          leave.reservation,
          { status: 'cancelled', outcome },
          { ...outcome, explanation: leave.explanation },
        );
        return { kind: 'left' };
      },
    }),
  });

  async registrar(mode: 'test' | 'live' = 'test', id?: string) {
    const of = id ?? (await request(this.app).post('/v1/registrars').set(asOperator).send({ name: 'North' })).body.id;
    const key = { name: 'k', mode, scopes: ['reservations'] };
    const { body } = await request(this.app).post(`/v1/registrars/${of}/keys`).set(asOperator).send(key).expect(201);
    return { id: of as string, client: new Client(this.app, { authorization: `Bearer ${body.secret}` }) };
  }

  get operator() {
    return new Client(this.app, asOperator);
  }
}

class Client {
  readonly #app: World['app'];
  readonly #auth: { authorization: string };

  constructor(app: World['app'], auth: { authorization: string }) {
    this.#app = app;
    this.#auth = auth;
  }

  reserve(domain: string, customer: string, key?: string) {
    const call = request(this.#app).post('/v1/reservations').set(this.#auth);
    if (key !== undefined) call.set('idempotency-key', key);
    return call.send({
      domain,
      customer: { id: customer, ...PERSON },
      registrant: REGISTRANT,
      budget: { amount: 20_000, currency: 'USD' },
      metadata: { note: 'metadata-of-hers' },
    });
  }

  cancel(id: string, key: string) {
    return request(this.#app)
      .post(`/v1/reservations/${id}/cancel`)
      .set(this.#auth)
      .set('idempotency-key', key)
      .send({});
  }

  erase(customer: string, query = '') {
    return request(this.#app)
      .delete(`/v1/customers/${encodeURIComponent(customer)}${query}`)
      .set(this.#auth);
  }

  async read(id: string) {
    return (await request(this.#app).get(`/v1/reservations/${id}`).set(this.#auth).expect(200)).body;
  }
}

async function publish(reservation: string, state: ReservationState, data: Record<string, unknown>): Promise<void> {
  const { seq = 0, rev = 0 } = (await findReservation(reservation)) ?? {};
  const entries = [{ type: `reservation.${state.status}`, at: NOW, data }];
  const whose = { reservation, registrar: String((await findReservation(reservation))?.registrar), livemode: false };
  await publishReservation({ ...whose, state, attention: null, firstSeq: seq + 1, entries, rev: rev + 1, at: NOW });
}

/** Everything stored, kept answers opened, as one text. */
async function wholeStore(): Promise<string> {
  const seal = sealWith(SECRET);
  const texts: string[] = [];
  for (const { name } of (await mongoose.connection.db?.listCollections().toArray()) ?? [])
    for (const doc of (await mongoose.connection.db?.collection(name).find().toArray()) ?? [])
      texts.push(JSON.stringify(doc), typeof doc['answer'] === 'string' ? seal.open(doc['answer']) : '');
  return texts.join('\n');
}

const found = async () => {
  const text = await wholeStore();
  return SAID.filter((word) => text.includes(word));
};

async function damage(): Promise<unknown[]> {
  const findings: unknown[] = [];
  for await (const one of verifyTimelines({ timelines: 0, events: 0 })) findings.push(one);
  return findings;
}

test('nothing of the person is left in the whole store, and the timelines are whole', async () => {
  const world = new World();
  const { client } = await world.registrar();
  const ended = (await client.reserve('ended.test', 'cus-7', 'k1').expect(202)).body;
  await publish(ended.id, { status: 'waiting', ordinal: 1, name: inRedemption }, { stage: 'redemption' });
  await client.cancel(ended.id, 'k2').expect(200);
  const waiting = (await client.reserve('waiting.test', 'cus-7', 'k3').expect(202)).body;
  await client.reserve('unnamed.test', 'cus-7').expect(202);
  expect(await found()).toEqual(SAID);

  expect((await client.erase('cus-7').expect(200)).body).toEqual({ id: 'cus-7', object: 'customer', deleted: true });
  expect(await found()).toEqual([]);
  expect(await damage()).toEqual([]);
  expect(world.left.slice(1)).toContainEqual({
    reservation: waiting.id,
    by: 'by_registrar',
    explanation: 'The customer was erased.',
  });
  for (const { id } of [ended, waiting])
    expect(await client.read(id)).toMatchObject({
      customer: { id: 'cus-7' },
      registrant: null,
      metadata: {},
      status: 'cancelled',
    });
});

test('erasing again answers the same; so does a request that was kept, without the person', async () => {
  const { client } = await new World().registrar();
  const first = (await client.reserve('again.test', 'cus-7', 'k1').expect(202)).body;
  const once = await client.erase('cus-7').expect(200);
  expect((await client.erase('cus-7').expect(200)).body).toEqual(once.body);
  const replayed = (await client.reserve('again.test', 'cus-7', 'k1').expect(201)).body;
  expect(replayed).toMatchObject({ id: first.id, status: 'cancelled', customer: { id: 'cus-7' }, registrant: null });
  expect(await found()).toEqual([]);
});

test('another customer, another registrar’s and the same one in the other mode keep what is theirs', async () => {
  const world = new World();
  const [north, south] = [await world.registrar(), await world.registrar()];
  const live = await world.registrar('live', north.id);
  await north.client.reserve('a.test', 'cus-7').expect(202);
  const others = [
    (await north.client.reserve('b.test', 'cus-8').expect(202)).body,
    (await south.client.reserve('c.test', 'cus-7').expect(202)).body,
    (await live.client.reserve('d.com', 'cus-7').expect(202)).body,
  ];
  await north.client.erase('cus-7').expect(200);
  for (const { id, customer } of others)
    expect(await world.operator.read(id)).toMatchObject({ status: 'placed', customer, registrant: REGISTRANT });
  await world.operator.erase('cus-7', `?registrar=${north.id}`).expect(200);
  expect(await world.operator.read(others[2].id)).toMatchObject({ customer: { id: 'cus-7' }, registrant: null });
  expect(await world.operator.read(others[1].id)).toMatchObject({ registrant: REGISTRANT });
});

test('an operator says whose customer it is; a registrar cannot', async () => {
  const world = new World();
  const { id, client } = await world.registrar();
  await client.reserve('a.test', 'cus/7 &').expect(202);
  expect((await world.operator.erase('cus/7 &').expect(422)).body).toMatchObject({ param: 'registrar' });
  expect((await world.operator.erase('cus/7 &', '?registrar=rgr_none').expect(404)).body.code).toBe(
    'registrar_not_found',
  );
  expect((await client.erase('cus/7 &', `?registrar=${id}`).expect(422)).body.code).toBe('unknown_parameter');
  expect((await client.erase('cus-7').expect(404)).body.code).toBe('customer_not_found');
  expect(await found()).not.toEqual([]);
  await world.operator.erase('cus/7 &', `?registrar=${id}`).expect(200);
  expect(await found()).toEqual([]);
  expect(world.left).toMatchObject([{ by: 'by_support' }]);
});

test('while a name is caught or awarded for the customer nobody is erased and nothing is cancelled', async () => {
  const world = new World();
  const { client } = await world.registrar();
  const waiting = (await client.reserve('a.test', 'cus-7').expect(202)).body;
  const catching = (await client.reserve('b.test', 'cus-7').expect(202)).body;
  for (const status of ['catching', 'standby'] as const) {
    await publish(catching.id, { status, ordinal: 1, name: inRedemption }, {});
    const { body } = await client.erase('cus-7').expect(409);
    expect(body).toMatchObject({ code: 'award_open', reservation: catching.id });
  }
  expect(world.left).toEqual([]);
  expect(await client.read(waiting.id)).toMatchObject({ status: 'placed', registrant: REGISTRANT });
});

test('a cut-off that passes meanwhile is an open award too', async () => {
  const world = new World();
  const { client } = await world.registrar();
  const { body } = await client.reserve('a.test', 'cus-7').expect(202);
  world.leaving = 'past_cutoff';
  expect((await client.erase('cus-7').expect(409)).body).toMatchObject({ code: 'award_open', reservation: body.id });
  expect(await found()).toEqual(SAID);
});

test('a request that is running while its customer is erased keeps no answer', async () => {
  const { id, client } = await new World().registrar();
  await client.reserve('a.test', 'cus-7').expect(202);
  const turn = await takeTurn('running', 'body', new Date(NOW), ownerOf(SECRET, id, false, 'cus-7'));
  await client.erase('cus-7').expect(200);
  await keepAnswer('running', turn.kind === 'mine' ? turn.fence : '', sealWith(SECRET).seal('ada@lovelace.example'));
  expect(await found()).toEqual([]);
  expect(await Reservations.countDocuments()).toBe(1);
});
