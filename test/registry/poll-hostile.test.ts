/** Polls while the RDAP they should ask is hostile: each is answered by the registry's EPP, in bounded time, and says what was wrong. */
import { poll, sentence, type Past } from '../../activities/poll.ts';
import { CADENCE } from '../../registry/cadence.ts';
import { createEppGateway } from '../../registry/epp/gateway.ts';
import { stageOf } from '../../rules/stage.ts';
import { useHostileRdap } from './hostile.ts';
import { after, closeAll, sandboxWorld } from './world.ts';

const base = useHostileRdap();
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
    const published = Date.now() + 600_000;
    await control.put('polled.test', { drops_at: published });
    const gateway = createEppGateway({ ...entry, rdap: `${base()}/${way}` });
    after(() => gateway.close());
    const answer = await gateway.look('polled.test');
    const now = Date.now();
    const input = {
      name: 'polled.test',
      tld: 'test',
      stage: 'pending_delete',
      answer,
      published,
      cadence: CADENCE,
    } as const;
    // Known from before, so that RDAP is asked first, and late enough for EPP to stand in.
    let past: Past = { answeredAt: now - 2 * 3_600_000, failures: 0, seen: 'before' };
    for (let n = 0; n < 2; n++) {
      const outcome = await poll(input, { gateway, loadedDrop: async () => undefined, past, now, random: 0.5 });
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
