/** What a clock does after a wait follows from who has settled, whatever came first; and a clock set back by hand finds its way on. */
import { temporal } from '@temporalio/proto';
import {
  advanceUpdate,
  clockWorkflowId,
  describeClock,
  domainWorkflowId,
  enterUpdate,
  restingSignal,
} from '../../workflows/messages.ts';
import { serverThatSuggestsAt } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const CLOCK = 'clk_settling';
const NAME = 'settling.test';
const SPEAKER = domainWorkflowId('speaks-late.test');
/** Not the time-skipping one: it keeps a worker that has gone in mind, and knows no reset. */
const server = serverThatSuggestsAt(10_000);
let world: World;
afterEach(() => world.close());

const clock = () => world.env.client.workflow.getHandle(clockWorkflowId(CLOCK));
const eventsOfClock = async () => (await clock().fetchHistory()).events ?? [];
const typesSeen = async () => (await eventsOfClock()).map(({ eventType }) => eventType);
const settled = async () => {
  while ((await clock().query(describeClock)).status !== 'ready') await world.env.sleep(10);
};
const { EventType } = temporal.api.enums.v1;

/** A clock that waits for one who is busy, and no worker is there. */
async function waiting(): Promise<void> {
  await world.run(async () => {
    await world.startClock();
    await clock().executeUpdate(enterUpdate, { args: [{ participant: SPEAKER }] });
    await clock().executeUpdate(advanceUpdate, { args: [{ to: world.registry.now + DAY_MS }] });
  });
}

const hears = () => clock().signal(restingSignal, { participant: SPEAKER, tick: 1, until: null });
const timerFires = async () => {
  while (!(await typesSeen()).includes(EventType.EVENT_TYPE_TIMER_FIRED)) await world.env.sleep(100);
};

test.each([
  ['the word, then the timer', [hears, timerFires]],
  ['the timer, then the word', [timerFires, hears]],
])('%s, taken up at once: it moves on, and tells nobody who has settled the time again', async (_, happenings) => {
  world = await World.open({ clock: CLOCK, server });
  await waiting();
  for (const happens of happenings) await happens();
  await world.run(async () => {
    await settled();
  });
  const events = await eventsOfClock();
  expect(await typesSeen()).toContain(EventType.EVENT_TYPE_TIMER_FIRED);
  expect(events.flatMap(({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name ?? [])).toEqual([
    'stepRegistry',
  ]);
});

test('reset to an earlier task it says again what the time is, and the name lives on to its end', async () => {
  world = await World.open({ clock: CLOCK, server });
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS, test_clock: CLOCK });
  await world.run(async () => {
    await world.startClock();
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.advance(80);
    const moved = await clock().query(describeClock);
    await setBack();
    await settled();
    expect(await clock().query(describeClock)).toEqual(moved);
    await world.advance(31);
    expect(['rsv_1', 'rsv_2'].map((id) => world.outcome(id))).toEqual(['won: first_in_order', 'lost: behind_in_order']);
  });
});

/** `temporal workflow reset --event-id`, to before the time was first told. */
async function setBack(): Promise<void> {
  const events = await eventsOfClock();
  const told = events.findIndex(
    ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === 'tick',
  );
  const before = events.slice(0, told).findLast(({ workflowTaskCompletedEventAttributes: done }) => done);
  await world.env.client.workflowService.resetWorkflowExecution({
    namespace: world.env.namespace ?? 'default',
    workflowExecution: { workflowId: clockWorkflowId(CLOCK) },
    reason: 'cannot be replayed',
    requestId: 'reset once',
    workflowTaskFinishEventId: before?.eventId ?? null,
  });
}
