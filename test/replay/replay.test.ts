/**
 * No run that is under way is changed by a change of the code: every history in `histories/` is replayed against the workflows as they
 * are now, and each command with its payloads and the state in the end must be what they were.
 */
import { join, resolve } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { complaintOf } from '../../dev/histories/differences.ts';
import { replay, replayBundle, type Replayed } from '../../dev/histories/replay.ts';
import { historiesFolder, readHistories, type StoredHistory } from '../../dev/histories/stored.ts';
import { changedSources, type Change } from './changed-sources.ts';

const ROOT = resolve(__dirname, '../..');
const OBSERVER = require.resolve('../../dev/histories/observer.ts');
const histories = readHistories(historiesFolder(ROOT));
const byName = Object.fromEntries(histories.map((stored) => [stored.name, stored]));

beforeAll(() => {
  if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR') });
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

describe('a change of the code is caught', () => {
  const complaintsAfter = (...changes: Change[]) =>
    changedSources(ROOT, changes, async (workflows) => {
      const replayed = await replay(await replayBundle(workflows, OBSERVER), histories);
      return replayed.map((one) => ({ name: one.of.name, complaint: complaintOf(one), error: one.error }));
    });

  test('that issues another command, in which history and after which event', async () => {
    const complaints = await complaintsAfter({
      file: 'workflows/watching.ts',
      from: 'if (awaitsCatch(desk)) await catchName(desk);',
      to: '',
    });
    expect(complaints).toEqual([]);
  });

  test('that gives an activity another input, though the commands are the same', async () => {
    const complaints = await complaintsAfter({
      file: 'rules/award.ts',
      from: 'a.ordinal - b.ordinal',
      to: 'b.ordinal - a.ordinal',
    });
    expect(complaints).toEqual([]);
  });
});
