/** Whatever a server does, a lookup is over in its time, holds little, and says in one word what was wrong. */
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SourceTrouble } from '../../registry/http-trouble.ts';
import { createRdapClient } from '../../registry/rdap/client.ts';
import { useHostileRdap } from './hostile.ts';
import { listening, lookup, troubleOf } from './rdap-server.ts';
import { closeAll, sandboxWorld } from './world.ts';

const LIMIT_MS = 1_000;
/** The machine may be busy; a lookup that has no bound of its own takes far longer than this. */
const SLACK_MS = 2_000;
/** While under way: what is received, unpacked and parsed of at most 1 MB. */
const MOST_BYTES = 64 * 1_048_576;
/** Afterwards: what a client keeps of it. */
const KEPT_BYTES = 4 * 1_048_576;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;
const held = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const base = useHostileRdap();
afterEach(closeAll);

/** What is still held once it is let go: connections close, and their buffers are freed, in turns of their own. */
async function keptSince(before: number) {
  for (let turn = 0; turn < 1 || (turn < 50 && held() - before > KEPT_BYTES); turn++) {
    await setImmediate();
    collect();
  }
  return held() - before;
}

/** One lookup and what it cost. */
async function measured(way: string) {
  const client = createRdapClient();
  collect();
  const before = held();
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, held())), 2);
  const startedAt = performance.now();
  const outcome = await client
    .lookup('example.com', { base: `${base()}/${way}`, limitMs: LIMIT_MS })
    .catch((error: unknown) => error);
  const tookMs = performance.now() - startedAt;
  clearInterval(sampling);
  most = Math.max(most, held());
  const kept = await keptSince(before);
  const said = outcome instanceof SourceTrouble ? outcome.code : (outcome as { kind?: string }).kind;
  return { said: said ?? outcome, tookMs, most: most - before, kept, client };
}

test.each([
  ['never', 'timed_out'],
  ['hangs_up', 'unreachable'],
  ['not_http', 'malformed_http'],
  ['endless_headers', 'headers_too_large'],
  ['endless_header', 'headers_too_large'],
  ['dripping_headers', 'timed_out'],
  ['endless_interim', 'timed_out'],
  ['endless_trailers', 'headers_too_large'],
  ['endless_chunk_extension', 'malformed_http'],
  ['bad_chunks', 'malformed_http'],
  ['two_lengths', 'malformed_http'],
  ['endless_body', 'too_large'],
  ['dripping_body', 'timed_out'],
  ['dripping_chunks', 'timed_out'],
  ['announces_much', 'too_large'],
  ['announces_too_much', 'cut_off'],
  ['announces_too_little', 'malformed_http'],
  ['bomb', 'too_large'],
  ['broken_gzip', 'bad_encoding'],
  ['cut_gzip', 'bad_encoding'],
  ['twice_gzip', 'bad_encoding'],
  ['brotli', 'bad_encoding'],
  ['deep', 'too_deep'],
  ['deep_in_domain', 'too_deep'],
  ['many', 'not_expected'],
  ['many_members', 'registered'],
  ['many_statuses', 'registered'],
  ['page', 'wrong_type'],
  ['no_type', 'wrong_type'],
  ['bad_utf8', 'not_utf8'],
  ['bad_json', 'not_json'],
  ['empty', 'not_json'],
  ['circle', 'redirect_loop'],
  ['endless_redirects', 'too_many_redirects'],
  ['endless_redirect_body', 'redirect_loop'],
  ['endless_404', 'not_found'],
  ['endless_500', 'busy'],
])('%s comes to "%s", in its time and space', async (way, expected) => {
  const { said, tookMs, most, kept } = await measured(way);
  expect(said).toBe(expected);
  expect(tookMs).toBeLessThan(LIMIT_MS + SLACK_MS);
  expect(most).toBeLessThan(MOST_BYTES);
  expect(kept).toBeLessThan(KEPT_BYTES);
});

test('of forty answers of a megabyte next to nothing is kept', async () => {
  const client = createRdapClient();
  const ask = (nth: number) => client.lookup('example.com', { base: `${base()}/long_name/${nth}` });
  await ask(0);
  collect();
  const before = held();
  for (let nth = 1; nth <= 40; nth++) expect((await ask(nth)).kind).toBe('registered');
  expect(await keptSince(before)).toBeLessThan(KEPT_BYTES);
});

test('nobody is waited for longer than ten seconds', async () => {
  const ways = ['never', 'dripping_headers', 'endless_interim', 'dripping_body'];
  const startedAt = performance.now();
  const all = await Promise.all(ways.map((way) => troubleOf(lookup(`${base()}/${way}`))));
  expect(all.map(({ code }) => code)).toEqual(ways.map(() => 'timed_out'));
  expect(performance.now() - startedAt).toBeGreaterThan(9_900);
  expect(performance.now() - startedAt).toBeLessThan(10_000 + SLACK_MS);
});

test('those who wait behind a host that hangs are no longer kept than it is', async () => {
  const client = createRdapClient();
  const startedAt = performance.now();
  const all = Array.from({ length: 20 }, (_, nth) =>
    troubleOf(client.lookup(`name${nth}.com`, { base: `${base()}/never`, limitMs: 300 })),
  );
  expect((await Promise.all(all)).every(({ code }) => code === 'timed_out')).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(300 + SLACK_MS);
});

test('a certificate nobody vouches for is no connection', async () => {
  const { sandbox } = await sandboxWorld();
  expect(await troubleOf(lookup(`https://127.0.0.1:${sandbox.eppPort}`))).toMatchObject({ code: 'tls', kind: 'away' });
});

test('a server that does not speak TLS is no connection', async () => {
  expect(await troubleOf(lookup(base().replace('http:', 'https:')))).toMatchObject({ code: 'tls', kind: 'away' });
});

test('a handshake that never ends is over in its time', async () => {
  const port = await listening(createServer((socket) => void socket.on('error', () => undefined)));
  const silent = troubleOf(lookup(`https://127.0.0.1:${port}`, 'example.com', 300));
  expect(await silent).toMatchObject({ code: 'timed_out', kind: 'away' });
});

test('nobody there is no connection', async () => {
  expect(await troubleOf(lookup('http://127.0.0.1:1'))).toMatchObject({ code: 'unreachable', kind: 'away' });
});
