/** Heads as people keep them: the last lines of mails, `--print-heads`, or events as NDJSON. */
import { z } from 'zod';
import type { NotedHead } from './timelines.ts';

/** A line that means to be a head and is none. `message` names the line. */
export class WrongHeads extends Error {
  override readonly name = 'WrongHeads';
}

const head = z.object({
  reservation: z.string().regex(/^rsv_\w+$/),
  seq: z.coerce.number().int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Heads are lines of `reservation seq hash`, or JSON objects with these three among others; any other line is text around them, so
 * that whole messages can be given. Throws WrongHeads for half a head, and where there is none at all: nothing would be proved.
 */
export async function* readHeads(
  lines: AsyncIterable<string> | Iterable<string>,
  onHead: () => void = () => {},
): AsyncGenerator<NotedHead> {
  let number = 0;
  let found = 0;
  for await (const line of lines) {
    number += 1;
    const text = line.trim();
    if (!/^(rsv_|\{)/.test(text)) continue;
    const read = head.safeParse(text.startsWith('{') ? parsed(text) : fields(text));
    if (!read.success) throw new WrongHeads(`line ${number} is not a head: it takes "reservation seq hash"`);
    const { reservation, seq, hash } = read.data;
    found += 1;
    onHead();
    yield { reservation, seq, hash };
  }
  if (found === 0) throw new WrongHeads('there is no head in this file: it takes lines of "reservation seq hash"');
}

function fields(text: string): Record<string, unknown> {
  const [reservation, seq, hash, ...more] = text.split(/\s+/);
  return more.length > 0 ? {} : { reservation, seq, hash };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
