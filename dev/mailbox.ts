/** What the mail sink holds: the last messages in memory, and a file beside them so that a restart keeps them. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As `GET /api/messages` shows it. `date` is when it arrived, not what the sender claims. */
export interface StoredMessage {
  id: string;
  message_id: string | null;
  from: string;
  to: string[];
  subject: string;
  date: string;
  text: string;
  html: string | null;
  /** File names alone; what is inside is not kept. */
  attachments: string[];
}

const LIMIT = 5_000;

export class Mailbox {
  /** Oldest first. */
  #messages: StoredMessage[];
  #next: number;
  readonly #file: string;
  readonly #limit: number;

  constructor(folder: string, limit = LIMIT) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'messages.ndjson');
    this.#limit = limit;
    this.#messages = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').flatMap(parseLine) : [];
    this.#next = Number(this.#messages.at(-1)?.id ?? 0) + 1;
    // Only then: it starts on a full disk too.
    if (this.#messages.length > limit) this.#trim();
  }

  /** Returns the message with its id, once it is in the file. */
  add(message: Omit<StoredMessage, 'id'>): StoredMessage {
    const stored = { ...message, id: String(this.#next++).padStart(6, '0') };
    // On a line of its own, also behind one that a full disk has cut short.
    appendFileSync(this.#file, `\n${JSON.stringify(stored)}\n`);
    this.#messages.push(stored);
    if (this.#messages.length >= this.#limit * 2) this.#trim();
    return stored;
  }

  /** Newest first; `to` is an address in whole, in any case of letters. */
  list(to?: string): StoredMessage[] {
    const wanted = to?.toLowerCase();
    const newest = this.#messages.slice(-this.#limit).toReversed();
    return wanted === undefined
      ? newest
      : newest.filter((message) => message.to.some((each) => each.toLowerCase() === wanted));
  }

  get(id: string): StoredMessage | undefined {
    return this.#messages.find((message) => message.id === id);
  }

  clear(): void {
    this.#messages = [];
    this.#rewrite();
  }

  #trim(): void {
    this.#messages = this.#messages.slice(-this.#limit);
    this.#rewrite();
  }

  /** By rename: a kill in between leaves the old file or the new one. */
  #rewrite(): void {
    writeFileSync(`${this.#file}.new`, this.#messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** A line that a kill or a full disk cut short is left out. */
function parseLine(line: string): StoredMessage[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as StoredMessage];
  } catch {
    return [];
  }
}
