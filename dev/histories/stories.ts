/** The lives whose histories are kept. Each speaks HTTP as a registrar's program would, on a clock of its own or in real time. */
import type { Client } from '@temporalio/client';
import { EngineClient } from '../engine-client.ts';
import type { Stack } from '../stack.ts';
import type { Recorder } from './recorder.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const iso = (at: number): string => new Date(at).toISOString();

export interface Scene {
  stack: Stack;
  temporal: Client;
  recorder: Recorder;
  operator: EngineClient;
  north: EngineClient;
  south: EngineClient;
}

type Life = (scene: Scene) => Promise<void>;

export const STORIES: Record<string, Life> = {
  'a queue of three, one of whom leaves': queueOfThree,
  'a create refused for good, retried': refusedThenRetried,
  'the owner renews': kept,
  'another catches it': caughtByOther,
  'an auction of two': contested,
  'an award taken back, and a name nobody takes': afterTheAward,
  'a name nobody holds': free,
  'an arbiter ended by hand': broughtBack,
  'a mail that is not taken at first': lateMail,
  'polled and caught in real time': realTime,
};

async function queueOfThree(scene: Scene): Promise<void> {
  const { recorder, north, south } = scene;
  const clock = await clockOf(scene);
  const name = await put(scene, 'queue-of-three.test', { test_clock: clock });
  const [ada, ben, cleo] = [await reserve(north, name), await reserve(south, name), await reserve(north, name)];
  await advance(scene, clock, 10);
  await south.must('POST', `/v1/reservations/${ben}/cancel`);
  await north.must('PATCH', `/v1/reservations/${cleo}`, { on_renewal: 'close' });
  await recorder.take('domain-queue-of-two-waits', 'Of three claims one left.', `domain:${name}`);
  await recorder.take('reservation-waits', 'The first in order waits.', `reservation:${ada}`);
  await recorder.take('clock-stands', 'A clock that stands, with one name on it.', `clock:${clock}`);
  await advance(scene, clock, 117);
  await recorder.takeRuns('domain-queue-of-three', 'Three claims: one leaves, the first wins.', `domain:${name}`);
  await recorder.takeRuns('reservation-won', 'From the request to the award.', `reservation:${ada}`);
  await recorder.takeRuns('reservation-cancelled', 'Cancelled by its registrar.', `reservation:${ben}`);
  await recorder.takeRuns('reservation-behind-in-order', 'The second in order.', `reservation:${cleo}`);
  await scene.operator.must('DELETE', `/v1/test_clocks/${clock}`);
  await recorder.takeRuns('clock-closed', 'A clock of 117 days, then deleted.', `clock:${clock}`);
}

async function refusedThenRetried(scene: Scene): Promise<void> {
  const { recorder, north, operator } = scene;
  const clock = await clockOf(scene);
  const name = await putDropping(scene, 'refused.test', { test_clock: clock, create_result: 2104 });
  const [first, second] = [await reserve(north, name), await reserve(north, name)];
  await advance(scene, clock, 4);
  await recorder.take('domain-needs-attention', 'The registry refuses the create for good.', `domain:${name}`);
  await recorder.take('reservation-needs-attention', 'Told that its create was refused.', `reservation:${first}`);
  const { needs_attention } = await north.must('GET', `/v1/reservations/${first}`);
  await operator.must('PATCH', `/v1/sandbox/domains/${name}`, { create_result: null });
  const decision = { attention: needs_attention.id, reason: 'account topped up' };
  await operator.must('POST', `/v1/reservations/${first}/retry`, decision);
  await comesTo(north, first, 'won');
  await comesTo(north, second, 'lost');
  await recorder.takeRuns('domain-refused-then-retried', 'Refused for good, mended, retried, won.', `domain:${name}`);
  await recorder.takeRuns('reservation-refused-then-retried', 'Stuck, decided, won.', `reservation:${first}`);
}

