/** Budgets and maxima on their way through Temporal: sealed in place, and everything else as it was. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { CannotUnseal, sealing } from '../../temporal/sealing.ts';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const codec = sealing([OLD]);

const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (payload: Payload): any => defaultPayloadConverter.fromPayload(payload);
const textOf = ({ data }: Payload): string => Buffer.from(data ?? []).toString('utf8');
const one = async (payloads: Promise<Payload[]>): Promise<Payload> => (await payloads)[0] as Payload;
const sealed = (value: unknown, by = codec) => one(by.encode([payloadOf(value)]));
const opened = (payload: Payload, by = codec) => one(by.decode([payload]));

const bid = {
  reservation: 'rsv_1',
  max: { amount: 20_000, currency: 'USD' },
  claims: [{ ordinal: 1, budget: { amount: 31_337, currency: 'USD' } }],
  note: 'bücher.test',
};

test('what ops see of a bid is everything but its maximum and the budgets', async () => {
  const payload = await sealed(bid);
  const seen = JSON.parse(textOf(payload));
  expect(seen).toEqual({
    reservation: 'rsv_1',
    max: expect.stringMatching(/^[\w-]{8}\.[\w-]+$/) as string,
    claims: [{ ordinal: 1, budget: expect.any(String) as string }],
    note: 'bücher.test',
  });
  expect(textOf(payload)).not.toMatch(/20000|31337|USD/);
  expect(Buffer.from(payload.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
});

test('whatever is sealed comes back as it was, and what was never sealed is not touched', async () => {
  const key = fc.constantFrom('budget', 'max', 'maximum', 'maxima', 'price', 'amount', '__proto__', 'maxi');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(key, tie('tree')),
      fc.array(tie('tree')),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(tree, async (value) => {
      const before = payloadOf(value);
      const between = await one(codec.encode([before]));
      const after = await opened(between);
      expect(textOf(after)).toBe(textOf(before));
      expect(Object.keys(after.metadata ?? {})).toEqual(['encoding']);
    }),
  );
});

test('payloads without a budget pass as the very objects they were', async () => {
  const payloads = [
    { domain: 'a.test', summary: 'the "budget" is nobody’s business' },
    ['max'],
    'budget',
    undefined,
    null,
    Buffer.from('{"budget":1}'),
  ].map(payloadOf);
  const encoded = await codec.encode(payloads);
  encoded.forEach((payload, at) => expect(payload).toBe(payloads[at]));
  (await codec.decode(payloads)).forEach((payload, at) => expect(payload).toBe(payloads[at]));
});

test('equal budgets look different, and their length does not tell how many digits they have', async () => {
  const budgetOf = async (amount: number) =>
    JSON.parse(textOf(await sealed({ budget: { amount, currency: 'USD' } }))).budget as string;
  const all = await Promise.all([1, 1, 1, 99_999_999_999].map(budgetOf));
  expect(new Set(all).size).toBe(4);
  expect(new Set(all.map((each) => each.length)).size).toBe(1);
});

test('after a rotation new values take the new key, and old ones still open', async () => {
  const rotated = sealing([NEW, OLD]);
  const before = await sealed(bid);
  expect(valueOf(await opened(before, rotated))).toEqual(bid);
  const after = await sealed(bid, rotated);
  expect(valueOf(await opened(after, sealing([NEW])))).toEqual(bid);
});

test('a key that was dropped too early is named, so that ops can bring it back', async () => {
  const before = await sealed(bid);
  const id = (JSON.parse(textOf(before)).max as string).split('.')[0];
  await expect(opened(before, sealing([NEW]))).rejects.toThrow(
    new CannotUnseal(`"max" is sealed with the key ${id}, which is not in BACKORDER_PAYLOAD_KEY`),
  );
});

const change = (payload: Payload, how: (seen: any) => void): Payload => {
  const seen = JSON.parse(textOf(payload));
  how(seen);
  return { ...payload, data: Buffer.from(JSON.stringify(seen)) };
};

test.each<[string, (seen: any) => void]>([
  ['a maximum put in the place of a budget', (seen) => (seen.claims[0].budget = seen.max)],
  [
    'a value with a byte changed',
    (seen) => (seen.max = `${seen.max.slice(0, -1)}${seen.max.endsWith('A') ? 'Q' : 'A'}`),
  ],
  ['a value cut short', (seen) => (seen.max = seen.max.slice(0, 20))],
])('%s does not open', async (_what, how) => {
  await expect(opened(change(await sealed(bid), how))).rejects.toThrow(CannotUnseal);
});

test('what is marked as sealed and is no such thing is one kind of error', async () => {
  const payload = await sealed(bid);
  await expect(opened({ ...payload, data: Buffer.from('{') })).rejects.toThrow(CannotUnseal);
  const metadata = { ...payload.metadata, sealed: Buffer.from('rot13') };
  await expect(opened({ ...payload, metadata })).rejects.toThrow('in a way that this version does not know');
});
