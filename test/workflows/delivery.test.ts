/** A mail server that is away: the notice is tried ever more slowly, for three days, and delays nothing else. */
import { ApplicationFailure } from '@temporalio/common';
import { ENGINE_QUEUE } from '../../workflows/messages.ts';
import { World } from './world.ts';

const HOUR_MS = 3_600_000;
let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Attempts fail until `awayMs` have passed; answers what came of the notice, how often it was tried, and how long it took. */
async function delivered(awayMs: number): Promise<{ result: string; tries: number; tookMs: number }> {
  const startedAt = await world.env.currentTimeMs();
  let tries = 0;
  let tookMs = 0;
  world.deliver = async () => {
    tries += 1;
    // Not after the end: nobody then holds the server's time, and it skips on.
    tookMs = (await world.env.currentTimeMs()) - startedAt;
    if (tookMs >= awayMs) return 'sent';
    throw ApplicationFailure.retryable('mail not delivered', 'ECONNECTION');
  };
  const args: [{ event: string; channel: 'mail' }] = [{ event: 'evt_1', channel: 'mail' }];
  const start = { workflowId: 'delivery:evt_1:mail', taskQueue: ENGINE_QUEUE, args };
  const result: string = await world.run(() => world.env.client.workflow.execute('delivery', start));
  return { result, tries, tookMs };
}

test('away for an hour: tried a dozen times, and sent within another hour', async () => {
  const { result, tries, tookMs } = await delivered(HOUR_MS);
  expect(result).toBe('sent');
  expect(tries).toBeLessThanOrEqual(12);
  expect(tookMs).toBeLessThan(2 * HOUR_MS);
});

test('away for good: given up after three days, tried once an hour', async () => {
  const { result, tries, tookMs } = await delivered(Number.POSITIVE_INFINITY);
  expect(result).toBe('given_up');
  expect(world.givenUp).toEqual(['evt_1']);
  expect(tries).toBeLessThanOrEqual(90);
  expect(tookMs).toBeGreaterThan(70 * HOUR_MS);
});
