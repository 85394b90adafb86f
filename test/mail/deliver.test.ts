/** First attempts and later ones: what is sent once, what is tried again, and that trouble with mail holds nobody up. */
import { createNotifier, type Notifier } from '../../mail/deliver.ts';
import type { NoticeSettings } from '../../mail/notices.ts';
import { createMailer, MAIL_LIMITS, MailFailure, type Mailer } from '../../mail/transport.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';
import { memoryStore } from './memory.ts';
import { ended, event, placed, reservation } from './samples.ts';
import { nobodyThere, startInbox, startRaw } from './smtp.ts';

const ending: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const CANCELLED = { result: 'cancelled', reason: 'by_support', at: 0 } as const;

interface World extends ReturnType<typeof memoryStore> {
  notifier: Notifier;
  doc: ReservationDoc;
  events: EventDoc[];
}

const EVENTS = [
  placed({ _id: 'evt_1' }),
  event('attempt.catching', {}, { _id: 'evt_2', seq: 2 }),
  event('reservation.stage_changed', { stage: 'redemption' }, { _id: 'evt_3', seq: 3 }),
];

function worldOf(mailer: Mailer, settings: NoticeSettings | Error = { to: 'customer' }): World {
  ending.push(() => mailer.close());
  const doc = reservation();
  const memory = memoryStore({ reservation: doc, events: EVENTS });
  const settingsOf = async () => {
    if (settings instanceof Error) throw settings;
    return settings;
  };
  return { ...memory, doc, events: EVENTS, notifier: createNotifier({ mailer, store: memory.store, settingsOf }) };
}

const mailerTo = (smtpUrl: string): Mailer => createMailer({ smtpUrl, MAIL_FROM: 'backorders@registrar.test' });
const undelivered = (...ids: string[]) => ({ undelivered: ids.map((id) => ({ event: id, channel: 'mail' })) });

async function inbox(options?: Parameters<typeof startInbox>[0]) {
  const started = await startInbox(options);
  ending.push(started.close);
  return started;
}

test('the events of a publication that are mailed are mailed in their order, once', async () => {
  const { url, received } = await inbox();
  const { notifier, doc, events } = worldOf(mailerTo(url));
  expect(await notifier.notify(doc, events)).toEqual(undelivered());
  expect(await notifier.notify(doc, events)).toEqual(undelivered());
  expect(received.map(({ parsed }) => parsed.messageId)).toEqual(['<evt_1@registrar.test>', '<evt_3@registrar.test>']);
  expect(await notifier.deliver('evt_1')).toBe('already');
});

test('what could not be delivered is answered, and arrives later under the same Message-ID', async () => {
  let isAway = true;
  const { url, received } = await inbox({
    onMailFrom: (_address, _session, done) =>
      isAway ? done(Object.assign(new Error('later'), { responseCode: 451 })) : done(),
  });
  const { notifier, doc, events, kept } = worldOf(mailerTo(url));
  expect(await notifier.notify(doc, events)).toEqual(undelivered('evt_1', 'evt_3'));
  expect(kept.get('evt_1')).toMatchObject({ status: 'failed', error: 'EENVELOPE 451' });
  await expect(notifier.deliver('evt_1')).rejects.toMatchObject({
    name: 'MailFailure',
    permanent: false,
    smtpCode: 451,
  });
  isAway = false;
  expect(await notifier.deliver('evt_1')).toBe('sent');
  expect(await notifier.deliver('evt_3')).toBe('sent');
  expect(await notifier.deliver('evt_3')).toBe('already');
  expect(await notifier.notify(doc, events)).toEqual(undelivered());
  expect(received.map(({ parsed }) => parsed.messageId)).toEqual(['<evt_1@registrar.test>', '<evt_3@registrar.test>']);
});

test('an attempt that died midway is made again, under the same Message-ID', async () => {
  const { url, received } = await inbox();
  const { notifier, store, expire } = worldOf(mailerTo(url));
  await store.claim('rsv_1', placed({ _id: 'evt_1' }));
  await expect(notifier.deliver('evt_1')).rejects.toMatchObject({ type: 'attempt_under_way', permanent: false });
  expire();
  expect(await notifier.deliver('evt_1')).toBe('sent');
  expect(received.map(({ parsed }) => parsed.messageId)).toEqual(['<evt_1@registrar.test>']);
});

test('a refusal for good is flagged, and does not keep the next notice from its attempt', async () => {
  let asked = 0;
  const { url } = await inbox({
    onRcptTo: (_address, _session, done) => {
      asked += 1;
      done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
    },
  });
  const { notifier, doc, events, kept, noted } = worldOf(mailerTo(url));
  expect(await notifier.notify(doc, events)).toEqual(undelivered('evt_1', 'evt_3'));
  expect(asked).toBe(2);
  expect(kept.get('evt_3')).toMatchObject({ status: 'refused', error: 'EENVELOPE 550' });
  await expect(notifier.deliver('evt_1')).rejects.toMatchObject({ permanent: true, smtpCode: 550 });
  // Noted once each, with the code and nothing of what the server wrote.
  expect(noted).toEqual(['evt_1', 'evt_3'].map((event) => ({ event, kind: 'failed', reason: 'refused', code: 550 })));
  await notifier.giveUp('evt_1');
  expect(noted).toHaveLength(2);
});

