/** The record of what was mailed, on a real store: one attempt at a time, sent once. */
import { randomUUID } from 'node:crypto';
import { createNotifier } from '../../mail/deliver.ts';
import { createMailer, type Mailer } from '../../mail/transport.ts';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { usd } from '../../rules/money.ts';
import type { NameView } from '../../rules/reservation.ts';
import { beginAuction } from '../../store/auctions.ts';
import {
  claimDelivery,
  deliveryStore,
  findDelivery,
  LEASE_MS,
  loadTold,
  markFailed,
  markOvertaken,
  markSent,
  type Numbered,
} from '../../store/deliveries.ts';
import { eventId, insertReservation, publishReservation } from '../../store/reservations.ts';
import { useStore } from '../store/mongo.ts';
import { inRedemption, reservation } from './samples.ts';
import { nobodyThere, startInbox } from './smtp.ts';

useStore();

const NOW = Date.parse('2026-03-14T09:00:00Z');
const RESERVATION = 'rsv_1';
const anEvent = (): Numbered => ({ _id: `evt_${randomUUID()}`, seq: 1 });

test('what was sent is never sent again, even long after', async () => {
  const event = anEvent();
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW)).toEqual({ kind: 'claimed', attempt: 1 });
  await markSent(event._id, 'mail', null, NOW + 1);
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW + 100 * LEASE_MS)).toEqual({
    kind: 'settled',
    status: 'sent',
  });
  await markFailed(event._id, 'mail', 1, { error: 'ESOCKET', permanent: false });
  expect(await findDelivery(event._id, 'mail')).toMatchObject({ status: 'sent', sent: new Date(NOW + 1), attempts: 1 });
});

test('of twenty that want to send one event at once, one does', async () => {
  const event = anEvent();
  const claims = await Promise.all(Array.from({ length: 20 }, () => claimDelivery(RESERVATION, event, 'mail', NOW)));
  expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  expect(claims.filter(({ kind }) => kind === 'busy')).toHaveLength(19);
});

test('an attempt that died midway is made again once its lease is over, by one', async () => {
  const event = anEvent();
  await claimDelivery(RESERVATION, event, 'mail', NOW);
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW + LEASE_MS - 1)).toEqual({ kind: 'busy' });
  const claims = await Promise.all(
    Array.from({ length: 10 }, () => claimDelivery(RESERVATION, event, 'mail', NOW + LEASE_MS)),
  );
  expect(claims.filter(({ kind }) => kind === 'claimed')).toEqual([{ kind: 'claimed', attempt: 2 }]);
});

test.each([
  [false, 'failed'],
  [true, 'refused'],
])('after a failure (permanent: %s) the next attempt need not wait', async (permanent, status) => {
  const event = anEvent();
  await claimDelivery(RESERVATION, event, 'mail', NOW);
  await markFailed(event._id, 'mail', 1, { error: 'EENVELOPE 550', permanent });
  expect(await findDelivery(event._id, 'mail')).toMatchObject({ status, error: 'EENVELOPE 550' });
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW)).toEqual({ kind: 'claimed', attempt: 2 });
});

test('an attempt that was overtaken ends nobody else’s lease by failing, and everybody’s by having sent', async () => {
  const event = anEvent();
  await claimDelivery(RESERVATION, event, 'mail', NOW);
  await claimDelivery(RESERVATION, event, 'mail', NOW + LEASE_MS);
  await markFailed(event._id, 'mail', 1, { error: 'ETIMEDOUT', permanent: false });
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW + LEASE_MS)).toEqual({ kind: 'busy' });
  await markSent(event._id, 'mail', null, NOW + LEASE_MS);
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW + 2 * LEASE_MS)).toEqual({
    kind: 'settled',
    status: 'sent',
  });
});

