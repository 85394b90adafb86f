/** What can be proved of a timeline from outside: by its hashes, by the mails that were sent, and after a person was erased. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import mongoose from 'mongoose';
import { loadConfig } from '../../config.ts';
import { run } from '../stack/program.ts';
import { body, fresh, read, reserve, Story } from './story.ts';

let story: Story;
let folder: string;
let mongo: mongoose.Connection;
beforeAll(async () => {
  story = await Story.open();
  folder = await mkdtemp(join(tmpdir(), 'backorder-proof-'));
  mongo = await mongoose.createConnection(loadConfig(story.stack.env).mongoUri).asPromise();
});
afterAll(async () => {
  await mongo.close();
  await rm(folder, { recursive: true });
  await story.close();
});

/** `npm run verify-timelines`, as an operator runs it beside the running engine. */
const verify = (args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  run('store/verify-main.js', args, { ...story.stack.env, ...env });
const verifyLedger = (env: NodeJS.ProcessEnv = {}) =>
  run('workers/verify-ledger.js', [], { ...story.stack.env, ...env });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('a registrar verifies its timeline, a mail proves it, and whoever rewrites it is found out', async () => {
  const { client } = await story.operator.registrar(fresh('Witness'));
  const clock = await story.clock();
  const name = await story.name(clock);
  const customer = fresh('witness');
  const { id } = await reserve(client, name, customer, { test_clock: clock });
  await story.advanceTo(clock, 111);
  expect(await read(client, id)).toMatchObject({ status: 'won' });

  const { data } = await client.must('GET', `/v1/reservations/${id}/events?limit=100`);
  let head = sha256(`backorder.timeline.v1\n${id}`);
  for (const { hash, ...event } of data) {
    expect(event.previous_hash).toBe(head);
    head = sha256(`backorder.event.v1\n${canonicalize(event)}`);
    expect(hash).toBe(head);
  }
  const mails = await story.mailsTo(`${customer}@example.test`);
  const won = data.find(({ type }: { type: string }) => type === 'reservation.won');
  expect(mails.at(-1)?.text.trimEnd().split('\n').at(-1)?.trim()).toBe(`${id} ${won.seq} ${won.hash}`);
  // That it was sent comes after what it tells of.
  const sent = data.filter(({ type }: { type: string }) => type === 'notice.sent');
  expect(sent).toHaveLength(mails.length);
  expect(sent.at(-1)).toMatchObject({ seq: data.length, data: { object: { event: won.id, channel: 'mail' } } });

  const heads = join(folder, 'mails.txt');
  await writeFile(heads, mails.map(({ text }) => text).join('\n'));
  const whole = await verify(['--heads', heads]);
  expect(whole).toMatchObject({ code: 0, findings: [], summary: { findings: 0, heads: mails.length } });
  expect((await verify(['--print-heads'])).findings).toContain(`${id} ${data.length} ${head}`);

  const events = mongo.collection<{ _id: string }>('events');
  await events.updateOne({ _id: won.id }, { $set: { 'data.price.amount': 1 } });
  expect(await verify()).toMatchObject({
    code: 1,
    findings: [expect.stringMatching(`^${id} ${won.seq} changed: `)],
  });
  // Cut off, with all in the store that knew of it: only the mail still does.
  await events.deleteMany({ reservation: id, seq: { $gte: won.seq } } as object);
  const before = data[won.seq - 2];
  const reservations = mongo.collection<{ _id: string }>('reservations');
  await reservations.updateOne(
    { _id: id },
    { $set: { seq: before.seq, head: { seq: before.seq, hash: before.hash } } },
  );
  expect(await verify()).toMatchObject({ code: 0 });
  const found = await verify(['--heads', heads]);
  expect(found).toMatchObject({ code: 1, summary: { findings: 1 } });
  expect(found.findings[0]).toContain(`${id} ${won.seq} cut_off`);
});

test('a store that is not there is neither whole nor damaged', async () => {
  const none = await verify([], { MONGODB_URI: 'mongodb://user:password@127.0.0.1:9/none' });
  expect(none).toMatchObject({ code: 2, findings: [] });
  expect(none.said).toMatch(/^the store cannot be reached .*MONGODB_URI\n$/);
  expect(await verify(['--heads', join(folder, 'none.txt')])).toMatchObject({ code: 66 });
});

test('a customer who left is erased: open reservations end, nothing of the person is found anywhere, and all stays provable', async () => {
  const { client } = await story.operator.registrar(fresh('Eraser'));
  const clock = await story.clock();
  const [name, other] = [await story.name(clock), await story.name(clock)];
  const [customer, email, called] = [fresh('cus'), `${fresh('mail')}@person.example`, fresh('Lovelace')];
  const person = { customer: { id: customer, email, name: called }, metadata: { note: called }, test_clock: clock };
  const idempotent = { 'idempotency-key': fresh('key') };
  const first = (await client.post('/v1/reservations', body(name, customer, person), idempotent)).body;
  const rival = await reserve(client, name);
  const second = await reserve(client, other, customer, person);
  await story.advanceTo(clock, 31);
  expect((await story.mailsTo(email)).length).toBeGreaterThan(0);
  expect(await stored([email, called])).toEqual([email, called]);

  const erased = await client.must('DELETE', `/v1/customers/${customer}`);
  expect(erased).toEqual({ id: customer, object: 'customer', deleted: true });
  expect(await client.must('DELETE', `/v1/customers/${customer}`)).toEqual(erased);
  expect(await stored([email, called])).toEqual([]);
  for (const { id } of [first, second])
    expect(await read(client, id)).toMatchObject({
      status: 'cancelled',
      outcome: { reason: 'by_registrar' },
      customer: { id: customer },
      metadata: {},
    });
  expect(await read(client, rival.id)).toMatchObject({ status: 'waiting', position: 1, competitors: 0 });
  const again = await client.post('/v1/reservations', body(name, customer, person), idempotent);
  expect(again).toMatchObject({ status: 201, body: { id: first.id, status: 'cancelled', customer: { id: customer } } });
  await story.advanceTo(clock, 111);
  expect(await read(client, rival.id)).toMatchObject({ status: 'won' });
  const { findings } = await verify();
  expect(findings.filter((line) => [first, second, rival].some(({ id }) => line.startsWith(id)))).toEqual([]);
});

/** Which of the words are anywhere in the database. Kept answers are sealed; those about the person must be gone. */
async function stored(words: string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const { name } of (await mongo.db?.listCollections().toArray()) ?? [])
    for await (const doc of mongo.collection(name).find()) texts.push(JSON.stringify(doc));
  return words.filter((word) => texts.some((text) => text.includes(word)));
}

