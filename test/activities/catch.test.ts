/** What a catch tells of its tries: counted by answer, taken over from a worker that was lost, and no word of a refusal. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { catchActivities, type CatchInput, type CatchOutcome } from '../../activities/catch.ts';
import type { CatchDeps } from '../../activities/deps.ts';
import { OutcomeUnknown, RegistryUnreachable } from '../../registry/gateway.ts';
import type { Registration, RegistryAnswer } from '../../rules/stage.ts';
import { withAnswer, nothingTried } from '../../rules/tried.ts';
import { MemoryStore } from '../workflows/memory.ts';

const DROP = Date.parse('2026-04-21T18:00:00.000Z');
const OLD: Registration = {
  ...{ roid: 'D1-TEST', sponsor: 'owners-registrar', registeredAt: 1, expiresAt: 2 },
  ...{ statuses: ['pendingDelete'], rgp: ['pendingDelete'], nameservers: [] },
};
const RIVALS = { ...OLD, roid: 'D2-TEST', sponsor: 'rival-1', registeredAt: DROP + 40, statuses: [], rgp: [] };
const held = (registration: Registration): RegistryAnswer => ({ kind: 'registered', registration });

/** Answers creates one after another; the registry then has what `after` says. A create takes 10 ms. */
function world(creates: (number | Error)[], after: Registration) {
  let now = DROP - 20;
  let sent = 0;
  const gateway = {
    look: async () => held(sent < creates.length ? OLD : after),
    create: async () => {
      const answer = creates[sent++];
      now += 10;
      if (answer instanceof Error) throw answer;
      return { code: answer ?? 2302 };
    },
  };
  const deps = {
    registryOf: () => ({ gateway, owns: ['backorder'], contacts: {}, nameservers: [] }),
    store: new MemoryStore(),
    now: () => now,
    sleep: async (ms: number) => void (now += ms),
  } as unknown as CatchDeps;
  return catchActivities(deps);
}

const input: CatchInput = {
  ...{ name: 'wanted.test', tld: 'test', registry: 'memory', reservation: 'rsv_1', roidBefore: 'D1-TEST' },
  window: { earliest: DROP, latest: DROP },
};
const run = (activities: ReturnType<typeof world>, info: object = {}): Promise<CatchOutcome> =>
  new MockActivityEnvironment(info).run(activities.catchName, input);

test('answers are counted with the instants of their creates, and so is the last sight of the old registration', async () => {
  const creates = [2302, new OutcomeUnknown('cut off'), new RegistryUnreachable('away'), 2302];
  expect(await run(world(creates, RIVALS))).toMatchObject({
    ...{ kind: 'taken', by: 'rival-1', registeredAt: DROP + 40 },
    tried: {
      complete: true,
      heldAt: DROP,
      answers: [
        { code: 2302, firstAt: DROP - 20 },
        { code: 'no_answer', count: 1, firstAt: DROP - 10, lastAt: DROP - 10 },
        { code: 'not_reached', count: 1, firstAt: DROP },
      ],
    },
  });
});

test('what a lost worker had told of its tries is taken over, and that there were perhaps more is said', async () => {
  const before = withAnswer(nothingTried, 2302, DROP - 500);
  const { tried } = await run(world([], RIVALS), { attempt: 2, heartbeatDetails: before });
  expect(tried).toMatchObject({
    creates: 1,
    complete: false,
    answers: [{ code: 2302, count: 1, firstAt: DROP - 500 }],
  });
  expect((await run(world([], RIVALS), { attempt: 2 })).tried).toMatchObject({ creates: 0, complete: false });
});

test('a refusal for good carries what was tried before it, and not itself: it is about one claim', async () => {
  const failure = await run(world([2302, 2104], OLD)).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    ...{ type: 'create_refused_2104', nonRetryable: true },
    details: [{ creates: 1, answers: [{ code: 2302 }] }],
  });
});
