/** Two versions of the workers: each waits until it is made current, and running reservations move on to the next one. */
import { command } from '../../dev/command.ts';
import { temporalCli } from '../../dev/fetch-temporal.ts';
import { steadily } from '../faults/cast.ts';
import { Beside, type Running } from './beside.ts';
import { body, fresh, Story } from './story.ts';

let story: Story;
let beside: Beside;
beforeAll(async () => {
  story = await Story.open();
  beside = await Beside.open(story);
}, 180_000);
afterAll(async () => {
  await beside.close();
  await story.close();
});

/** As docs/operations.md has it. */
async function cli(...args: string[]): Promise<string> {
  const { path } = await temporalCli();
  const where = ['--address', String(beside.env['TEMPORAL_ADDRESS']), '--namespace', beside.namespace];
  return command(path, ['worker', 'deployment', ...args, ...where], { limitMs: 60_000 });
}

const QUEUES = ['catch:sandbox', 'engine', 'notify'];

/** The version, once all its queues are polled. */
async function known(buildId: string): Promise<string[]> {
  for (;;) {
    const said = await cli(
      'describe-version',
      '--deployment-name',
      'backorder',
      '--build-id',
      buildId,
      '-o',
      'json',
    ).catch(() => '{}');
    const { taskQueuesInfos = [] } = JSON.parse(said) as { taskQueuesInfos?: { name: string }[] };
    const names = [...new Set(taskQueuesInfos.map(({ name }) => name))].sort();
    if (names.length >= QUEUES.length) return names;
  }
}

async function start(buildId: string): Promise<Running[]> {
  const env = { BACKORDER_BUILD_ID: buildId };
  const both = ['workers/main.js', 'workers/catcher.js'].map((program) => beside.start(program, env));
  await Promise.all(both.map(({ says }) => says(/"working"/)));
  expect(await known(buildId)).toEqual(QUEUES);
  return both;
}

const makeCurrent = (buildId: string): Promise<string> =>
  cli('set-current-version', '--deployment-name', 'backorder', '--build-id', buildId, '--yes');

/** Where a reservation ran last, once it has. */
async function versionOf(reservation: string): Promise<string> {
  for (;;) {
    const { workflowExecutionInfo: info } = await story.temporal.workflowService.describeWorkflowExecution({
      namespace: beside.namespace,
      execution: { workflowId: `reservation:${reservation}` },
    });
    const buildId = info?.versioningInfo?.deploymentVersion?.buildId;
    if (buildId) return buildId;
  }
}

test('a version takes work once it is current, and the next one takes over what runs', async () => {
  await beside.api();
  const { client, name } = await beside.customer(story);
  const first = await start('v1');
  const early = await client.call('POST', '/v1/reservations', body(name, fresh('ada')));
  expect(early.status).toBe(202);
  expect(early.body.status).toBe('placed');

  await makeCurrent('v1');
  const { id } = early.body;
  await client.until(`/v1/reservations/${id}`, ({ status }) => status === 'waiting', 60_000);
  expect(await versionOf(id)).toBe('v1');

  await start('v2');
  await makeCurrent('v2');
  for (const { child } of first) child.kill('SIGTERM');
  await Promise.all(first.map(({ ended }) => ended));
  await steadily(client, `/v1/reservations/${id}/cancel`);
  const ended = await client.until(`/v1/reservations/${id}`, ({ status }) => status === 'cancelled', 60_000);
  expect(ended).toMatchObject({ outcome: { result: 'cancelled' } });
  expect(await versionOf(id)).toBe('v2');
}, 180_000);
