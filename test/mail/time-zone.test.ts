/** The customer's time zone: taken, changed, shown, and gone with the customer. Beside it, whether an answer of 202 is remembered. */
import { randomUUID } from 'node:crypto';
import { changeBody, createBody } from '../../api/routes/reservation-schemas.ts';
import { reservationView } from '../../api/views.ts';
import { erasePerson } from '../../store/erasure.ts';
import { acceptUnplaced, changeReservation } from '../../store/reservation-queries.ts';
import { findReservation, insertReservation, publishReservation } from '../../store/reservations.ts';
import { useStore } from '../store/mongo.ts';
import { ended, reservation } from './samples.ts';

useStore();

const body = (time_zone: unknown) => ({
  domain: 'example.test',
  customer: { id: 'cus-7', time_zone },
  budget: { amount: 6_900, currency: 'USD' },
});

test.each(['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5'])(
  'the time zone %s is taken',
  (zone) => {
    expect(createBody.parse(body(zone)).customer.time_zone).toBe(zone);
    expect(changeBody.parse({ customer: { time_zone: zone } }).customer?.time_zone).toBe(zone);
  },
);

test.each(['+02:00', 'Berlin', 'Europe/Berlin ', 'Mars/Olympus', '', 2, null, 'x'.repeat(100)])(
  'the time zone %j is none',
  (zone) => {
    expect(createBody.safeParse(body(zone)).success).toBe(false);
    expect(changeBody.safeParse({ customer: { time_zone: zone } }).success).toBe(false);
  },
);

async function stored(customer: string) {
  const doc = reservation({ _id: `rsv_${randomUUID().replaceAll('-', '')}`, rev: 0, seq: 0, head: null });
  await insertReservation({ ...doc, customer: { id: customer, email: 'ada@customer.test' } });
  return doc;
}

test('a time zone changed later is shown, and is erased with the person', async () => {
  const customer = `cus-${randomUUID()}`;
  const { _id: id, registrar, livemode } = await stored(customer);
  const changed = await changeReservation(id, { customer: { time_zone: 'Asia/Tokyo' } });
  expect(changed && reservationView(changed).customer).toEqual({
    id: customer,
    email: 'ada@customer.test',
    time_zone: 'Asia/Tokyo',
  });
  await erasePerson({ registrar, livemode, customer }, 'own_1');
  expect((await findReservation(id))?.customer).toEqual({ id: customer });
});

test('that it was accepted before its place was known is remembered, unless it had ended by then', async () => {
  const { _id: id } = await stored('cus-8');
  expect(await acceptUnplaced(id)).toMatchObject({ _id: id, accepted_unplaced: true });
  const { _id: refused, registrar, livemode } = await stored('cus-9');
  const state = ended({ result: 'rejected', reason: 'premium', at: 0 });
  const published = { reservation: refused, registrar, livemode, state, attention: null, firstSeq: 1, entries: [] };
  await publishReservation({ ...published, rev: 1, at: 0 });
  expect(await acceptUnplaced(refused)).toBeNull();
  expect((await findReservation(refused))?.accepted_unplaced).toBeUndefined();
});