test('a mail server that hangs holds a publication no longer than one attempt, however many its events', async () => {
  const server = await startRaw(() => undefined);
  ending.push(server.close);
  const { notifier, doc, events } = worldOf(mailerTo(server.url));
  const started = Date.now();
  expect(await notifier.notify(doc, events)).toEqual(undelivered('evt_1', 'evt_3'));
  expect(Date.now() - started).toBeLessThan(MAIL_LIMITS.totalMs + 500);
}, 10_000);

test('a mail server that is not there holds up nobody', async () => {
  const { notifier, doc, events } = worldOf(mailerTo(await nobodyThere()));
  const started = Date.now();
  expect(await notifier.notify(doc, events)).toEqual(undelivered('evt_1', 'evt_3'));
  expect(Date.now() - started).toBeLessThan(1_000);
});

test('where nobody is to be written to, nothing is sent and nothing is left to deliver', async () => {
  const { url, received } = await inbox();
  const { notifier, doc, events, kept } = worldOf(mailerTo(url), { to: 'nobody' });
  expect(await notifier.notify(doc, events)).toEqual(undelivered());
  expect(await notifier.deliver('evt_1')).toBe('nothing_to_send');
  expect(await notifier.deliver('evt_2')).toBe('nothing_to_send');
  expect([received.length, kept.size]).toEqual([0, 0]);
});

test('a store that is away leaves the notices to be delivered later, and its words are not passed on', async () => {
  const { url } = await inbox();
  const { notifier, doc, events } = worldOf(
    mailerTo(url),
    new TypeError('mongo.internal:27017 refused ada@customer.test'),
  );
  expect(await notifier.notify(doc, events)).toEqual(undelivered('evt_1', 'evt_3'));
  const failure = await notifier.deliver('evt_1').catch((error: unknown) => error as MailFailure);
  expect(failure).toBeInstanceOf(MailFailure);
  expect(String(failure)).toBe('MailFailure: mail not delivered: TypeError');
});

test('a notice that was sent and could not be noted down is sent again rather than lost', async () => {
  const { url, received } = await inbox();
  const { notifier, store, doc, events, expire, noted } = worldOf(mailerTo(url));
  const { markSent } = store;
  store.markSent = () => Promise.reject(new Error('away'));
  expect(await notifier.notify(doc, events.slice(0, 1))).toEqual(undelivered('evt_1'));
  store.markSent = markSent;
  expire();
  expect(await notifier.deliver('evt_1')).toBe('sent');
  expect(received.map(({ parsed }) => parsed.messageId)).toEqual(['<evt_1@registrar.test>', '<evt_1@registrar.test>']);
  expect(noted).toEqual([{ event: 'evt_1', kind: 'sent' }]);
});

test('whoever dies between sending a notice and noting that leaves it to be noted by the next, who sends nothing', async () => {
  const { url, received } = await inbox();
  const { notifier, store, doc, events, noted } = worldOf(mailerTo(url));
  const { note } = store;
  store.note = () => Promise.reject(new Error('away'));
  expect(await notifier.notify(doc, events.slice(0, 1))).toEqual(undelivered('evt_1'));
  store.note = note;
  expect(await notifier.deliver('evt_1')).toBe('already');
  await notifier.giveUp('evt_1');
  expect(noted).toEqual([{ event: 'evt_1', kind: 'sent' }]);
  expect(received).toHaveLength(1);
});

test('what was not accepted for three days is noted as given up', async () => {
  const { notifier, doc, events, noted } = worldOf(mailerTo(await nobodyThere()));
  await notifier.notify(doc, events);
  expect(noted).toEqual([]);
  await notifier.giveUp('evt_1');
  await notifier.giveUp('evt_of_nobody');
  expect(noted).toEqual([{ event: 'evt_1', kind: 'failed', reason: 'given_up' }]);
});

test('the last notice carries the report, as a page to open; none before it does', async () => {
  const { url, received } = await inbox();
  const told = [
    placed({ _id: 'evt_1' }),
    event('reservation.cancelled', { ...CANCELLED }, { _id: 'evt_2', seq: 2, hash: 'cd'.repeat(32) }),
  ];
  const memory = memoryStore({
    reservation: reservation({ state: ended(CANCELLED), status: 'cancelled' }),
    events: told,
  });
  const mailer = mailerTo(url);
  ending.push(() => mailer.close());
  const settingsOf = async () => ({ to: 'customer' }) as const;
  const { deliver } = createNotifier({ mailer, store: memory.store, settingsOf });
  expect([await deliver('evt_1'), await deliver('evt_2'), await deliver('evt_2')]).toEqual(['sent', 'sent', 'already']);
  const [receipt, last] = received.map(({ parsed }) => parsed);
  expect(receipt?.attachments).toEqual([]);
  expect(last?.attachments).toMatchObject([{ filename: 'example.com-rsv_1.html', contentType: 'text/html' }]);
  const page = last?.attachments[0]?.content.toString('utf8') ?? '';
  expect(page).toContain('Report on the reservation of example.com');
  expect(page).toContain(`rsv_1 2 ${'cd'.repeat(32)}`);
  expect(page).not.toMatch(/Ada|ada@|200\.00/);
  expect(last?.text).toContain('is attached as a report');
  // It is read as a mail first: what it says stands in it, too.
  expect(last?.html).toContain('has been cancelled by our support');
});
