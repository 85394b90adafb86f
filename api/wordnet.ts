/**
 * Synonyms from WordNet's own files, read where they lie: its indexes are sorted and its entries found by their offset
 * (wndb(5WN)), so that a word costs a few small reads and 20 MB of dictionary no memory.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const PARTS_OF_SPEECH = ['noun', 'verb', 'adj', 'adv'] as const;
/** An index line names all senses of its word; the longest has under 2,000 characters. An entry's words come first. */
const LINE_BYTES = 4_096;
const ENTRY_BYTES = 1_024;
const MOST_SENSES = 3;
const MOST_SYNONYMS = 8;

interface Part {
  index: FileHandle;
  indexBytes: number;
  data: FileHandle;
}

export class WordNet {
  readonly #folder: string;
  #parts: Promise<Part[]> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Single words in lower case, those of its commonest senses first. Rejects where the files are not there. */
  async synonymsOf(word: string): Promise<string[]> {
    if (!/^[a-z]{2,40}$/.test(word)) return [];
    this.#parts ??= this.#open();
    const found = await Promise.all((await this.#parts).map((part) => synonymsIn(part, word)));
    // The first sense of each part of speech, then the second of each.
    const senses = Array.from({ length: MOST_SENSES }).flatMap((_, nth) => found.flatMap((part) => part[nth] ?? []));
    return [...new Set(senses)].filter((other) => other !== word).slice(0, MOST_SYNONYMS);
  }

  #open(): Promise<Part[]> {
    return Promise.all(
      PARTS_OF_SPEECH.map(async (part) => {
        const [index, data] = await Promise.all([
          open(join(this.#folder, `index.${part}`)),
          open(join(this.#folder, `data.${part}`)),
        ]);
        return { index, indexBytes: (await index.stat()).size, data };
      }),
    );
  }
}

async function synonymsIn(part: Part, word: string): Promise<string[][]> {
  const line = await lineOf(part, word);
  if (line === undefined) return [];
  // lemma pos synset_cnt p_cnt [pointer…] sense_cnt tagsense_cnt offset…
  const offsets = line
    .trim()
    .split(' ')
    .slice(-Number(line.split(' ')[2] ?? 0));
  return Promise.all(offsets.slice(0, MOST_SENSES).map((offset) => wordsAt(part, Number(offset))));
}

/** By halves. The licence stands before the first entry, and its lines begin with blanks, which sort before any word. */
async function lineOf({ index, indexBytes }: Part, word: string): Promise<string | undefined> {
  let [low, high] = [0, indexBytes];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const text = await textAt(index, middle, LINE_BYTES);
    // What begins in the middle of a line is not its beginning, except at the very start.
    const start = middle === 0 ? 0 : text.indexOf('\n') + 1;
    const line = text.slice(start, text.indexOf('\n', start));
    const lemma = line.split(' ')[0] ?? '';
    if (lemma === word) return line;
    if (line !== '' && lemma < word) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** offset lex_filenum ss_type w_cnt word lex_id [word lex_id…] …, w_cnt in hexadecimal. */
async function wordsAt({ data }: Part, offset: number): Promise<string[]> {
  const fields = (await textAt(data, offset, ENTRY_BYTES)).split(' ');
  const count = Number.parseInt(fields[3] ?? '0', 16);
  const words = Array.from({ length: count }, (_, nth) => fields[4 + 2 * nth] ?? '');
  // Adjectives may carry where they stand, as in galore(ip). Names and compounds are no words to build with.
  return words.map((word) => word.replace(/\(\w+\)$/, '')).filter((word) => /^[a-z]{2,}$/.test(word));
}

async function textAt(file: FileHandle, position: number, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.toString('latin1', 0, bytesRead);
}
