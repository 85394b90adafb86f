/**
 * No run that is under way is changed by a change of the code: every history in `histories/` is replayed against the workflows as they
 * are now, and each command with its payloads and the state in the end must be what they were.
 */
import { join, resolve } from 'node:path';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { complaintOf } from '../../dev/histories/differences.ts';
import { replay, replayBundle, type Replayed } from '../../dev/histories/replay.ts';
import { historiesFolder, readHistories, type StoredHistory } from '../../dev/histories/stored.ts';
import { changedSources, type Change } from './changed-sources.ts';

const ROOT = resolve(__dirname, '../..');
const OBSERVER = require.resolve('../../dev/histories/observer.ts');
const histories = readHistories(historiesFolder(ROOT));
const byName = Object.fromEntries(histories.map((stored) => [stored.name, stored]));

beforeAll(() => {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
});

describe('the workflows as they are', () => {
  let replayed: Record<string, Replayed<StoredHistory>>;

  beforeAll(async () => {
    const bundle = await replayBundle(join(ROOT, 'workflows/index.ts'), OBSERVER);
    replayed = Object.fromEntries((await replay(bundle, histories)).map((one) => [one.of.name, one]));
  });

  test.each(Object.keys(byName))('do what they did in %s', (name) => {
    const complaint = complaintOf(replayed[name] as Replayed<StoredHistory>);
    if (complaint !== undefined) throw new Error(complaint);
  });

  test('every workflow has a history that is over and one that is under way', async () => {
    const types = Object.keys(await import('../../workflows/index.ts'));
    const ended = ({ history }: StoredHistory) =>
      /EXECUTION_(COMPLETED|CONTINUED)/.test(JSON.stringify(history.events.at(-1)));
    const kinds = (over: boolean) =>
      [
        ...new Set(histories.filter((stored) => ended(stored) === over).map(({ workflowType }) => workflowType)),
      ].toSorted();
    expect([kinds(true), kinds(false)]).toEqual([types.toSorted(), types.toSorted()]);
  });
});

describe('a change of the code is caught, and told with its history, its event and what to do', () => {
  const after = (change: Change) =>
    changedSources(ROOT, [change], async (workflows) => {
      const replayed = await replay(await replayBundle(workflows, OBSERVER), histories);
      return Object.fromEntries(replayed.map((one) => [one.of.name, { ...one, complaint: complaintOf(one) }]));
    });

  test('where another command is issued: a run that is under way would stop', async () => {
    const changed = await after({ file: 'workflows/watching.ts', from: '  desk.index();\n', to: '' });
    const { complaint, error } = changed['domain-free'] ?? {};
    expect(error?.name).toBe('DeterminismViolationError');
    expect(complaint).toMatch(
      /^domain-free: .*\n.*\n {2}at event \d+: upsertWorkflowSearchAttributes was expected, and scheduleActivity announce came\n/,
    );
    expect(complaint).toMatch(/patched\(\)(.|\n)*npm run histories/);
    expect(changed['delivery-arrived']?.complaint).toBeUndefined();
  });

  test('where only the input of an activity is another: Temporal itself would see nothing', async () => {
    const changed = await after({
      file: 'rules/award.ts',
      from: 'a.ordinal - b.ordinal',
      to: 'b.ordinal - a.ordinal',
    });
    expect(Object.values(changed).filter(({ error }) => error)).toEqual([]);
    // Which of its runs held the award depends on when it was handed over.
    const runs = Object.entries(changed).filter(([name]) => name.startsWith('domain-queue-of-three-'));
    expect(runs.map(([, { complaint }]) => complaint).join('\n')).toMatch(
      /at event \d+: scheduleActivity recordDecision: arguments\.0\.decision\.verdict\.winner was "rsv_\w+", is "rsv_\w+"\n/,
    );
    expect(changed['domain-caught-by-other']?.complaint).toBeUndefined();
  });

  test('where only the state in the end is another', async () => {
    const changed = await after({
      file: 'workflows/door.ts',
      from: 'claims: desk.claims.length',
      to: 'claims: desk.claims.length + 1',
    });
    expect(Object.values(changed).filter(({ error }) => error)).toEqual([]);
    expect(changed['domain-queue-of-two-waits']?.complaint).toContain('\n  in the end: state.claims was 2, is 3\n');
  });
});