async function kept(scene: Scene): Promise<void> {
  const { recorder, north } = scene;
  const clock = await clockOf(scene);
  const owner_acts_at = iso(START + 40 * DAY_MS);
  const name = await put(scene, 'renewed.test', { test_clock: clock, owner: 'renews', owner_acts_at });
  const waits = await reserve(north, name);
  const closes = await reserve(north, name, { on_renewal: 'close' });
  await advance(scene, clock, 41);
  await comesTo(north, closes, 'missed');
  await recorder.takeRuns('domain-renewed', 'Renewed in grace: one waits on, one is missed.', `domain:${name}`);
  await recorder.takeRuns('reservation-waits-on', 'The owner renewed; it keeps its place.', `reservation:${waits}`);
  await recorder.takeRuns(
    'reservation-missed',
    'The owner renewed, and it asked to end then.',
    `reservation:${closes}`,
  );
}

async function caughtByOther(scene: Scene): Promise<void> {
  const { recorder, north } = scene;
  const clock = await clockOf(scene);
  const name = await putDropping(scene, 'caught-by-other.test', { test_clock: clock, caught_by_other: 'rival' });
  const lost = await reserve(north, name);
  await advance(scene, clock, 4);
  await recorder.takeRuns('domain-caught-by-other', 'Another registrar is first at the drop.', `domain:${name}`);
  await recorder.takeRuns('reservation-caught-by-other', 'Another registrar has the name.', `reservation:${lost}`);
}

async function contested(scene: Scene): Promise<void> {
  const { recorder, north, south } = scene;
  const clock = await clockOf(scene);
  const name = await putDropping(scene, 'contested.test', { test_clock: clock, award: 'auction_when_contested' });
  const [first, second] = [await reserve(north, name), await reserve(south, name)];
  await advance(scene, clock, 4);
  const { auction } = await north.must('GET', `/v1/reservations/${first}`);
  const max = { amount: 9_900, currency: 'USD' };
  await south.must('POST', `/v1/auctions/${auction}/bids`, { reservation: second, max });
  await recorder.take('auction-open', 'Two may bid, and one has.', `auction:${auction}`);
  await advance(scene, clock, 8);
  await recorder.takeRuns('auction-over', 'The second outbid the first.', `auction:${auction}`);
  await recorder.takeRuns('domain-contested', 'Caught for two, awarded by auction.', `domain:${name}`);
  await recorder.takeRuns('reservation-won-by-auction', 'It bid more.', `reservation:${second}`);
  await recorder.takeRuns('reservation-outbid', 'Another bid more.', `reservation:${first}`);
}

async function afterTheAward(scene: Scene): Promise<void> {
  const { recorder, north } = scene;
  const clock = await clockOf(scene);
  const happens = [{ what: 'taken_back', at: iso(START + 6 * DAY_MS) }];
  const name = await putDropping(scene, 'taken-back.test', { test_clock: clock, restore_rights_days: 20, happens });
  const unwanted = await putDropping(scene, 'unwanted.test', { test_clock: clock });
  const won = await reserve(north, name);
  await reserve(north, unwanted, { acceptance: 'ask' });
  await advance(scene, clock, 7);
  await recorder.takeRuns('domain-taken-back', 'Awarded, and taken back by its registry.', `domain:${name}`);
  await recorder.takeRuns('reservation-taken-back', 'Won, and given back what was paid.', `reservation:${won}`);
  await recorder.takeRuns('domain-unclaimed', 'Nobody takes it: deleted within add grace.', `domain:${unwanted}`);
}

async function free(scene: Scene): Promise<void> {
  const { recorder, north } = scene;
  const refused = await north.post('/v1/reservations', request('nobody-has-it.test'));
  await recorder.takeRuns('domain-free', 'A name nobody holds takes no claim.', 'domain:nobody-has-it.test');
  const id = refused.body.reservation ?? (await north.must('GET', '/v1/reservations')).data[0]?.id;
  await recorder.takeRuns('reservation-rejected', 'Its name is free.', `reservation:${id}`);
}

async function broughtBack(scene: Scene): Promise<void> {
  const { recorder, north, temporal } = scene;
  const clock = await clockOf(scene);
  const name = await put(scene, 'brought-back.test', { test_clock: clock });
  await reserve(north, name);
  await advance(scene, clock, 40);
  await temporal.workflow.getHandle(`domain:${name}`).terminate('by hand');
  await reserve(north, name);
  await recorder.takeRuns('domain-brought-back', 'Ended by hand; begun again from the store.', `domain:${name}`);
}

