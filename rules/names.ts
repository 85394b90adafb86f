/**
 * Is this a name that a registry would sell? Names are kept in their ASCII form (RFC 5891 A-labels), lower case, without
 * the root's dot; the Unicode form is for people.
 */
import { parse } from 'tldts';

export type NameRefusal = 'invalid_domain' | 'invalid_idn' | 'public_suffix' | 'not_registrable';

export interface DomainName {
  /** A-label form. */
  name: string;
  /** The suffix below which names are sold, e.g. `com`, `co.uk`. */
  tld: string;
}

export type NameAnswer = { kind: 'name'; domain: DomainName } | { kind: 'refused'; code: NameRefusal; detail: string };

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const MAX_NAME_LENGTH = 253;

/**
 * `toAscii` maps a name to A-labels and answers '' where IDNA does not allow it (UTS 46). `sold` are the suffixes that
 * registries of ours sell below: they count as suffixes even where the public suffix list does not know them.
 */
export function readName(input: string, toAscii: (name: string) => string, sold: ReadonlySet<string>): NameAnswer {
  const refused = (code: NameRefusal, detail: string): NameAnswer => ({ kind: 'refused', code, detail });
  const typed = input.trim().replace(/\.$/, '');
  if (typed === '' || /[\s/:@?#%\\]/.test(typed))
    return refused('invalid_domain', 'A domain name has letters, digits, hyphens and dots only.');
  const isIdn = /[^\x00-\x7f]/.test(typed) || /(^|\.)xn--/i.test(typed);
  const name = toAscii(typed.toLowerCase());
  if (name === '')
    return isIdn
      ? refused('invalid_idn', 'IDNA does not allow this name.')
      : refused('invalid_domain', 'This is not a domain name.');
  const labels = name.split('.');
  if (name.length > MAX_NAME_LENGTH || !labels.every((label) => LABEL.test(label)))
    return refused('invalid_domain', 'Labels have 1 to 63 letters, digits or hyphens, with no hyphen at either end.');
  if (labels.some((label) => label.slice(2, 4) === '--' && !label.startsWith('xn--')))
    return refused('invalid_idn', 'Hyphens in the third and fourth place are kept for encoded labels.');
  return belowSuffix(name, labels, sold, refused);
}

function belowSuffix(
  name: string,
  labels: string[],
  sold: ReadonlySet<string>,
  refused: (code: NameRefusal, detail: string) => NameAnswer,
): NameAnswer {
  const own = labels.map((_, from) => labels.slice(from).join('.')).find((suffix) => sold.has(suffix));
  const found = parse(name, { allowPrivateDomains: false, validateHostname: false });
  if (found.isIp) return refused('invalid_domain', 'An address is not a domain name.');
  // The longer one: a registry that sells below pl does not sell com.pl.
  const tld = (own?.length ?? 0) >= (found.publicSuffix?.length ?? 0) ? own : found.publicSuffix;
  if (!tld) return refused('invalid_domain', 'This name has no suffix.');
  if (name === tld)
    return labels.length === 1 && !own && !found.isIcann
      ? refused('invalid_domain', 'A single label is not a domain name.')
      : refused('public_suffix', `Names are sold below ${tld}, not ${tld} itself.`);
  const depth = labels.length - tld.split('.').length;
  if (depth > 1) {
    const registrable = labels.slice(depth - 1).join('.');
    return refused('not_registrable', `This is a host below a name; the name to reserve is ${registrable}.`);
  }
  return { kind: 'name', domain: { name, tld } };
}