test('a publication that is repeated mails its events once, and a later delivery finds it done', async () => {
  const id = `rsv_${randomUUID().replaceAll('-', '')}`;
  const { open, status, stage, ordinal, state, seq, rev, attention, as_of, ...request } = reservation({ _id: id });
  void [open, status, stage, ordinal, seq, rev, as_of];
  await insertReservation(request);
  const publication = {
    registrar: 'rgr_1',
    livemode: false,
    reservation: id,
    state,
    attention,
    firstSeq: 1,
    entries: [
      { type: 'reservation.placed', at: NOW, data: { stage: 'redemption' } },
      { type: 'observation.seen', at: NOW, data: {} },
    ],
    rev: 1,
    at: NOW,
  };
  const inbox = await startInbox();
  const mailer = createMailer({ smtpUrl: inbox.url, MAIL_FROM: 'backorders@registrar.test' });
  const settings = { to: 'customer' } as const;
  const notifier = createNotifier({ mailer, store: deliveryStore, settingsOf: async () => settings });
  try {
    for (let time = 0; time < 3; time++) {
      const published = await publishReservation(publication);
      if (!published) throw new Error('the store lost it');
      expect(await notifier.notify(published.doc, published.events)).toEqual({ undelivered: [] });
    }
    const sent = `evt_${id.slice(4)}0001`;
    expect(inbox.received.map(({ parsed }) => parsed.messageId)).toEqual([`<${sent}@registrar.test>`]);
    expect(inbox.received[0]?.parsed.text).toContain('13 April 2026');
    expect(await notifier.deliver(sent)).toBe('already');
    expect(await notifier.deliver(`evt_${id.slice(4)}0002`)).toBe('nothing_to_send');
    await expect(notifier.deliver('evt_none')).rejects.toMatchObject({ permanent: true, type: 'event_unknown' });
    expect((await loadTold(sent, 'mail'))?.reservation.state).toEqual({
      status: 'waiting',
      ordinal: 7,
      name: inRedemption,
    });
  } finally {
    mailer.close();
    await inbox.close();
  }
});

test('what was overtaken is never sent, and an attempt that lost its lease cannot say so of another', async () => {
  const event = anEvent();
  await claimDelivery(RESERVATION, event, 'mail', NOW);
  await claimDelivery(RESERVATION, event, 'mail', NOW + LEASE_MS);
  await markOvertaken(event._id, 'mail', 1);
  expect(await findDelivery(event._id, 'mail')).toMatchObject({ status: 'sending', attempts: 2 });
  await markOvertaken(event._id, 'mail', 2);
  expect(await claimDelivery(RESERVATION, event, 'mail', NOW + 100 * LEASE_MS)).toEqual({
    kind: 'settled',
    status: 'overtaken',
  });
});

