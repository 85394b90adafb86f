/** The words a label is run together from: the split that a language with these frequencies makes likeliest. */

/** How often a large corpus has a word, in lower case; 0: it is none there. */
export type CountOf = (word: string) => number;

/** Words of the corpus the counts are from, in round numbers: only ratios matter. */
const CORPUS = 5e7;
const LONGEST_WORD = 24;
/** Letters that are no word of the language cost more than any word, and each of them more than a letter of a rare word. */
const UNKNOWN = { cost: Math.log(CORPUS), perLetter: 3 } as const;
/** Corpora count the pieces of "we'll" and "it's" as words. */
const SHORT_WORDS = new Set(
  'a i am an as at be by do go he hi if in is it me my no of on or pc so to tv up us we'.split(' '),
);

interface Best {
  cost: number;
  words: readonly string[];
}

function costOf(word: string, countOf: CountOf): number {
  const isShort = word.length < 3;
  const count = isShort && !SHORT_WORDS.has(word) ? 0 : word.length > LONGEST_WORD ? 0 : countOf(word);
  return count > 0 ? Math.log(CORPUS / Math.min(count, CORPUS)) : UNKNOWN.cost + UNKNOWN.perLetter * word.length;
}

function splitLetters(letters: string, countOf: CountOf): readonly string[] {
  const best: Best[] = [{ cost: 0, words: [] }];
  for (let end = 1; end <= letters.length; end++) {
    let found: Best | undefined;
    for (const [from, before] of best.entries()) {
      const word = letters.slice(from, end);
      const cost = before.cost + costOf(word, countOf);
      if (!found || cost < found.cost) found = { cost, words: [...before.words, word] };
    }
    if (found) best.push(found);
  }
  return best.at(-1)?.words ?? [];
}

/** `label` in lower case, at most 63 characters. Hyphens part words, and so do digits, which are words; other scripts stay whole. */
export const splitWords = (label: string, countOf: CountOf): string[] =>
  (label.match(/\d+|[^\d-]+/g) ?? []).flatMap((run) => (/^[a-z]+$/.test(run) ? splitLetters(run, countOf) : [run]));
