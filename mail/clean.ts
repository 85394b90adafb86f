/** What came from outside, made fit to be shown: nothing of it can end a line, turn the direction of text, or be a script. */

/** Controls (they would end a header), halves of characters, line separators, and the marks that reverse what is read (Unicode, TR 9). */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]+/gu;

/** One line of at most `max` characters. */
export function oneLine(text: string, max = 200): string {
  const line = text.replace(UNFIT, ' ').replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** Exactly one address, without what would make it two or a header; undefined otherwise. 254 characters at most (RFC 5321). */
export function oneAddress(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 254 || text !== oneLine(text, 254)) return undefined;
  return /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/u.test(text) ? text : undefined;
}

/** A page that a mail may send its reader to: on the way nobody reads or changes it, and its address hides no other host. */
export function isPage(text: string): boolean {
  if (!/^https:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** A page to open, told which reservation it is about; undefined where it is none to send a reader to. */
export function actLink(text: string | undefined, reservation: string): string | undefined {
  if (text === undefined || !isPage(text)) return undefined;
  const url = new URL(text);
  url.searchParams.set('reservation', reservation);
  return url.href;
}
