/** The same request is the same body, however it is spelled, and its kept answer can be read with the secret alone. */
import fc from 'fast-check';
import { bodyHash, canonicalJson, sealWith } from '../../api/idempotency.ts';
import { ownerOf, requestedId } from '../../api/ids.ts';

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
