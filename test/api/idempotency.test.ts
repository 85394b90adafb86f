/** The same request is the same body, however it is spelled, and its kept answer can be read with the secret alone. */
import fc from 'fast-check';
import type { Call, Handled } from '../../api/http.ts';
import { bodyHash, canonicalJson, once, sealWith, type Turns } from '../../api/idempotency.ts';
import { ownerOf, requestedId } from '../../api/ids.ts';
import { problem } from '../../api/problems.ts';

/** Objects with the keys of every object in reverse. */
function respelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(respelled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, respelled(inner)]),
  );
}

const bodies = fc.jsonValue({ maxDepth: 4 }).map((value): unknown => JSON.parse(JSON.stringify(value)));

test('the order of keys makes no other request', () => {
  fc.assert(fc.property(bodies, (body) => expect(bodyHash(respelled(body))).toBe(bodyHash(body))));
});

test('another value makes another request', () => {
  const equal = (a: unknown, b: unknown) => {
    try {
      expect(a).toEqual(b);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(fc.property(bodies, bodies, (a, b) => (bodyHash(a) === bodyHash(b)) === equal(a, b)));
});

test('what is hashed is JSON of the same value', () => {
  fc.assert(fc.property(bodies, (body) => expect(JSON.parse(canonicalJson(body))).toEqual(body)));
});

test('a sealed answer opens with the same secret, differs each time, and shows nothing', () => {
  const { seal, open } = sealWith('one secret');
  const [first, second] = [seal('bk_test_secret'), seal('bk_test_secret')];
  expect(open(first)).toBe('bk_test_secret');
  expect(first).not.toBe(second);
  expect(Buffer.from(first, 'base64').toString('latin1')).not.toContain('bk_test');
  expect(() => sealWith('another').open(first)).toThrow();
});

test('an id follows from owner, mode and key; a person is another in each mode and registrar', () => {
  const id = requestedId('rsv', 's', ['rgr_1', 'test'], 'key');
  expect(id).toMatch(/^rsv_[0-9a-z]{26}$/);
  expect(requestedId('rsv', 's', ['rgr_1', 'test'], 'key')).toBe(id);
  const others = [
    requestedId('rsv', 's', ['rgr_1', 'live'], 'key'),
    requestedId('rsv', 's', ['rgr_2', 'test'], 'key'),
    requestedId('rsv', 't', ['rgr_1', 'test'], 'key'),
    requestedId('rsv', 's', ['rgr_1', 'test'], undefined),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
  const owners = [
    ownerOf('s', 'rgr_1', false, 'a'),
    ownerOf('s', 'rgr_1', true, 'a'),
    ownerOf('s', 'rgr_2', false, 'a'),
  ];
  expect(new Set(owners).size).toBe(3);
});

test.each<[string, Handled, 'keep' | 'giveBack' | 'forget']>([
  ['what was done', { status: 201, body: {} }, 'keep'],
  ['a refusal', problem('domain_available'), 'keep'],
  ['"try again in a second"', problem('test_clock_advancing', { retryAfterS: 1 }), 'giveBack'],
  ['an outage', problem('engine_unavailable'), 'giveBack'],
  ['a key that may not', problem('registrar_suspended'), 'forget'],
])(
  'of a request with a key, %s is kept only where asking again could not change it',
  async (_what, handled, expected) => {
    const ended: string[] = [];
    const note = (how: string) => async () => void ended.push(how);
    const turns: Turns = {
      take: async () => ({ kind: 'mine', fence: 'f' }),
      keep: note('keep'),
      giveBack: note('giveBack'),
      forget: note('forget'),
    };
    const principal = { kind: 'operator', key: 'admin', modes: ['test'], scopes: [] } as const;
    const call: Call = {
      principal,
      path: '/v1/x',
      params: {},
      query: {},
      body: {},
      prefersAsync: false,
      prefersHtml: false,
      idempotencyKey: 'k',
    };
    const { handled: answered } = await once(
      call,
      'POST',
      { turns, seal: sealWith('s'), now: () => 0, concerns: undefined },
      async () => handled,
    );
    expect(answered).toBe(handled);
    expect(ended).toEqual([expected]);
  },
);
