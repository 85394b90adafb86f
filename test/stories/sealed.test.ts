/** Budgets and maxima in a real history: nobody reads them who operates Temporal, until an operator signs in. */
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, type DataConverter } from '@temporalio/common';
import { temporal as proto } from '@temporalio/proto';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { chromium } from 'playwright-core';
import { loadConfig } from '../../config.ts';
import { command, onPath } from '../../dev/command.ts';
import { temporalCli } from '../../dev/fetch-temporal.ts';
import { temporalTarget } from '../../temporal/target.ts';
import { bids, bidUpdate, maximaQuery, type BidsActivities } from './bids.ts';
import { fresh, Story } from './story.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const BUDGET = usd(987_654_321);
const MAXIMA = [usd(123_456_789), usd(234_567_891)];
const SECRETS = [BUDGET, ...MAXIMA].map(({ amount }) => String(amount));

let story: Story;
let temporal: Client;
let dataConverter: DataConverter;
let bundle: WorkflowBundle;
let connection: NativeConnection;
let runIds: string[];
const workflowId = fresh('bids');
const domain = `${workflowId}.test`;

const activities: BidsActivities = {
  weigh: async ({ max, budget }) => ({ maximum: max, within: max.amount <= budget.amount }),
};

/** One life: two bids taken, one refused with the budget in its details, carried on once, and read by a query. */
beforeAll(async () => {
  story = await Story.open();
  ({ temporal } = story);
  const target = temporalTarget(loadConfig(story.stack.env), story.stack.env);
  ({ dataConverter } = target);
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./bids.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  connection = await NativeConnection.connect(target.connection);
  const taskQueue = workflowId;
  const { namespace } = target;
  const worker = await Worker.create({
    connection,
    namespace,
    dataConverter,
    taskQueue,
    workflowBundle: bundle,
    activities,
  });
  runIds = await worker.runUntil(live(taskQueue));
}, 180_000);
afterAll(async () => {
  await connection.close();
  await story.close();
});

async function live(taskQueue: string): Promise<string[]> {
  const staticSummary = `Bids for ${domain}`;
  const handle = await temporal.workflow.start(bids, {
    workflowId,
    taskQueue,
    staticSummary,
    args: [{ domain, budget: BUDGET }],
  });
  const [low, high] = MAXIMA as [(typeof MAXIMA)[0], (typeof MAXIMA)[0]];
  const over = { max: { ...BUDGET, amount: BUDGET.amount + 1 } };
  const refusal = await handle.executeUpdate(bidUpdate, { args: [over] }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(WorkflowUpdateFailedError);
  const { cause } = refusal as WorkflowUpdateFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect(cause).toMatchObject({ type: 'over_budget', details: [{ budget: BUDGET }] });
  expect(await handle.executeUpdate(bidUpdate, { args: [{ max: low }] })).toEqual({ max: low, bids: 1 });
  const latest = temporal.workflow.getHandle(workflowId);
  expect(await latest.query(maximaQuery)).toEqual({ domain, maxima: [low] });
  expect(await latest.executeUpdate(bidUpdate, { args: [{ max: high }] })).toEqual({ max: high, bids: 2 });
  expect(await latest.result()).toEqual({ domain, maximum: high });
  return [handle.firstExecutionRunId, (await latest.describe()).runId];
}

const historyOf = (runId: string) => temporal.workflow.getHandle(workflowId, runId).fetchHistory();

test('what Temporal keeps of two runs holds the name and not one budget or maximum', async () => {
  expect(new Set(runIds).size).toBe(2);
  for (const runId of runIds) {
    const kept = Buffer.from(proto.api.history.v1.History.encode(await historyOf(runId)).finish()).toString('latin1');
    expect(kept).toContain(`"domain":"${domain}"`);
    // The next run of a workflow does not repeat the summary it was started with.
    if (runId === runIds[0]) expect(kept).toContain(`Bids for ${domain}`);
    for (const secret of SECRETS) expect(kept).not.toContain(secret);
  }
});

test('a replay opens them as the worker did', async () => {
  for (const runId of runIds)
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter }, await historyOf(runId), workflowId);
});

/** Payloads are base64 in its JSON. */
const shownIn = (json: string): string =>
  [...json.matchAll(/"data": "([^"]+)"/g)].map(([, data = '']) => Buffer.from(data, 'base64').toString()).join('\n');

test('the command line shows them to whoever sends an operator’s key, and to nobody else', async () => {
  const { path } = await temporalCli();
  const show = (...args: string[]) =>
    command(
      path,
      [
        'workflow',
        'show',
        '-w',
        workflowId,
        '--address',
        loadConfig(story.stack.env).temporalAddress,
        '-o',
        'json',
        ...args,
      ],
      {
        limitMs: 60_000,
      },
    );
  const endpoint = ['--codec-endpoint', `${story.stack.urls.api}/codec`];
  const auth = ['--codec-auth', `Bearer ${story.stack.adminKey}`];
  const sealed = shownIn(await show());
  expect(sealed).toContain(domain);
  expect(sealed).not.toContain(SECRETS[1]);
  await expect(show(...endpoint)).rejects.toThrow();
  expect(shownIn(await show(...endpoint, ...auth))).toContain(SECRETS[1]);
});

const executablePath = onPath('chromium');
(executablePath === undefined ? test.skip : test)(
  'the Web UI shows them once its browser has signed in',
  async () => {
    const flags = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ];
    const browser = await chromium.launch({ executablePath: String(executablePath), args: flags });
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      const history = `${story.stack.urls.temporalUi}/namespaces/default/workflows/${workflowId}/${runIds[1]}/history`;
      await page.goto(history);
      await page.getByText(domain).first().waitFor();
      expect(await page.content()).not.toContain(SECRETS[2]);

      await page.goto(`${story.stack.urls.api}/codec/sign-in`);
      await page.getByLabel('Operator key').fill(story.stack.adminKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('status').waitFor();
      await page.getByRole('link', { name: 'To the Temporal UI' }).click();
      // What the UI keeps of its codec server settings: its own endpoint wins over the cluster's, and takes credentials along.
      const settings = {
        overrideRemoteCodecConfiguration: true,
        endpoint: `${story.stack.urls.api}/codec`,
        includeCredentials: true,
      };
      for (const [name, value] of Object.entries(settings))
        await page.evaluate(`localStorage.setItem('${name}', ${JSON.stringify(JSON.stringify(value))})`);
      await page.goto(history);
      await page.getByText(String(SECRETS[2])).first().waitFor();
      if (process.env['BACKORDER_SCREENSHOT']) await page.screenshot({ path: process.env['BACKORDER_SCREENSHOT'] });
    } finally {
      await browser.close();
    }
  },
  180_000,
);
