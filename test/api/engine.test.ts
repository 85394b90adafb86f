/** How long the API waits for whoever serves the workflows. */
import { TemporalEngine } from '../../api/engine.ts';
import { readyClock } from '../../api/routes/test-clocks.ts';
import type { Temporal } from '../../api/temporal.ts';

/** A worker that takes its first question so long after the API is ready: it has more to load. */
const startingFor = (ms: number) =>
  new TemporalEngine({
    client: { workflow: { getHandle: () => ({ query: async () => ({ status: 'ready' }) }) } },
    ask: async (limitMs: number, call: () => Promise<unknown>) => (limitMs > ms ? call() : undefined),
  } as unknown as Temporal);

test('a name is put under a clock whose worker started a moment ago; without one it is an outage', async () => {
  expect(await readyClock(startingFor(2_000), 'clk_1')).toBeUndefined();
  expect(await readyClock(startingFor(60_000), 'clk_1')).toMatchObject({ code: 'engine_unavailable' });
});

test('whoever only reads a clock is answered soon with what was last known', async () => {
  expect(await startingFor(2_000).describeClock('clk_1')).toBeUndefined();
});
