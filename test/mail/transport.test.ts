/** Mail over real SMTP: what arrives, what can never be smuggled in, and how long a bad server is waited for. */
import { createMailer, MAIL_LIMITS, MailFailure, type Mail, type Mailer } from '../../mail/transport.ts';
import { nobodyThere, startInbox, startRaw } from './smtp.ts';

const mail = (over: Partial<Mail> = {}): Mail => ({
  id: 'evt_10001',
  to: { address: 'ada@customer.test', name: 'Ada' },
  subject: 'bücher.test (xn--bcher-kva.test): in redemption',
  text: 'Grüße\n',
  html: '<p>Grüße</p>',
  ...over,
});

const ending: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

function mailerTo(smtpUrl: string, MAIL_FROM = 'backorders@registrar.test'): Mailer {
  const mailer = createMailer({ smtpUrl, MAIL_FROM });
  ending.push(() => mailer.close());
  return mailer;
}

async function refusing(options: Parameters<typeof startInbox>[0]): Promise<Mailer> {
  const inbox = await startInbox(options);
  ending.push(inbox.close);
  return mailerTo(inbox.url);
}

const reply = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });
const failureOf = (sending: Promise<void>) =>
  sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error: unknown) => error as MailFailure,
  );

test('a notice arrives as text and HTML, with an id of its event’s and marked as automatic', async () => {
  const inbox = await startInbox();
  ending.push(inbox.close);
  await mailerTo(inbox.url).send(mail({ fromName: 'Müller & Söhne', replyTo: 'desk@registrar.test' }));
  const [{ parsed, recipients } = { parsed: undefined, recipients: [] }] = inbox.received;
  expect(recipients).toEqual(['ada@customer.test']);
  expect(parsed).toMatchObject({
    messageId: '<evt_10001@registrar.test>',
    subject: 'bücher.test (xn--bcher-kva.test): in redemption',
    text: 'Grüße\n',
    from: { value: [{ address: 'backorders@registrar.test', name: 'Müller & Söhne' }] },
    to: { value: [{ address: 'ada@customer.test', name: 'Ada' }] },
    replyTo: { value: [{ address: 'desk@registrar.test' }] },
  });
  expect(parsed?.html).toContain('<p>Grüße</p>');
  expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(parsed?.headers.get('list')).toMatchObject({
    id: { name: 'Backorder notices', id: 'notices.registrar.test' },
  });
});

test('many notices share a few connections', async () => {
  const inbox = await startInbox();
  ending.push(inbox.close);
  const mailer = mailerTo(inbox.url);
  await Promise.all(Array.from({ length: 40 }, (_, n) => mailer.send(mail({ id: `evt_${n}` }))));
  expect(new Set(inbox.received.map(({ parsed }) => parsed.messageId)).size).toBe(40);
  expect(inbox.connections()).toBeLessThanOrEqual(MAIL_LIMITS.connections);
});

test('a connection that rested past its limit is no obstacle to the next notice', async () => {
  const inbox = await startInbox();
  ending.push(inbox.close);
  const mailer = mailerTo(inbox.url);
  await mailer.send(mail());
  await new Promise((resolve) => setTimeout(resolve, MAIL_LIMITS.stepMs + 300));
  await mailer.send(mail({ id: 'evt_10002' }));
  expect(inbox.received).toHaveLength(2);
}, 10_000);

test.each([
  ['a subject', { subject: 'Hello\r\nBcc: eve@evil.test\r\n\r\nbody' }],
  ['the name of the recipient', { to: { address: 'ada@customer.test', name: 'Ada\r\nBcc: eve@evil.test' } }],
  ['the name of the sender', { fromName: '"Bank" <eve@evil.test>\r\nBcc: eve@evil.test' }],
  ['an address to reply to', { replyTo: 'desk@registrar.test\r\nBcc: eve@evil.test' }],
])('%s brings no header and no recipient of its own', async (_what, over) => {
  const inbox = await startInbox();
  ending.push(inbox.close);
  await mailerTo(inbox.url).send(mail(over));
  const [{ parsed, recipients, raw } = { parsed: undefined, recipients: [], raw: '' }] = inbox.received;
  expect(recipients).toEqual(['ada@customer.test']);
  expect(parsed?.bcc).toBeUndefined();
  expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/^bcc:/im);
  expect(parsed?.from?.value.map(({ address }) => address)).toEqual(['backorders@registrar.test']);
  expect(parsed?.text).toBe('Grüße\n');
});

test('an address that is two is refused for good, before a byte of it leaves', async () => {
  const inbox = await startInbox();
  ending.push(inbox.close);
  const failure = await failureOf(
    mailerTo(inbox.url).send(mail({ to: { address: 'ada@customer.test>\r\nRCPT TO:<eve@evil.test' } })),
  );
  expect(failure).toMatchObject({ permanent: true });
  expect(inbox.received).toEqual([]);
});

