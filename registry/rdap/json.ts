/** JSON from somebody else: UTF-8 that is UTF-8 (RFC 8259 section 8.1), and no deeper than anything RDAP needs. */
import { SourceTrouble } from '../http-trouble.ts';

const MAX_DEPTH = 32;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Throws SourceTrouble: `not_utf8`, `too_deep`, `not_json`. */
export function readJson(what: string, body: Buffer): unknown {
  if (isTooDeep(body)) throw new SourceTrouble('too_deep', `${what}: JSON of more than ${MAX_DEPTH} levels`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new SourceTrouble('not_utf8', `${what}: not UTF-8`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceTrouble('not_json', `${what}: not JSON`);
  }
}

/** Before parsing, for what is built of a million brackets costs the same whether or not it is then refused. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (++depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
  }
  return false;
}