test('a drop that moved while the mail server was away is told once, as it stands, and its entry is withdrawn when the name is kept', async () => {
  const id = `rsv_${randomUUID().replaceAll('-', '')}`;
  const { registrar, livemode, ...doc } = reservation({ _id: id, rev: 0, seq: 0, head: null });
  await insertReservation({ ...doc, registrar, livemode });
  const drop = {
    ...inRedemption.drop,
    source: 'policy',
    confidence: 'estimated',
    earliest: NOW + 1,
    latest: NOW + 2,
  } as const;
  const moved = { ...drop, earliest: NOW + 3, latest: NOW + 4 };
  const { drop: _none, ...kept } = { ...inRedemption, stage: 'registered' as const };
  const view = (of: typeof drop | typeof moved) => ({ ...inRedemption, stage: 'pending_delete' as const, drop: of });
  const publication = (rev: number, name: NameView, type: string, data: Record<string, unknown>) => ({
    ...{ registrar, livemode, reservation: id, state: { status: 'waiting' as const, ordinal: 7, name } },
    ...{ attention: null, firstSeq: rev, entries: [{ type, at: NOW, data }], rev, at: NOW },
  });
  const inbox = await startInbox();
  const away = createMailer({ smtpUrl: await nobodyThere(), MAIL_FROM: 'backorders@registrar.test' });
  const mailer = createMailer({ smtpUrl: inbox.url, MAIL_FROM: 'backorders@registrar.test' });
  const settingsOf = async () => ({ to: 'customer' }) as const;
  const notifierOf = (by: Mailer) => createNotifier({ mailer: by, store: deliveryStore, settingsOf });
  const publish = async (by: Mailer, ...args: Parameters<typeof publication>) => {
    const published = await publishReservation(publication(...args));
    if (!published) throw new Error('the store lost it');
    return notifierOf(by).notify(published.doc, published.events);
  };
  // What became of the first two is noted before the third.
  const eventIds = [1, 2, 5].map((seq) => `evt_${id.slice(4)}000${seq}`);
  try {
    await publish(away, 1, view(drop), 'reservation.drop_scheduled', { drop, before: { drop: null } });
    await publish(away, 2, view(moved), 'reservation.drop_scheduled', { drop: moved, before: { drop } });
    for (const time of [1, 2])
      for (const [index, event] of [eventIds[1], eventIds[0]].entries())
        expect(await notifierOf(mailer).deliver(String(event))).toBe(
          index === 1 ? 'overtaken' : time === 1 ? 'sent' : 'already',
        );
    await publish(mailer, 3, kept, 'reservation.renewed', { how: 'restored', stage: 'registered' });
    expect(inbox.received.map(({ parsed }) => parsed.messageId)).toEqual([
      `<${eventIds[1]}@registrar.test>`,
      `<${eventIds[2]}@registrar.test>`,
    ]);
    const methods = inbox.received.map(({ raw }) => /text\/calendar;[^\n]*\n?\s*[^\n]*method=(\w+)/i.exec(raw)?.[1]);
    expect(methods).toEqual(['REQUEST', 'CANCEL']);
    const kepts = await Promise.all(eventIds.map((event) => findDelivery(event, 'mail')));
    expect(kepts.map((one) => [one?.status, one?.calendar?.method])).toEqual([
      ['overtaken', undefined],
      ['sent', 'REQUEST'],
      ['sent', 'CANCEL'],
    ]);
  } finally {
    away.close();
    mailer.close();
    await inbox.close();
  }
});

test('who was told that it was outbid: the auction says whether it leads by now', async () => {
  const { registrar, livemode } = reservation();
  const name = { ...inRedemption, stage: 'registered_by_us' } as NameView;
  const policy = DEFAULT_AUCTION_POLICY;
  const stands = { auction: 'auc_1', price: usd(15_500), minimum: usd(16_000), endsAt: NOW };
  for (const [index, id] of ['rsv_ahead', 'rsv_behind'].entries()) {
    await insertReservation({ ...reservation(), _id: id });
    const state = { status: 'in_auction' as const, ordinal: index + 1, name, auction: 'auc_1', endsAt: NOW };
    const entries = [{ type: 'auction.outbid' as const, at: NOW, data: stands }];
    const told = {
      reservation: id,
      registrar,
      livemode,
      state,
      attention: null,
      firstSeq: 1,
      entries,
      rev: 1,
      at: NOW,
    };
    await publishReservation(told);
  }
  const entrants = ['ahead', 'behind'].map((who) => ({ reservation: `rsv_${who}`, bidder: `bidder-${who}` }));
  const opening = {
    name: 'x.test',
    tld: 'test',
    livemode,
    currency: 'USD' as const,
    list_price: 6_900,
    policy,
    entrants,
  };
  await beginAuction(
    'auc_1',
    { ...opening, started: new Date(NOW) },
    {
      ...{ status: 'open', price: 15_500, minimum: 16_000, leader: 'bidder-ahead', ends: new Date(NOW) },
      ...{ extensions: 0, bids: 2, rev: 1, as_of: new Date(NOW) },
    },
  );
  const loaded = await Promise.all(['rsv_ahead', 'rsv_behind'].map((id) => loadTold(eventId(id, 1), 'mail')));
  expect(loaded.map((one) => one?.leads)).toEqual([true, false]);
});
