/** From what a client types to a name that a registry would sell. */
import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { readName, type NameRefusal } from '../../rules/names.ts';
import { policies } from './world.ts';

const sold = new Set(policies.all().map(({ tld }) => tld));
const read = (typed: string) => readName(typed, domainToASCII, sold);

test.each([
  ['example.com', 'example.com', 'com'],
  ['EXAMPLE.Com', 'example.com', 'com'],
  ['example.com.', 'example.com', 'com'],
  ['  example.com\n', 'example.com', 'com'],
  ['bücher.test', 'xn--bcher-kva.test', 'test'],
  ['BÜCHER.test', 'xn--bcher-kva.test', 'test'],
  ['bu\u0308cher.test', 'xn--bcher-kva.test', 'test'],
  ['xn--bcher-kva.test', 'xn--bcher-kva.test', 'test'],
  ['XN--BCHER-KVA.TEST', 'xn--bcher-kva.test', 'test'],
  ['faß.com', 'xn--fa-hia.com', 'com'],
  ['例え.com', 'xn--r8jz45g.com', 'com'],
  ['example。com', 'example.com', 'com'],
  ['ｅｘａｍｐｌｅ.com', 'example.com', 'com'],
  // UTS 46 has it, and some registries sell it: those that do not say so when asked.
  ['😀.com', 'xn--e28h.com', 'com'],
  ['example.co.uk', 'example.co.uk', 'co.uk'],
  ['example.uk', 'example.uk', 'uk'],
  ['example.pl', 'example.pl', 'pl'],
  ['example.com.pl', 'example.com.pl', 'com.pl'],
  ['a.com', 'a.com', 'com'],
  ['1.com', '1.com', 'com'],
  ['123-4.com', '123-4.com', 'com'],
  ['a-b--c.com', 'a-b--c.com', 'com'],
  [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`, 'com'],
])('%p is read as %s, below %s', (typed, name, tld) =>
  expect(read(typed)).toEqual({ kind: 'name', domain: { name, tld } }),
);

test.each<[string, NameRefusal]>([
  ['', 'invalid_domain'],
  [' ', 'invalid_domain'],
  ['.', 'invalid_domain'],
  ['.com', 'invalid_domain'],
  ['example..com', 'invalid_domain'],
  ['example.com..', 'invalid_domain'],
  ['exam ple.com', 'invalid_domain'],
  ['example .com', 'invalid_domain'],
  ['exam\tple.com', 'invalid_domain'],
  ['https://example.com', 'invalid_domain'],
  ['example.com/path', 'invalid_domain'],
  ['example.com:443', 'invalid_domain'],
  ['user@example.com', 'invalid_domain'],
  ['example.com?q', 'invalid_domain'],
  ['example.com#top', 'invalid_domain'],
  ['ex%61mple.com', 'invalid_domain'],
  ['example\\.com', 'invalid_domain'],
  ['exam_ple.com', 'invalid_domain'],
  ['exam*ple.com', 'invalid_domain'],
  ['<b>.com', 'invalid_domain'],
  ['example.com\u0000', 'invalid_domain'],
  ['-example.com', 'invalid_domain'],
  ['example-.com', 'invalid_domain'],
  ['-.com', 'invalid_domain'],
  [`${'a'.repeat(64)}.com`, 'invalid_domain'],
  [`${'ü'.repeat(63)}.com`, 'invalid_domain'],
  [`${'a.'.repeat(126)}com`, 'invalid_domain'],
  ['192.0.2.1', 'invalid_domain'],
  ['192.0.2.1.', 'invalid_domain'],
  ['0x7f.1', 'invalid_domain'],
  ['[2001:db8::1]', 'invalid_domain'],
  ['2001:db8::1', 'invalid_domain'],
  ['example.123', 'invalid_domain'],
  ['localhost', 'invalid_domain'],
  ['ab--cd.com', 'invalid_idn'],
  ['xn--a.com', 'invalid_idn'],
  ['xn--.com', 'invalid_idn'],
  ['a\u200db.com', 'invalid_idn'],
  ['\u0301a.com', 'invalid_idn'],
  ['⒈.com', 'invalid_idn'],
  ['\ufffd.com', 'invalid_idn'],
  ['com', 'public_suffix'],
  ['test', 'public_suffix'],
  ['co.uk', 'public_suffix'],
  ['CO.UK.', 'public_suffix'],
  ['com.pl', 'public_suffix'],
  ['www.example.com', 'not_registrable'],
  ['a.b.example.com', 'not_registrable'],
  ['www.example.co.uk', 'not_registrable'],
  ['www.bücher.test', 'not_registrable'],
])('%p is refused as %s', (typed, code) => expect(read(typed)).toMatchObject({ kind: 'refused', code }));

test.each([
  ['www.example.com', 'example.com'],
  ['a.b.example.co.uk', 'example.co.uk'],
  ['www.example.com.pl', 'example.com.pl'],
  ['www.bücher.test', 'xn--bcher-kva.test'],
])('who asks for the host %s is told of the name %s', (typed, name) => {
  const answer = read(typed);
  expect(answer.kind === 'refused' && answer.detail).toContain(`the name to reserve is ${name}.`);
});

test.each(['192.0.2.1', '0x7f.1'])('who asks for the address %s is told that it is one', (typed) =>
  expect(read(typed)).toMatchObject({ detail: 'An address is not a domain name.' }),
);

test('a suffix that a registry of ours sells below is one, though no list knows it', () => {
  const answer = readName('example.shop.internal', domainToASCII, new Set(['shop.internal']));
  expect(answer).toEqual({ kind: 'name', domain: { name: 'example.shop.internal', tld: 'shop.internal' } });
  expect(readName('shop.internal', domainToASCII, new Set(['shop.internal']))).toMatchObject({ code: 'public_suffix' });
});

const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9-]{1,8}$/),
  fc.string({
    unit: fc.constantFrom(...Array.from('aZ9-_ .ßüİЖאあ😀ςＥ\u200d\u00ad\u0301。')),
    minLength: 1,
    maxLength: 6,
  }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
);
const typed = fc.oneof(
  fc.tuple(label, fc.constantFrom('com', 'TEST', 'co.uk', 'com.pl', 'dk.', 'рф')).map((parts) => parts.join('.')),
  fc.domain(),
  fc.string({ unit: 'binary' }),
);

test('a name that was accepted is accepted again as it is, and is one label below its suffix', () =>
  fc.assert(
    fc.property(typed, (input) => {
      const answer = read(input);
      if (answer.kind === 'refused') return expect(answer.detail).toMatch(/\.$/);
      const { name, tld } = answer.domain;
      expect(read(name)).toEqual(answer);
      expect(read(`${name.toUpperCase()}.`)).toEqual(answer);
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.[a-z0-9.-]+$/);
      expect(name.length).toBeLessThanOrEqual(253);
      expect(name.slice(name.indexOf('.') + 1)).toBe(tld);
    }),
    { numRuns: 2_000 },
  ));
