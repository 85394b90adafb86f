/**
 * Synonyms from WordNet's own files, read where they lie: its index of senses is sorted and its entries found by their offset
 * (senseidx(5WN), wndb(5WN)), so that a word costs a few small reads and 27 MB of dictionary no memory.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * By the number that a sense key has of each; 5 is an adjective too, a satellite of another. Names are made of nouns and adjectives: what
 * texts use five times as often as a verb is one in a name ("buy"), what they use only a little more often is not ("deal").
 */
const PARTS_OF_SPEECH = [
  { types: '1', data: 'noun', weight: 5 },
  { types: '35', data: 'adj', weight: 5 },
  { types: '2', data: 'verb', weight: 1 },
  { types: '4', data: 'adv', weight: 1 },
] as const;
/** A line names one sense of a word; the most that a word has are 75. An entry's words come first. */
const SENSES_BYTES = 8_192;
const LINE_BYTES = 256;
const ENTRY_BYTES = 1_024;
const MOST_SYNONYMS = 8;

interface Files {
  index: FileHandle;
  indexBytes: number;
  /** In the order of the parts of speech. */
  data: FileHandle[];
}

export class WordNet {
  readonly #folder: string;
  #files: Promise<Files> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Single words in lower case, of the word's commonest sense alone: in its rarer ones "best" is "trump". Rejects where the files are
   * not there.
   */
  async synonymsOf(word: string): Promise<string[]> {
    if (!/^[a-z]{2,40}$/.test(word)) return [];
    this.#files ??= this.#open();
    const files = await this.#files;
    const sense = await commonestSense(files, word);
    const data = sense && files.data[sense.part];
    if (!data) return [];
    const others = (await wordsAt(data, sense.offset)).filter((other) => other !== word);
    return [...new Set(others)].slice(0, MOST_SYNONYMS);
  }

  async #open(): Promise<Files> {
    const at = (name: string) => open(join(this.#folder, name));
    const [index, ...data] = await Promise.all([
      at('index.sense'),
      ...PARTS_OF_SPEECH.map((part) => at(`data.${part.data}`)),
    ]);
    return { index, indexBytes: (await index.stat()).size, data };
  }
}

interface Sense {
  /** Which of the parts of speech. */
  part: number;
  offset: number;
  nth: number;
  /** How often a corpus has the word in this sense, as much as that counts for. */
  weight: number;
}

async function commonestSense(files: Files, word: string): Promise<Sense | undefined> {
  const senses = (await linesOf(files, `${word}%`)).map((line): Sense => {
    // lemma%ss_type:… offset sense_number tag_cnt
    const [key = '', offset, nth, count] = line.split(' ');
    const type = key.charAt(word.length + 1);
    const part = PARTS_OF_SPEECH.findIndex(({ types }) => types.includes(type));
    const weight = Number(count) * (PARTS_OF_SPEECH[part]?.weight ?? 0);
    return { part, offset: Number(offset), nth: Number(nth), weight };
  });
  return senses.toSorted((one, other) => other.weight - one.weight || one.part - other.part || one.nth - other.nth)[0];
}

/** Those that begin so, by halves. */
async function linesOf({ index, indexBytes }: Files, beginning: string): Promise<string[]> {
  let [low, high] = [0, indexBytes];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const text = await textAt(index, middle, LINE_BYTES);
    const line = text.slice(startIn(text, middle)).split('\n', 1)[0] ?? '';
    if (line !== '' && line < beginning) low = middle + 1;
    else high = middle;
  }
  const text = await textAt(index, low, SENSES_BYTES);
  const lines = text.slice(startIn(text, low)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith(beginning));
  return end < 0 ? lines : lines.slice(0, end);
}

/** What begins in the middle of a line is not its beginning, except at the very start. */
const startIn = (text: string, position: number): number => (position === 0 ? 0 : text.indexOf('\n') + 1);

/** offset lex_filenum ss_type w_cnt word lex_id [word lex_id…] …, w_cnt in hexadecimal. */
async function wordsAt(data: FileHandle, offset: number): Promise<string[]> {
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