test('an operator books a payment and proves the ledger; whoever changes an entry is found out', async () => {
  const { id, client } = await story.operator.registrar(fresh('Payer'));
  const payment = { amount: { amount: 10_000, currency: 'USD' }, reference: fresh('wire'), mode: 'test' };
  await story.operator.must('POST', `/v1/registrars/${id}/deposits`, payment);
  await story.operator.must('POST', `/v1/registrars/${id}/deposits`, payment);
  expect(await client.must('GET', '/v1/account')).toMatchObject({ balance: payment.amount });
  const whole = await verifyLedger();
  expect(whole).toMatchObject({ code: 0, summary: { findings: 0 } });
  expect(whole.findings.join('\n')).toContain(`${id}/test`);

  const entries = mongo.collection<{ _id: string; account: string }>('ledger');
  await entries.updateOne({ account: `${id}/test` }, { $set: { amount: 20_000 } });
  const changed = await verifyLedger();
  expect(changed.code).toBe(1);
  expect(changed.findings).toContainEqual(expect.stringMatching(`^${id}/test 1 changed: `));
  await entries.updateOne({ account: `${id}/test` }, { $set: { amount: 10_000 } });
  expect(await verifyLedger()).toMatchObject({ code: 0 });

  const away = await verifyLedger({ MONGODB_URI: 'mongodb://127.0.0.1:1/nothing' });
  expect(away).toMatchObject({ code: 2, findings: [] });
});
