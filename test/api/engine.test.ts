/** How long the API waits for whoever serves the workflows. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { TemporalEngine } from '../../api/engine.ts';
import { readyClock } from '../../api/routes/test-clocks.ts';
import { EngineUnavailable, type Temporal } from '../../api/temporal.ts';

/** A worker that takes its first question so long after the API is ready: it has more to load. What it serves runs, or never was. */
const startingFor = (ms: number, runs = true) => {
  const described = async () => {
    if (!runs) throw new WorkflowNotFoundError('x', 'x', undefined);
    return { status: { name: 'RUNNING' } };
  };
  return new TemporalEngine({
    client: { workflow: { getHandle: () => ({ query: async () => ({ status: 'ready' }), describe: described }) } },
    ask: async (limitMs: number, call: () => Promise<unknown>) => (limitMs > ms ? call() : undefined),
    write: (_limitMs: number, call: () => Promise<unknown>) => call(),
  } as unknown as Temporal);
};

test('a name is put under a clock whose worker started a moment ago; without one it is an outage', async () => {
  expect(await readyClock(startingFor(2_000), 'clk_1')).toBeUndefined();
  await expect(readyClock(startingFor(60_000), 'clk_1')).rejects.toThrow(EngineUnavailable);
  expect(await readyClock(startingFor(60_000, false), 'clk_1')).toMatchObject({ code: 'test_clock_failed' });
});

test('whoever decides by what the arbiter of a name says is not told that there is none where it is silent', async () => {
  expect(await startingFor(2_000).awaitDomain('name.test')).toMatchObject({ status: 'ready' });
  await expect(startingFor(60_000).awaitDomain('name.test')).rejects.toThrow(EngineUnavailable);
  expect(await startingFor(60_000, false).awaitDomain('name.test')).toBeUndefined();
});

test('whoever only reads a clock is answered soon with what was last known', async () => {
  expect(await startingFor(2_000).describeClock('clk_1')).toBeUndefined();
});