test.each([
  [
    'a mailbox that does not exist',
    { onRcptTo: (_a, _s, done) => done(reply(550, 'no ada here')) },
    'EENVELOPE',
    550,
    true,
  ],
  ['a greylisted recipient', { onRcptTo: (_a, _s, done) => done(reply(451, 'ada, later')) }, 'EENVELOPE', 451, false],
  ['a sender refused for good', { onMailFrom: (_a, _s, done) => done(reply(553, 'who?')) }, 'EENVELOPE', 553, true],
  ['a server that wants a login', { onMailFrom: (_a, _s, done) => done(reply(530, 'login')) }, 'EENVELOPE', 530, false],
  [
    'a message refused for its content',
    { onData: (stream, _s, done) => stream.resume().on('end', () => done(reply(554, 'spam for ada'))) },
    'EMESSAGE',
    554,
    true,
  ],
  ['a server that is closed for now', { onConnect: (_s, done) => done(reply(421, 'busy')) }, undefined, 421, false],
] satisfies [string, Parameters<typeof startInbox>[0], string | undefined, number, boolean][])(
  '%s is told by type and code alone',
  async (_what, options, type, smtpCode, permanent) => {
    const failure = await failureOf((await refusing(options)).send(mail()));
    expect(failure).toBeInstanceOf(MailFailure);
    expect(failure).toMatchObject({ smtpCode, permanent, ...(type && { type }) });
    const everything = `${failure.message} ${JSON.stringify(failure)} ${String(failure.cause)} ${failure.stack?.split('\n')[0]}`;
    expect(everything).not.toMatch(/ada|127\.0\.0\.1|@|spam|busy|later/);
  },
);

test('where nobody listens the failure is passing, and comes at once', async () => {
  const started = Date.now();
  const failure = await failureOf(mailerTo(await nobodyThere()).send(mail()));
  expect(failure).toMatchObject({ type: 'ESOCKET', permanent: false });
  expect(failure.message).toBe('mail not delivered: ESOCKET');
  expect(Date.now() - started).toBeLessThan(1_000);
});

const badServers: Record<string, Parameters<typeof startRaw>[0]> = {
  'says nothing': () => undefined,
  'greets and then says nothing': (socket) => void socket.write('220 hello\r\n'),
  'trickles a greeting that never ends': (socket) => {
    const timer = setInterval(() => socket.write('220-wait\r\n'), 200);
    socket.on('close', () => clearInterval(timer));
  },
  'trickles an answer that never ends': (socket) => {
    let timer: NodeJS.Timeout | undefined;
    socket.write('220 hello\r\n');
    socket.on('data', () => (timer ??= setInterval(() => socket.write('250-and\r\n'), 200)));
    socket.on('close', () => clearInterval(timer));
  },
  'hangs up whenever it is called': (socket) => void socket.end(),
};

test('no server that hangs, trickles or hangs up holds twenty senders longer than the limit', async () => {
  const seen = await Promise.all(
    Object.entries(badServers).map(async ([what, behave]) => {
      const server = await startRaw(behave);
      ending.push(server.close);
      const mailer = mailerTo(server.url);
      const started = Date.now();
      const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(mailer.send(mail()))));
      const isBounded = Date.now() - started < MAIL_LIMITS.totalMs + 1_000;
      return { what, isBounded, isPassing: failures.every(({ permanent }) => !permanent) };
    }),
  );
  expect(seen).toEqual(Object.keys(badServers).map((what) => ({ what, isBounded: true, isPassing: true })));
}, 15_000);

test('after a server hung, the next notice goes out as soon as it answers again', async () => {
  let isHanging = true;
  const inbox = await startInbox({ onConnect: (_session, done) => void (isHanging || done()) });
  ending.push(inbox.close);
  const mailer = mailerTo(inbox.url);
  await failureOf(mailer.send(mail()));
  isHanging = false;
  await mailer.send(mail());
  expect(inbox.received).toHaveLength(1);
}, 12_000);

test('a name may stand beside the address in MAIL_FROM', async () => {
  const inbox = await startInbox();
  ending.push(inbox.close);
  await mailerTo(inbox.url, '"Acme Names" <hello@acme.test>').send(mail());
  expect(inbox.received[0]?.parsed.from?.value).toEqual([{ address: 'hello@acme.test', name: 'Acme Names' }]);
  expect(inbox.received[0]?.parsed.messageId).toBe('<evt_10001@acme.test>');
});

test.each([
  ['https://mail.test', 'a@b.test', 'SMTP_URL: must be an smtp:// or smtps:// URL'],
  ['mail.test', 'a@b.test', 'SMTP_URL: must be an smtp:// or smtps:// URL'],
  ['smtp://mail.test', 'nobody', 'MAIL_FROM: must be an e-mail address, or a name and an address in <>'],
  [
    'smtp://mail.test',
    'a@b.test\r\nBcc: c@d.test',
    'MAIL_FROM: must be an e-mail address, or a name and an address in <>',
  ],
])('SMTP_URL %s with MAIL_FROM %j does not start', (smtpUrl, MAIL_FROM, message) => {
  expect(() => createMailer({ smtpUrl, MAIL_FROM })).toThrow(message);
});
