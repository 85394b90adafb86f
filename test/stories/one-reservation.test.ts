/** One reservation, from HTTP to a caught name. */
import { DateTime } from 'luxon';
import { DAY_MS, fresh, iso, read, reserve, START, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

const inWords = (at: number): string => DateTime.fromMillis(at, { zone: 'utc', locale: 'en' }).toFormat('d LLLL yyyy');

test('the owner lets go: through each stage at the instants of the policy, then won, with mail and a registration to show', async () => {
  const { client } = await story.operator.registrar(fresh('Northern'));
  const clock = await story.clock();
  const name = await story.name(clock);
  const customer = fresh('ada');
  const placed = await reserve(client, name, customer, { test_clock: clock, metadata: { order: '7' } });
  expect(placed).toMatchObject({
    object: 'reservation',
    livemode: false,
    status: 'waiting',
    stage: 'registered',
    position: 1,
    competitors: 0,
  });
  expect(placed.next).toEqual({ what: 'expiry', at: iso(START + 30 * DAY_MS) });

  for (const [day, stage] of [
    [30, 'auto_renew_grace'],
    [75, 'redemption'],
    [105, 'pending_delete'],
  ] as const) {
    await story.advanceTo(clock, day - 0.001);
    expect((await read(client, placed.id)).stage).not.toBe(stage);
    await story.advanceTo(clock, day);
    expect(await read(client, placed.id)).toMatchObject({ stage, status: 'waiting' });
  }
  const waiting = await read(client, placed.id);
  expect(waiting.drop).toEqual({
    earliest: '2026-04-21T18:00:00.000Z',
    latest: '2026-04-21T19:00:00.000Z',
    source: 'policy',
    confidence: 'estimated',
  });
  await story.advanceTo(clock, 110.75);
  expect((await read(client, placed.id)).status).toBe('catching');
  await story.advanceTo(clock, 111);

  const won = await read(client, placed.id);
  expect(won).toMatchObject({
    status: 'won',
    stage: 'registered_by_us',
    metadata: { order: '7' },
    needs_attention: null,
    outcome: { result: 'won', price: { amount: 6900, currency: 'USD' }, registered_to: 'backorder' },
  });
  expect(await timeline(client, placed.id)).toEqual([
    'reservation.placed',
    ...['reservation.expiring', 'reservation.expiring', 'reservation.expiring', 'reservation.expired'],
    ...['reservation.stage_changed', 'reservation.stage_changed', 'reservation.stage_changed'],
    'reservation.drop_scheduled',
    ...['attempt.catching', 'attempt.made', 'observation.registered'],
    'reservation.caught',
    'decision.award',
    'reservation.won',
  ]);
  expect(await story.info(name)).toMatchObject({ kind: 'registered', registration: { sponsor: 'backorder' } });
  expect(await story.accepted(name)).toHaveLength(1);
  const subjects = (await story.mailsTo(`${customer}@example.test`)).map(({ subject }) => subject);
  // That it was caught is mailed only where the outcome is not known by then.
  expect(subjects.filter((subject) => !subject.endsWith('registered through us'))).toEqual([
    `[test] Your reservation of ${name}`,
    ...Array(3).fill(`[test] ${name}: registered until ${inWords(START + 30 * DAY_MS)}`),
    `[test] ${name}: past its expiry`,
    `[test] ${name}: in redemption`,
    `[test] ${name}: release expected about 21 April 2026`,
    `[test] ${name} is registered for you`,
  ]);
  expect(await historyLength(`reservation:${placed.id}`)).toBeLessThan(150);
  // A clock speaks again to whoever is slow to answer, so a busy machine makes some more of them.
  expect(await historyLength(`domain:${name}`)).toBeLessThan(400);
});

test('histories read as prose: summaries and details name the name and no person', async () => {
  const { client } = await story.operator.registrar(fresh('Prose'));
  const clock = await story.clock();
  const name = await story.name(clock);
  const customer = fresh('secret-person');
  const { id } = await reserve(client, name, customer);
  await story.advanceTo(clock, 31);
  for (const workflow of [`reservation:${id}`, `domain:${name}`]) {
    const handle = story.temporal.workflow.getHandle(workflow);
    const described = await handle.describe();
    expect(await described.staticSummary()).toContain(workflow.startsWith('domain') ? name : id);
    const told = JSON.stringify((await handle.fetchHistory()).events?.map(texts));
    expect({ person: told.includes(customer), budget: told.includes('"amount"') }).toEqual({
      person: false,
      budget: false,
    });
    expect(told.includes(name)).toBe(true);
    for (const event of (await handle.fetchHistory()).events ?? [])
      if (event.activityTaskScheduledEventAttributes)
        expect(event.userMetadata?.summary?.data?.length).toBeGreaterThan(0);
  }
  const found = story.temporal.workflow.list({ query: `Domain = "${name}" AND Stage = "auto_renew_grace"` });
  const ids: string[] = [];
  await expect(
    (async () => {
      for (let tries = 0; ids.length < 2 && tries < 50; tries++) {
        ids.length = 0;
        for await (const { workflowId } of found) ids.push(workflowId);
      }
      return ids.toSorted();
    })(),
  ).resolves.toEqual([`domain:${name}`, `reservation:${id}`]);
});

/** All payloads of an event, as text. */
function texts(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).map(texts);
}

async function historyLength(workflowId: string): Promise<number> {
  return (await story.temporal.workflow.getHandle(workflowId).fetchHistory()).events?.length ?? 0;
}
