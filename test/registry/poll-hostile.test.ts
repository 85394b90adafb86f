/** Polls while the RDAP they should ask is hostile: each is answered by the registry's EPP, in bounded time, and says what was wrong. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { poll, sentence, type Past } from '../../activities/poll.ts';
import { CADENCE } from '../../registry/cadence.ts';
import { createEppGateway } from '../../registry/epp/gateway.ts';
import { stageOf } from '../../rules/stage.ts';
import { after, closeAll, sandboxWorld } from './world.ts';

let hostile: ReturnType<typeof fork>;
let base = '';
beforeAll(async () => {
  hostile = fork(join(import.meta.dirname, 'rdap-hostile.mjs'), { execArgv: [] });
  const [{ port }] = (await once(hostile, 'message')) as [{ port: number }];
  base = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  hostile.disconnect();
  await once(hostile, 'exit');
});
afterEach(closeAll);

test.each([
  ['endless_body', 'too_large'],
  ['bomb', 'too_large'],
  ['deep', 'too_deep'],
  ['page', 'wrong_type'],
  ['bad_json', 'not_json'],
  ['circle', 'redirect_loop'],
  ['endless_redirects', 'too_many_redirects'],
  ['dripping_body', 'timed_out'],
])(
  'RDAP that sends %s',
  async (way, code) => {
    const { entry, control } = await sandboxWorld();
    await control.put('polled.test', { drops_at: Date.now() + 600_000 });
    const gateway = createEppGateway({ ...entry, rdap: `${base}/${way}` });
    after(() => gateway.close());
    const answer = await gateway.look('polled.test');
    const now = Date.now();
    const input = { name: 'polled.test', tld: 'test', stage: 'pending_delete', answer, cadence: CADENCE } as const;
    // Known from before, so that RDAP is asked first, and late enough for EPP to stand in.
    let past: Past = { answeredAt: now - 2 * 3_600_000, failures: 0, seen: 'before' };
    for (let n = 0; n < 2; n++) {
      const outcome = await poll(input, { gateway, past, now, random: 0.5 });
      if (!('heard' in outcome)) throw new Error('something to act on');
      expect(outcome.answered).toBe(true);
      const kind = code === 'timed_out' ? 'away' : 'nonsense';
      const words = sentence(outcome.heard, (said) => stageOf(said, { clids: [] }, now));
      expect(words).toBe(`RDAP: ${kind} (${code}); EPP: pending_delete`);
      past = { ...outcome.past, answeredAt: past.answeredAt };
    }
    expect(Date.now() - now).toBeLessThan(30_000);
  },
  60_000,
);
