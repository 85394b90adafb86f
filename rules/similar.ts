/**
 * Other names for one that may not be had: the same words otherwise spelled, counted, named or completed, and the same name
 * elsewhere. Each says why it is proposed. Which of them are free only their registries know.
 */
import { distance } from 'fastest-levenshtein';
import pluralize from 'pluralize';
import { readName, type DomainName } from './names.ts';

export const SIMILARITIES = ['other_tld', 'ascii', 'hyphen', 'number', 'synonym', 'prefix', 'suffix'] as const;
export type Similarity = (typeof SIMILARITIES)[number];

export interface Candidate extends DomainName {
  reason: Similarity;
  /** For people, in English. */
  explanation: string;
  /** 0 to 100. Orders candidates; it measures nothing. */
  score: number;
}

export interface Wanted {
  /** In Unicode, lower case. */
  label: string;
  tld: string;
  /** What the label is made of. */
  words: readonly string[];
  /** By word, best first. */
  synonyms: ReadonlyMap<string, readonly string[]>;
  isWord(word: string): boolean;
  /** Where names may be proposed, in the order in which they are. */
  tlds: readonly string[];
}

const PREFIXES = ['get', 'my', 'the', 'go', 'try', 'hello'] as const;
const SUFFIXES = ['online', 'shop', 'hub', 'hq', 'app', 'now'] as const;
/** What a language writes where it has no umlauts, before what merely drops the marks. */
const SPELLED_OUT: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'oe', å: 'aa', œ: 'oe' };

/** What a kind of likeness is worth, how much less each further one of its kind is, and how many there may be. */
const WORTH: Record<Similarity, { base: number; step: number; most: number }> = {
  other_tld: { base: 92, step: 2, most: 12 },
  ascii: { base: 90, step: 2, most: 2 },
  hyphen: { base: 86, step: 2, most: 2 },
  number: { base: 84, step: 4, most: 4 },
  synonym: { base: 72, step: 2, most: 12 },
  prefix: { base: 60, step: 2, most: 6 },
  suffix: { base: 60, step: 2, most: 6 },
};
const MOST_CHANGED = 15;

interface Idea {
  label: string;
  tld: string;
  explanation: string;
}

/** At most 44, best first, each valid, none twice and never the wanted name. The same input gives the same order. */
export function candidates(
  wanted: Wanted,
  toAscii: (name: string) => string,
  sold: ReadonlySet<string>,
): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  const taken = toAscii(`${wanted.label}.${wanted.tld}`);
  for (const reason of SIMILARITIES) {
    const { base, step, most } = WORTH[reason];
    let nth = 0;
    for (const { label, tld, explanation } of ideas(reason, wanted)) {
      const read = readName(`${label}.${tld}`, toAscii, sold);
      if (read.kind === 'refused' || read.domain.tld !== tld) continue;
      const { name } = read.domain;
      if (name === taken || found.has(name)) continue;
      if (nth >= most) break;
      const changed = Math.min(MOST_CHANGED, distance(wanted.label, label));
      found.set(name, { name, tld, reason, explanation, score: Math.max(0, base - step * nth - changed) });
      nth++;
    }
  }
  return [...found.values()].toSorted(byScore);
}

const byScore = (one: Candidate, other: Candidate): number =>
  other.score - one.score || (one.name < other.name ? -1 : Number(one.name > other.name));

function ideas(reason: Similarity, { label, tld, words, synonyms, isWord, tlds }: Wanted): Idea[] {
  // A TLD that nobody sells here has no other names below it either.
  const home = tlds.includes(tld) ? tld : tlds[0];
  if (home === undefined) return [];
  const here = (other: string, explanation: string): Idea => ({ label: other, tld: home, explanation });
  const joined = (parts: readonly string[]) => parts.join(label.includes('-') ? '-' : '');
  const instead = (at: number, word: string) => joined(words.with(at, word));
  switch (reason) {
    case 'other_tld':
      return tlds.map((other) => ({ label, tld: other, explanation: `The same name below .${other}.` }));
    case 'ascii':
      return plainSpellings(label).map((plain) => here(plain, 'Spelled in letters that every keyboard has.'));
    case 'hyphen':
      return label.includes('-')
        ? [here(label.replaceAll('-', ''), 'Without the hyphen.')]
        : [here(words.join('-'), 'With its words parted by hyphens.')];
    case 'number':
      // The last word first: it is the one a compound counts.
      return words.flatMap((_, back) => {
        const at = words.length - 1 - back;
        const word = words[at] ?? '';
        const forms = numbers(word, words.toSpliced(at, 1)).filter((form) => form !== word && isWord(form));
        return isWord(word) ? forms.map((form) => here(instead(at, form), `“${form}” instead of “${word}”.`)) : [];
      });
    case 'synonym':
      return inTurns(
        words.map((word, at) =>
          (synonyms.get(word) ?? [])
            .filter(isWord)
            .map((other) => here(instead(at, other), `“${other}” means much the same as “${word}”.`)),
        ),
      );
    case 'prefix':
      return PREFIXES.filter((prefix) => words[0] !== prefix).map((prefix) =>
        here(joined([prefix, label]), `With “${prefix}” before it.`),
      );
    case 'suffix':
      return SUFFIXES.filter((suffix) => words.at(-1) !== suffix).map((suffix) =>
        here(joined([label, suffix]), `With “${suffix}” after it.`),
      );
  }
}

/** No compound counts twice: beside another plural a word is made singular alone. */
const numbers = (word: string, others: readonly string[]): string[] => [
  pluralize.singular(word),
  ...(others.some(isPlural) ? [] : [pluralize.plural(word)]),
];
const isPlural = (word: string): boolean => pluralize.singular(word) !== word;

function plainSpellings(label: string): string[] {
  const spelledOut = [...label].map((letter) => SPELLED_OUT[letter] ?? letter).join('');
  return [spelledOut, label].map(withoutMarks).filter((plain) => plain !== label && /^[a-z0-9-]+$/.test(plain));
}
const withoutMarks = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '');

/** The first of each list, then the second of each: no word's synonyms crowd out another's. */
function inTurns<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }).flatMap((_, nth) => lists.flatMap((list) => list.slice(nth, nth + 1)));
}

export type Availability = 'available' | 'premium' | 'taken' | 'unknown';
export type Ranked = Candidate & { availability: Availability };

/** What can be had before what may be, and that before what can only be waited for. */
const WANTED_FIRST: readonly Availability[] = ['available', 'premium', 'unknown', 'taken'];

export function ranked(
  proposed: readonly Candidate[],
  availabilityOf: (name: string) => Availability,
  most: number,
): Ranked[] {
  const told = proposed.map((candidate) => ({ ...candidate, availability: availabilityOf(candidate.name) }));
  const place = ({ availability }: Ranked) => WANTED_FIRST.indexOf(availability);
  return told.toSorted((one, other) => place(one) - place(other) || byScore(one, other)).slice(0, most);
}
