/**
 * The XML of EPP, read and written. Reading is by namespace, since prefixes differ between servers, and refuses what a
 * registry has no business sending: DTDs, entities, bottomless nesting. Writing escapes whatever is not markup already.
 */
import { SaxesParser } from 'saxes';

const MAX_DEPTH = 40;
const MAX_ELEMENTS = 20_000;

export interface XmlElement {
  /** The namespace URI, '' when there is none. */
  ns: string;
  /** The local name. */
  name: string;
  /** By local name. */
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** Its own character data, white space collapsed as for XSD's token. */
  text: string;
}

export type XmlRead = { kind: 'read'; root: XmlElement } | { kind: 'refused'; reason: string };

class Refused extends Error {}

/** Never throws. The reason holds positions and tokens, never the document's text. */
export function readXml(document: Uint8Array): XmlRead {
  try {
    return { kind: 'read', root: parse(decode(document)) };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

/** RFC 5730 section 5 asks for UTF-8 and UTF-16; a byte that is neither is replaced rather than losing the answer. */
function decode(document: Uint8Array): string {
  const [first, second] = document;
  const encoding =
    first === 0xfe && second === 0xff ? 'utf-16be' : first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(document).trim();
}

function parse(document: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  parser.on('error', () => {
    throw new Refused('not well-formed');
  });
  parser.on('doctype', () => {
    throw new Refused('a DTD');
  });
  parser.on('opentag', (tag) => {
    if (open.length >= MAX_DEPTH) throw new Refused(`nested deeper than ${MAX_DEPTH}`);
    if (++elements > MAX_ELEMENTS) throw new Refused(`more than ${MAX_ELEMENTS} elements`);
    const attributes = new Map<string, string>();
    for (const { prefix, local, value } of Object.values(tag.attributes))
      if (prefix !== 'xmlns' && local !== 'xmlns') attributes.set(local, value);
    const element: XmlElement = { ns: tag.uri, name: tag.local, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element) element.text = element.text.replace(/\s+/g, ' ').trim();
  });
  parser.write(document).close();
  if (!root) throw new Refused('empty');
  return root;
}

export function child(parent: XmlElement | undefined, ns: string, name: string): XmlElement | undefined {
  return parent?.children.find((element) => element.name === name && element.ns === ns);
}

export function childrenOf(parent: XmlElement | undefined, ns: string, name: string): XmlElement[] {
  return parent?.children.filter((element) => element.name === name && element.ns === ns) ?? [];
}

/** The child's text, undefined where it is missing or empty: both mean "not told". */
export function textOf(parent: XmlElement | undefined, ns: string, name: string): string | undefined {
  return child(parent, ns, name)?.text || undefined;
}

/** Already escaped. Only `tag` makes it. */
export interface Markup {
  readonly markup: string;
}
export type Content = Markup | string | undefined | readonly Markup[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}

/** One element. Strings are escaped, markup is taken as it is, undefined is left out. */
export function tag(name: string, attributes: Record<string, string> = {}, ...content: Content[]): Markup {
  let start = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) start += ` ${key}="${escape(value)}"`;
  let inner = '';
  for (const part of content) {
    if (part === undefined) continue;
    if (typeof part === 'string') inner += escape(part);
    else if ('markup' in part) inner += part.markup;
    else for (const each of part) inner += each.markup;
  }
  return { markup: inner === '' ? `${start}/>` : `${start}>${inner}</${name}>` };
}

export function xmlDocument(root: Markup): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n${root.markup}`;
}
