/** The words that names are made of, from the packages that are shipped. */
import { packagedWords } from '../../api/words.ts';
import { splitWords } from '../../rules/word-split.ts';

const words = packagedWords();

test.each([
  ['flowershop', 'flower shop'],
  ['cheapflights24', 'cheap flights 24'],
  ['expertsexchange', 'experts exchange'],
  ['therapist', 'therapist'],
  ['mystartupblog', 'my startup blog'],
  ['bestcoffeeintown', 'best coffee in town'],
  ['berlinrentals', 'berlin rentals'],
])('%s is read as %s', async (label, expected) =>
  expect(splitWords(label, await words.counts()).join(' ')).toBe(expected),
);

test.each([
  ['cheap', 'inexpensive'],
  ['shop', 'store'],
  ['coffee', 'java'],
  ['quick', 'speedy'],
  ['buy', 'purchase'],
  ['deal', 'trade'],
  ['a', undefined],
  ['zqxw', undefined],
  ['zyrian', undefined],
  ['aa', undefined],
])('a synonym of %s is %s', async (word, expected) => {
  const found = await words.synonymsOf(word);
  if (expected === undefined) expect(found).toEqual(expect.not.arrayContaining([word]));
  else expect(found).toContain(expected);
  expect(found.length).toBeLessThanOrEqual(8);
});

test.each([
  ['best', ['trump', 'outdo', 'outflank', 'scoop']],
  ['sex', ['arouse', 'excite', 'gender', 'wind']],
  ['shop', ['betray', 'patronize', 'snitch']],
  ['deal', ['plow', 'cover', 'treat']],
  ['butt', ['abut', 'adjoin', 'bum']],
  ['run', ['tally']],
])('%s has no synonym of a sense that hardly anybody means: none of %j', async (word, rare) => {
  const found = await words.synonymsOf(word);
  for (const other of rare) expect(found).not.toContain(other);
});

test.each([
  ['buttocks', 'arse'],
  ['prostitute', 'whore'],
  ['rooster', 'cock'],
  ['idiot', 'retard'],
])('whoever has %s in a name is not offered %s', async (word, rude) => {
  expect(await words.synonymsOf(word)).not.toContain(rude);
});
