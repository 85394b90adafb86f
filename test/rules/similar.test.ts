/** Other names for one that is gone: each valid, each once, never the name itself, always in the same order. */
import { domainToASCII, domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { readName } from '../../rules/names.ts';
import { candidates, ranked, type Availability, type Wanted } from '../../rules/similar.ts';
import { splitWords } from '../../rules/word-split.ts';

const COUNTS: Record<string, number> = {
  ...{ flower: 900, flowers: 2_000, shop: 2_700, shops: 300, hill: 1_900, the: 1_500_000, rapist: 250, therapist: 900 },
  ...{
    ll: 400_000,
    s: 1_000_000,
    a: 1_000_000,
    online: 340,
    book: 8_000,
    books: 3_000,
    get: 200_000,
    blossom: 90,
    store: 9_000,
    bloom: 40,
  },
};
const countOf = (word: string) => COUNTS[word] ?? 0;
const sold = new Set(['test', 'com', 'org', 'co.uk']);

const wanted = (label: string, over: Partial<Wanted> = {}): Wanted => ({
  label,
  tld: 'com',
  words: splitWords(label, countOf),
  synonyms: new Map([
    ['flower', ['blossom', 'bloom', 'efflorescence']],
    ['shop', ['store', 'boutique']],
  ]),
  isWord: (word) => countOf(word) > 0,
  tlds: ['com', 'org', 'co.uk'],
  ...over,
});
const propose = (label: string, over: Partial<Wanted> = {}) => candidates(wanted(label, over), domainToASCII, sold);
const reasons = (label: string, over: Partial<Wanted> = {}) =>
  Object.fromEntries(propose(label, over).map(({ name, reason }) => [domainToUnicode(name), reason]));

test.each([
  ['flowershop', ['flower', 'shop']],
  ['flower-shop24', ['flower', 'shop', '24']],
  ['therapist', ['therapist']],
  ['hillbooks', ['hill', 'books']],
  ['zqxflowers', ['zqx', 'flowers']],
  ['bücher', ['bücher']],
  ['büchershop', ['büchershop']],
  ['例え', ['例え']],
  ['2026', ['2026']],
  ['---', []],
])('%s is made of %p', (label, words) => expect(splitWords(label, countOf)).toEqual(words));

test('a name of two words is varied word by word, and completed', () => {
  expect(reasons('flowershop')).toMatchObject({
    'flowershop.org': 'other_tld',
    'flowershop.co.uk': 'other_tld',
    'flower-shop.com': 'hyphen',
    'flowershops.com': 'number',
    'flowersshop.com': 'number',
    'blossomshop.com': 'synonym',
    'flowerstore.com': 'synonym',
    'getflowershop.com': 'prefix',
    'flowershophub.com': 'suffix',
  });
});

test.each([
  ['flowershop', ['flowershops.com', 'flowersshop.com']],
  ['flowersshop', ['flowershop.com']],
  ['flowershops', ['flowershop.com']],
  ['thebooksshop', ['thebookshop.com']],
  ['thebookshop', ['thebookshops.com', 'thebooksshop.com']],
])('%s is counted once: as %j', (label, expected) => {
  const counted = Object.entries(reasons(label)).flatMap(([name, reason]) => (reason === 'number' ? [name] : []));
  expect(counted.toSorted()).toEqual(expected.toSorted());
});

test('a name with hyphens is proposed without them, and keeps them otherwise', () => {
  const found = reasons('flower-shop');
  expect(found).toMatchObject({
    'flowershop.com': 'hyphen',
    'blossom-shop.com': 'synonym',
    'flower-shop-hq.com': 'suffix',
  });
  expect(Object.keys(found)).not.toContain('blossomshop.com');
});

test('a name in another script keeps it, and is proposed in plain letters where it has them', () => {
  const found = reasons('bücher');
  expect(found).toMatchObject({
    'buecher.com': 'ascii',
    'bucher.com': 'ascii',
    'bücher.org': 'other_tld',
    'getbücher.com': 'prefix',
  });
  expect(Object.values(reasons('例え'))).not.toContain('ascii');
});

test('a synonym that hardly anybody knows is not proposed', () => {
  expect(Object.keys(reasons('flowershop'))).not.toContain('efflorescenceshop.com');
});

test('what is no word has no plural and no synonym', () => {
  expect(Object.values(reasons('zqxw'))).toEqual(expect.not.arrayContaining(['number', 'synonym']));
});

test('the same words elsewhere come before synonyms, and these before what is merely longer', () => {
  const order = propose('flowershop').map(({ reason }) => reason);
  expect(order[0]).toBe('other_tld');
  expect(order.indexOf('number')).toBeLessThan(order.indexOf('synonym'));
  expect(order.indexOf('synonym')).toBeLessThan(order.indexOf('suffix'));
});

test('below a TLD that nobody sells here, names are proposed where somebody does', () => {
  expect(reasons('flowershop', { tld: 'io', tlds: ['test'] })).toMatchObject({
    'flowershop.test': 'other_tld',
    'flower-shop.test': 'hyphen',
  });
  expect(propose('flowershop', { tlds: [] })).toEqual([]);
});

test('names that can be had come first, then those nobody knows of, then the taken ones', () => {
  const state: Record<string, Availability> = {
    'flowershop.org': 'taken',
    'flower-shop.com': 'available',
    'getflowershop.com': 'premium',
  };
  const shown = ranked(propose('flowershop'), (name) => state[name] ?? 'unknown', 100);
  expect(shown.slice(0, 2).map(({ name }) => name)).toEqual(['flower-shop.com', 'getflowershop.com']);
  expect(shown.at(-1)).toMatchObject({ name: 'flowershop.org', availability: 'taken' });
  expect(ranked(shown, () => 'unknown', 5)).toEqual(ranked(shown, () => 'unknown', 100).slice(0, 5));
});

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-üßñ例'.split('');
const label = fc
  .array(fc.oneof(fc.constantFrom(...Object.keys(COUNTS)), fc.constantFrom(...letters)), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
  .filter((text) => readName(`${text}.com`, domainToASCII, sold).kind === 'name');
const synonyms = fc.array(fc.string({ unit: fc.constantFrom(...letters, '.', ' '), maxLength: 70 }), { maxLength: 8 });

test('whatever the name and whatever the words say, only valid names are proposed, each once and never the name itself', () => {
  fc.assert(
    fc.property(label, synonyms, (text, others) => {
      const given = wanted(text, { synonyms: new Map(splitWords(text, countOf).map((word) => [word, others])) });
      const found = candidates(given, domainToASCII, sold);
      const names = found.map(({ name }) => name);
      expect(names).not.toContain(domainToASCII(`${text}.com`));
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeLessThanOrEqual(44);
      for (const { name, tld, score } of found) {
        expect(readName(name, domainToASCII, sold)).toEqual({ kind: 'name', domain: { name, tld } });
        expect(score).toBeGreaterThanOrEqual(0);
      }
      expect(candidates(given, domainToASCII, sold)).toEqual(found);
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a));
    }),
  );
});

test('the words of a name are the name, letter by letter', () => {
  fc.assert(fc.property(label, (text) => expect(splitWords(text, countOf).join('')).toBe(text.replaceAll('-', ''))));
});
