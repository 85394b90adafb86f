/** The registration of a won name, and its authInfo: shown once, however the registry answers, and kept nowhere. */
import mongoose from 'mongoose';
import request from 'supertest';
import { OutcomeUnknown, RegistryUnreachable } from '../../registry/gateway.ts';
import type { Inquiry } from '../../registry/inquiries.ts';
import type { Delivery } from '../../rules/after-award.ts';
import { usd } from '../../rules/money.ts';
import type { Outcome } from '../../rules/reservation.ts';
import { confirmRegistration, findCatch, intendCatch, recordCaught, settleAward } from '../../store/domains.ts';
import { erasePerson } from '../../store/erasure.ts';
import { insertReservation, publishReservation } from '../../store/reservations.ts';
import { ended, reservation } from '../mail/samples.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { asOperator, bearer, fakeInquiries, fakeInquiry, testApp } from './world.ts';

useEmptyStore();

const AT = Date.parse('2026-02-28T18:00:00.000Z');
const ID = 'rsv_won';
const CATCH = 'flower-shop.test#D1-TEST';
const caught = { roid: 'D2-TEST', sponsor: 'backorder', registeredAt: AT, expiresAt: AT + 31_536_000_000 };
const delivered: Delivery = { status: 'delivered', why: 'no_restore_rights' };
const won = (over: Partial<Extract<Outcome, { result: 'won' }>> = {}): Outcome => {
  const { sponsor: registeredTo, ...dates } = caught;
  const rest = { price: usd(6_900), registeredTo, ...dates, delivery: delivered, ...over };
  return { result: 'won', reason: 'first_in_order', at: AT, ...rest };
};

async function awarded(outcome: Outcome = won()): Promise<void> {
  const domain = { name: 'flower-shop.test', unicode: 'flower-shop.test', tld: 'test' };
  await insertReservation(
    reservation({ ...{ _id: ID, registrar: 'rgr_north', livemode: false, domain }, seq: 0, rev: 0, head: null }),
  );
  const of = { reservation: ID, registrar: 'rgr_north', livemode: false, state: ended(outcome), attention: null };
  await publishReservation({ ...of, firstSeq: 1, entries: [], rev: 1, at: AT });
  const intent = { name: domain.name, registry: 'sandbox', roid_before: 'D1-TEST', cltrid_prefix: 'bk-1' };
  await intendCatch({ _id: CATCH, ...intent, started: new Date(AT) });
  await recordCaught(CATCH, caught);
  await settleAward(CATCH, ID);
  await confirmRegistration(CATCH, { nameservers: ['ns1.won.test'], registrant: 'HANDLE-1', at: AT + 1_000 });
}

/** A registry that remembers the authInfo it was given last, unless it is told to do otherwise. */
function registry(answer: () => Promise<{ code: number }> = async () => ({ code: 1000 })) {
  let known = '';
  const sent: string[] = [];
  const inquiry = fakeInquiry({
    setAuthInfo: async (_name, authInfo, clTRID) => {
      sent.push(clTRID);
      const told = await answer();
      if (told.code === 1000) known = authInfo;
      return told;
    },
    hasAuthInfo: async (_name, authInfo) => known === authInfo,
  });
  return { inquiry, sent, lose: (authInfo: string) => (known = authInfo) };
}
const path = `/v1/reservations/${ID}/registration`;
const ask = (inquiry: Inquiry) =>
  request(testApp({ inquiries: fakeInquiries({ test: inquiry }) }))
    .post(`${path}/auth_info`)
    .set(bearer('north'));
const show = () => request(testApp()).get(path).set(bearer('reader'));
const said = ({ status, body }: { status: number; body: { code?: string } }) => `${status} ${body.code ?? 'ok'}`;

/** All that is stored, as text. */
async function stored(): Promise<string> {
  const all = await Promise.all(Object.values(mongoose.models).map((model) => model.find({}).lean()));
  return JSON.stringify(all);
}