async function lateMail(scene: Scene): Promise<void> {
  const { recorder, north, stack } = scene;
  await stack.process('mail').stop();
  const name = await put(scene, 'late-mail.test', {}, Date.now());
  const id = await reserve(north, name);
  const delivery = await eventually(() => deliveryOf(scene, id));
  await recorder.takeRuns('delivery-under-way', 'The mail server is away.', delivery);
  await recorder.takeRuns('reservation-mail-late', 'Its first mail goes out by a delivery.', `reservation:${id}`);
  await stack.process('mail').start();
  await scene.temporal.workflow.getHandle(delivery).result();
  await recorder.takeRuns('delivery-arrived', 'The mail server came back.', delivery);
}

/** Between an hour and a minute before its drop a name is polled each minute. */
async function realTime(scene: Scene): Promise<void> {
  const { recorder, north, operator } = scene;
  const name = 'polled-and-caught.test';
  await operator.must('PUT', `/v1/sandbox/domains/${name}`, { drops_at: iso(Date.now() + 90_000) });
  const id = await reserve(north, name);
  await comesTo(north, id, 'won', 150_000);
  await recorder.takeRuns(
    'domain-polled-and-caught',
    'Polled in its last minutes, caught in real time.',
    `domain:${name}`,
  );
  await recorder.takeRuns('reservation-real-time', 'Won in real time.', `reservation:${id}`);
}

// --- what every life does ---

async function clockOf({ operator }: Scene): Promise<string> {
  const { id } = await operator.must('POST', '/v1/test_clocks', { frozen_time: iso(START) });
  // The first of all may be made before the workers are there.
  await operator.until(`/v1/test_clocks/${id}`, ({ status }: { status: string }) => status === 'ready');
  return id;
}

/** Held by somebody for thirty days more. */
async function put({ operator }: Scene, name: string, story: object, now = START): Promise<string> {
  const dates = { registered_at: iso(now - 335 * DAY_MS), expires_at: iso(now + 30 * DAY_MS) };
  await operator.must('PUT', `/v1/sandbox/domains/${name}`, { award: 'in_order', ...dates, ...story });
  return name;
}

/** In pending delete, to drop within three days. */
async function putDropping({ operator }: Scene, name: string, story: object): Promise<string> {
  const dates = { registered_at: iso(START - 443 * DAY_MS), expires_at: iso(START - 78 * DAY_MS) };
  await operator.must('PUT', `/v1/sandbox/domains/${name}`, { award: 'in_order', ...dates, ...story });
  return name;
}

let customers = 0;

function request(domain: string, extra: object = {}) {
  const id = `customer-${++customers}`;
  return {
    domain,
    customer: { id, email: `${id}@example.test` },
    budget: { amount: 20_000, currency: 'USD' },
    ...extra,
  };
}

async function reserve(by: EngineClient, domain: string, extra: object = {}): Promise<string> {
  return (await by.must('POST', '/v1/reservations', request(domain, extra))).id;
}

async function advance({ operator }: Scene, clock: string, day: number): Promise<void> {
  const path = `/v1/test_clocks/${clock}`;
  await operator.must('POST', `${path}/advance`, { frozen_time: iso(START + day * DAY_MS) });
  await operator.until(path, ({ status }: { status: string }) => status !== 'advancing', 60_000);
}

const comesTo = (by: EngineClient, id: string, status: string, limitMs?: number) =>
  by.until(`/v1/reservations/${id}`, (body: { status: string }) => body.status === status, limitMs);

async function deliveryOf({ temporal }: Scene, reservation: string): Promise<string | undefined> {
  const { events } = await temporal.workflow.getHandle(`reservation:${reservation}`).fetchHistory();
  const begun = events?.flatMap((event) => event.childWorkflowExecutionStartedEventAttributes ?? []);
  return begun?.[0]?.workflowExecution?.workflowId ?? undefined;
}

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
