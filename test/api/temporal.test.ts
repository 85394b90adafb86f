/** The way to Temporal: bounded, and an outage is one error whatever it looked like. */
import {
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { EngineUnavailable, Temporal } from '../../api/temporal.ts';

const client = { withDeadline: (_at: number, call: () => Promise<unknown>) => call() } as unknown as Client;
const grpc = (code: number) =>
  new ServiceError('x', { cause: Object.assign(new Error('x'), { code, details: '', metadata: {} }) });
const rejecting = (error: Error) => () => Promise.reject(error);

test.each([
  [1, 8],
  [3, 2],
  [8, 1],
])('of %i replicas each sends a workflow %i updates at once, and the rest wait', async (replicas, atOnce) => {
  const temporal = new Temporal(client, replicas);
  let [running, most] = [0, 0];
  const update = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await Promise.all(Array.from({ length: 30 }, () => temporal.update('domain:a.test', 5_000, update)));
  expect(most).toBe(atOnce);
});

test('updates begin in the order in which they came, also where a later one was ready first', async () => {
  const temporal = new Temporal(client, 8);
  const begun: string[] = [];
  let isReady = () => {};
  const send = (name: string, ready?: Promise<unknown>) =>
    temporal.update('auction:a', 5_000, async () => void begun.push(name), ready);
  const first = send('first', new Promise<void>((resolve) => (isReady = resolve)));
  const others = [send('second', Promise.resolve()), send('third')];
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([]);
  isReady();
  await Promise.all([first, ...others]);
  expect(begun).toEqual(['first', 'second', 'third']);
});

test('one that is never ready holds up nobody for long, and takes no turn', async () => {
  const temporal = new Temporal(client, 8);
  let giveUp = (_error: Error) => {};
  const never = temporal.update('auction:a', 5_000, async () => 'sent', new Promise((_, reject) => (giveUp = reject)));
  await expect(temporal.update('auction:a', 5_000, async () => 'sent')).resolves.toBe('sent');
  giveUp(new Error('no money'));
  await expect(never).rejects.toThrow('no money');
});

test('an update that gets no turn within its limit is an outage, and other workflows do not wait for it', async () => {
  const temporal = new Temporal(client, 8);
  let free = () => {};
  const held = temporal.update('domain:a.test', 5_000, () => new Promise<void>((resolve) => (free = resolve)));
  const late = temporal.update('domain:a.test', 0, async () => 'done');
  await expect(temporal.update('domain:b.test', 5_000, async () => 'done')).resolves.toBe('done');
  free();
  await held;
  await expect(late).rejects.toThrow(EngineUnavailable);
});

test('out of reach once, it is left alone for a moment; queries then have no answer', async () => {
  const temporal = new Temporal(client, 1);
  await expect(temporal.write(100, rejecting(grpc(14)))).rejects.toThrow(EngineUnavailable);
  let asked = 0;
  const count = async () => ++asked;
  await expect(temporal.write(100, count)).rejects.toThrow(EngineUnavailable);
  await expect(temporal.ask(100, count)).resolves.toBeUndefined();
  expect(asked).toBe(0);
});

test('an update nobody answers says nothing of the server', async () => {
  const temporal = new Temporal(client, 1);
  const timeout = rejecting(new WorkflowUpdateRPCTimeoutOrCancelledError('x'));
  await expect(temporal.update('clock:a', 100, timeout)).rejects.toThrow(EngineUnavailable);
  await expect(temporal.write(100, async () => 'done')).resolves.toBe('done');
});

test('an update that a failed task did not take is sent again, and others are served meanwhile', async () => {
  const temporal = new Temporal(client, 1);
  let sent = 0;
  const updated = temporal.update('clock:a', 5_000, () =>
    ++sent < 4 ? Promise.reject(grpc(9)) : Promise.resolve('entered'),
  );
  await expect(temporal.write(100, async () => 'done')).resolves.toBe('done');
  await expect(updated).resolves.toBe('entered');
  expect(sent).toBe(4);
});

test('an update that no task takes is an outage of its workflow alone, and holds its turn for a moment only', async () => {
  const temporal = new Temporal(client, 1);
  const since = performance.now();
  await expect(temporal.update('clock:a', 60_000, rejecting(grpc(9)))).rejects.toThrow(EngineUnavailable);
  expect(performance.now() - since).toBeLessThan(2_000);
  await expect(temporal.write(100, async () => 'done')).resolves.toBe('done');
});

test.each([
  ['the server cannot be reached', grpc(14)],
  ['nobody answered', new WorkflowUpdateRPCTimeoutOrCancelledError('x')],
])('an update of which nobody knows whether it was taken is sent once: %s', async (_what, error) => {
  const temporal = new Temporal(client, 1);
  let sent = 0;
  const updated = temporal.update('clock:a', 5_000, () => (sent++, Promise.reject(error)));
  await expect(updated).rejects.toThrow(EngineUnavailable);
  expect(sent).toBe(1);
});

test('what is an answer is passed on: there is no such workflow', async () => {
  const temporal = new Temporal(client, 1);
  const gone = rejecting(new WorkflowNotFoundError('x', 'domain:a.test', undefined));
  await expect(temporal.write(100, gone)).rejects.toThrow(WorkflowNotFoundError);
  await expect(temporal.ask(100, gone)).resolves.toBeUndefined();
  await expect(temporal.ask(100, rejecting(grpc(9)))).resolves.toBeUndefined();
});