test('what info confirmed is shown, also to operators, and of nobody else’s reservation', async () => {
  await awarded();
  const { status, body } = await show();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ object: 'registration', reservation: ID, roid: 'D2-TEST', sponsor: 'backorder', registrant: 'HANDLE-1' },
    ...{ registered_at: '2026-02-28T18:00:00.000Z', expires_at: '2027-02-28T18:00:00.000Z', delivery: delivered },
    ...{ nameservers: ['ns1.won.test'], confirmed_at: '2026-02-28T18:00:01.000Z', taken_back: null },
  });
  expect(said(await request(testApp()).get(path).set(asOperator))).toBe('200 ok');
  expect(said(await request(testApp()).get(path.replace(ID, 'rsv_none')).set(asOperator))).toBe(
    '404 reservation_not_found',
  );
  await erasePerson({ registrar: 'rgr_north', livemode: false, customer: 'cus-7' }, 'own_1');
  expect((await show()).body).toMatchObject({ registrant: null, roid: 'D2-TEST' });
});

test('shown once: on record first, confirmed, in no document', async () => {
  await awarded();
  const { inquiry, sent } = registry();
  const { body } = await ask(inquiry);
  expect(body).toMatchObject({ object: 'auth_info', domain: 'flower-shop.test', auth_info: expect.any(String) });
  expect(await inquiry.hasAuthInfo('flower-shop.test', body.auth_info)).toBe(true);
  expect((await findCatch(CATCH))?.commands).toMatchObject([{ cltrid: sent[0], command: 'domain:update' }]);
  expect(said(await ask(inquiry))).toBe('409 auth_info_shown');
  expect(sent).toHaveLength(1);
  expect(await stored()).not.toContain(body.auth_info);
  expect((await show()).body.auth_info.shown_at).not.toBeNull();
});

test('two who ask at once: one is shown it', async () => {
  await awarded();
  const { inquiry } = registry();
  const all = (await Promise.all([ask(inquiry), ask(inquiry), ask(inquiry)])).map(said);
  expect(all.filter((one) => one === '200 ok')).toHaveLength(1);
  for (const other of all.filter((one) => one !== '200 ok'))
    expect(other).toMatch(/^409 auth_info_(in_progress|shown)$/);
});

test('an answer that was lost is asked for: set, it is shown; not set, it is sent again', async () => {
  await awarded();
  let lost = 1;
  const { inquiry, sent } = registry(async () => {
    if (lost-- > 0) throw new OutcomeUnknown('lost');
    return { code: 1000 };
  });
  expect(said(await ask(inquiry))).toBe('200 ok');
  expect(new Set(sent).size).toBe(2);
});

test.each<[string, () => Promise<{ code: number }>, string]>([
  ['refuses it', async () => ({ code: 2304 }), '409 auth_info_refused'],
  ['is out of reach', () => Promise.reject(new RegistryUnreachable('away')), '503 registry_unavailable'],
  ['never answers', () => Promise.reject(new OutcomeUnknown('lost')), '503 registry_unavailable'],
  ['takes it and does not show it', async () => ({ code: 1001 }), '503 registry_unavailable'],
])('where the registry %s nothing is shown, and whoever asks again need not wait', async (_what, answer, problem) => {
  await awarded();
  expect(said(await ask(registry(answer).inquiry))).toBe(problem);
  expect((await show()).body.auth_info.shown_at).toBeNull();
  expect(said(await ask(registry().inquiry))).toBe('200 ok');
});

test.each<[string, Outcome, string]>([
  ['held', won({ delivery: { status: 'held', deliverAt: AT, why: 'restore_rights' } }), '409 delivery_held'],
  ['taken back', won({ takenBack: { at: AT, why: 'gone', refunded: usd(6_900) } }), '409 taken_back'],
  ['not won', { result: 'lost', reason: 'outbid', at: AT }, '409 not_won'],
])('where it is %s the registry is not even asked', async (_what, outcome, problem) => {
  await awarded(outcome);
  const { inquiry, sent } = registry();
  expect(said(await ask(inquiry))).toBe(problem);
  expect(sent).toEqual([]);
});
