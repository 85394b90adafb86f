/** A registrar's notices: whoever takes them itself has an address, and the page they link to is one to send a reader to. */
import request from 'supertest';
import { useEmptyStore } from '../store/mongo.ts';
import { asOperator, testApp } from './world.ts';

useEmptyStore();

const app = testApp();
const make = (notices: object) => request(app).post('/v1/registrars').set(asOperator).send({ name: 'North', notices });
const change = (id: string, notices: object) =>
  request(app).patch(`/v1/registrars/${id}`).set(asOperator).send({ notices });

const DESK = 'desk@north.test';
const NO_ADDRESS = {
  status: 422,
  code: 'invalid_parameter',
  param: 'notices.reply_to',
};

test.each([{ to: 'registrar' }, { to: 'registrar', reply_to: null }])(
  'a registrar that takes its notices itself has an address: not %p',
  async (notices) => {
    const { body } = await make(notices);
    expect(body).toMatchObject(NO_ADDRESS);
    expect(JSON.stringify(body)).toContain('the notices go there');
  },
);

test.each([
  ['takes them itself', { to: 'customer' }, { to: 'registrar' }, false],
  ['takes them itself, with an address', {}, { to: 'registrar', reply_to: DESK }, true],
  ['takes them itself, with its address of before', { reply_to: DESK }, { to: 'registrar' }, true],
  ['takes them itself, and gives its address up', { reply_to: DESK }, { to: 'registrar', reply_to: null }, false],
  ['gives up the address they go to', { to: 'registrar', reply_to: DESK }, { reply_to: null }, false],
  ['gives up both', { to: 'registrar', reply_to: DESK }, { to: 'customer', reply_to: null }, true],
  ['gives up an address they do not go to', { to: 'nobody', reply_to: DESK }, { reply_to: null }, true],
  ['changes its name alone', { to: 'registrar', reply_to: DESK }, { from_name: 'North' }, true],
] as const)('one that then %s is changed only if they still go somewhere', async (_what, first, then, isTaken) => {
  const { body: made } = await make(first).expect(201);
  const { status, body } = await change(made.id, then);
  const stored = (await request(app).get(`/v1/registrars/${made.id}`).set(asOperator)).body.notices;
  if (isTaken) expect([status, stored]).toEqual([200, { ...made.notices, ...then }]);
  else {
    expect(body).toMatchObject(NO_ADDRESS);
    expect(JSON.stringify(body)).toContain('the notices go there');
    expect(stored).toEqual(made.notices);
  }
});

test('of two changes at once, one that relies on the address and one that gives it up, one is refused', async () => {
  const { body: made } = await make({ reply_to: DESK }).expect(201);
  const both = await Promise.all([change(made.id, { to: 'registrar' }), change(made.id, { reply_to: null })]);
  expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 422]);
});

test('a registrar nobody knows is not said to lack an address', async () => {
  expect((await change('rgr_nobody', { to: 'registrar' })).body.code).toBe('registrar_not_found');
});

test.each([
  ['https://north.test/act?lang=en', 201],
  ['http://north.test/act', 422],
  ['http://localhost:8080/act', 422],
  ['https://ada:secret@north.test/', 422],
  ['https://ada@north.test/', 422],
  ['https://north.test@evil.test/', 422],
  ['javascript:alert(1)', 422],
  ['north.test/act', 422],
])('a mail may send its reader to %s: %s', async (act_url, status) => {
  const answer = await make({ act_url });
  expect(answer.status).toBe(status);
  if (status === 201) expect(answer.body.notices.act_url).toBe(act_url);
  else expect(answer.body).toMatchObject({ code: 'invalid_parameter', param: 'notices.act_url' });
});
