/** Two versions of the workers: each waits until it is made current, and running reservations move on to the next one. */
import { Client, type WorkflowHandle } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';
import { loadConfig } from '../../config.ts';
import { command } from '../../dev/command.ts';
import { temporalCli } from '../../dev/fetch-temporal.ts';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { temporalTarget } from '../../temporal/target.ts';
import type { auction } from '../../workflows/auction.ts';
import { auctionStart, bidUpdate, reservationWorkflowId } from '../../workflows/messages.ts';
import { steadily } from '../faults/cast.ts';
import { Beside, type Running } from './beside.ts';
import { body, fresh, reaches, Story } from './story.ts';

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
  return command(path, [...args, ...where], { limitMs: 60_000 });
}
const deployment = (...args: string[]): Promise<string> => cli('worker', 'deployment', ...args);

const QUEUES = ['catch:sandbox', 'engine', 'notify'];

/** The version, once all its queues are polled. */
async function known(buildId: string): Promise<string[]> {
  for (;;) {
    const said = await deployment(
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
  deployment('set-current-version', '--deployment-name', 'backorder', '--build-id', buildId, '--yes');

const PINNED = proto.api.enums.v1.VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;

/** Where a workflow ran last, once it has, and whether it stays there. */
async function versionOf(workflowId: string): Promise<string> {
  for (;;) {
    const { workflowExecutionInfo: info } = await story.temporal.workflowService.describeWorkflowExecution({
      namespace: beside.namespace,
      execution: { workflowId },
    });
    const { behavior, deploymentVersion, versioningOverride } = info?.versioningInfo ?? {};
    const stays = behavior === PINNED && !versioningOverride;
    if (deploymentVersion?.buildId) return deploymentVersion.buildId + (stays ? ', pinned' : '');
  }
}

/** An auction that lasts for days. */
async function holdAuction(): Promise<WorkflowHandle<typeof auction>> {
  const { connection: _, ...target } = temporalTarget(loadConfig(beside.env), beside.env);
  const client = new Client({ connection: story.temporal.connection, ...target });
  const now = Date.now();
  const id = fresh('auc');
  const start = auctionStart({
    ...{ id, name: `${id}.test`, tld: 'test', livemode: false, startedAt: now, currency: 'USD', listPrice: 6_900 },
    policy: DEFAULT_AUCTION_POLICY,
    entrants: [1, 2].map((ordinal) => ({ reservation: `rsv_${ordinal}`, ordinal, bidder: `bidder-${ordinal}` })),
    time: { tick: 0, now },
  });
  return client.workflow.start<typeof auction>('auction', start);
}

test('a version takes work once it is current, and the next one takes over what runs, but no auction, unless it is moved', async () => {
  await beside.api();
  const { client, name } = await beside.customer(story);
  const first = await start('v1');
  const early = await client.call('POST', '/v1/reservations', body(name, fresh('ada')));
  expect(early.status).toBe(202);
  expect(early.body.status).toBe('placed');

  await makeCurrent('v1');
  const { id } = early.body;
  const journey = reservationWorkflowId(id);
  await reaches(client, id, { status: 'waiting' });
  expect(await versionOf(journey)).toBe('v1');
  const held = await holdAuction();
  expect(await versionOf(held.workflowId)).toBe('v1, pinned');

  await start('v2');
  await makeCurrent('v2');
  for (const { child } of first) child.kill('SIGTERM');
  await Promise.all(first.map(({ ended }) => ended));
  await steadily(client, `/v1/reservations/${id}/cancel`);
  const ended = await reaches(client, id, { status: 'cancelled' });
  expect(ended).toMatchObject({ outcome: { result: 'cancelled' } });
  expect(await versionOf(journey)).toBe('v2');
  expect(await versionOf(held.workflowId)).toBe('v1, pinned');
  await cli('workflow', 'update-options', '-w', held.workflowId, '--versioning-override-behavior', 'auto_upgrade');
  const bid = { id: 'bid_1', reservation: 'rsv_2', max: 20_000, givenUpAt: Number.MAX_SAFE_INTEGER };
  expect(await held.executeUpdate(bidUpdate, { args: [bid] })).toMatchObject({ leading: true });
  expect(await versionOf(held.workflowId)).toBe('v2');
}, 180_000);
