/** What `npm start` prints works when pasted: the first five minutes end with a caught name and a mail. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { walkthrough } from '../../dev/walkthrough.ts';
import { attachStack } from '../stack/stack.ts';

test('the walk-through pasted into bash wins a name that drops twenty seconds later', async () => {
  const { urls, home } = await attachStack();
  const script = walkthrough({ urls, adminKeyCommand: `cat '${home}/admin-key'` });
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { timeout: 170_000 });
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['waiting', 'won']));
  expect(stdout).toMatch(/^\d{4}-\S+ {2}.*first-\d+\.test is registered for you$/m);
}, 180_000);
