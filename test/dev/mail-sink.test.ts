/** The mail sink: what is sent over SMTP can be read, survives a restart, and is never executed. */
import { mkdtempSync, rmSync, appendFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { httpDoor, smtpDoor } from '../../dev/mail-server.ts';
import { Mailbox, type StoredMessage } from '../../dev/mailbox.ts';
import { SmallDisk } from '../../dev/small-disk.ts';

let folder: string;
let mailbox: Mailbox;
let base: string;
let send: (mail: object) => Promise<unknown>;
let closers: (() => void)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backorder-mail-'));
  mailbox = new Mailbox(folder);
  const smtp = smtpDoor(mailbox);
  const http = httpDoor(mailbox);
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const transport = createTransport(`smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`);
  send = (mail) => transport.sendMail({ from: 'Registrar <notices@registrar.test>', ...mail });
  closers = [
    () => transport.close(),
    () => smtp.close(() => undefined),
    () => http.close(),
    () => rmSync(folder, { recursive: true }),
  ];
});
afterEach(() => {
  for (const close of closers) close();
});

const list = async (query = ''): Promise<StoredMessage[]> =>
  (await (await fetch(`${base}/api/messages${query}`)).json()) as StoredMessage[];

test('mail is listed newest first, by whom it really went to', async () => {
  await send({
    to: 'ada@customer.test',
    bcc: 'audit@registrar.test',
    subject: 'First',
    text: 'Hello',
    messageId: '<one@registrar.test>',
  });
  await send({ to: 'bob@customer.test', subject: 'Second: bücher.test', html: '<p>Hi</p>' });
  expect((await list()).map(({ subject }) => subject)).toEqual(['Second: bücher.test', 'First']);
  const [first] = await list('?to=AUDIT@registrar.test');
  expect(first).toMatchObject({
    message_id: '<one@registrar.test>',
    from: '"Registrar" <notices@registrar.test>',
    to: ['ada@customer.test', 'audit@registrar.test'],
    text: expect.stringContaining('Hello'),
    html: null,
  });
  expect(await list('?to=nobody@customer.test')).toEqual([]);
});

test('a restart keeps the mail, also when a kill cut the last line short', async () => {
  await send({ to: 'ada@customer.test', subject: 'Kept', text: 'x' });
  appendFileSync(join(folder, 'messages.ndjson'), '{"id":"0000');
  const again = new Mailbox(folder);
  expect(again.list().map(({ subject }) => subject)).toEqual(['Kept']);
  again.add({ ...(again.list()[0] as StoredMessage), subject: 'Next' });
  expect(new Mailbox(folder).list().map(({ id, subject }) => [id, subject])).toEqual([
    ['000002', 'Next'],
    ['000001', 'Kept'],
  ]);
});

test('mail that arrives behind a line which a full disk cut short survives a restart', () => {
  const mail = { message_id: null, from: 'a@b.test', to: [], date: '', text: '', html: null, attachments: [] };
  mailbox.add({ ...mail, subject: 'Before' });
  appendFileSync(join(folder, 'messages.ndjson'), '{"id":"0000');
  mailbox.add({ ...mail, subject: 'Behind' });
  expect(new Mailbox(folder).list().map(({ subject }) => subject)).toEqual(['Behind', 'Before']);
});

test('only the newest are kept', () => {
  const small = new Mailbox(join(folder, 'small'), 3);
  const mail = { message_id: null, from: 'a@b.test', to: [], date: '', text: '', html: null, attachments: [] };
  for (let i = 1; i <= 10; i += 1) small.add({ ...mail, subject: String(i) });
  expect(small.list().map(({ subject }) => subject)).toEqual(['10', '9', '8']);
});

test('a mail cannot run script on the page that shows it', async () => {
  const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>';
  await send({ to: 'ada@customer.test', subject: evil, text: evil, html: evil });
  for (const path of ['/', '/messages/000001']) {
    const page = await (await fetch(base + path)).text();
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
  }
  expect(await (await fetch(`${base}/messages/000001`)).text()).toContain('<iframe sandbox ');
  const part = await fetch(`${base}/messages/000001/html`);
  expect(part.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  expect(await part.text()).toContain('<script>');
});

test('deleting empties it; what is not there is 404', async () => {
  await send({ to: 'ada@customer.test', subject: 'Gone', text: 'x' });
  expect((await fetch(`${base}/api/messages`, { method: 'DELETE' })).status).toBe(204);
  expect(await list()).toEqual([]);
  expect((await fetch(`${base}/messages/000001`)).status).toBe(404);
  expect((await fetch(`${base}/messages/../../etc/passwd`)).status).toBe(404);
});

const trouble = SmallDisk.trouble();
(trouble === undefined ? test : test.skip)(
  `mail that finds no room is refused for now, and taken once there is some${trouble === undefined ? '' : ` (not here: ${trouble})`}`,
  async () => {
    const disk = SmallDisk.mount(folder, 1_000_000);
    if (typeof disk === 'string') throw new Error(disk);
    try {
      const mail = { to: 'ada@customer.test', subject: 'Kept', text: 'x'.repeat(50_000) };
      disk.fill();
      await expect(send(mail)).rejects.toMatchObject({ responseCode: 452 });
      expect(new Mailbox(folder).list()).toEqual([]);
      disk.free();
      await send(mail);
      expect(new Mailbox(folder).list().map(({ subject }) => subject)).toEqual(['Kept']);
    } finally {
      disk.unmount();
    }
  },
);
