/** The words of RDAP and those of EPP and RGP for one state (RFC 8056 section 2), both ways. */

/** RGP statuses. `pendingDelete` is a word of both: alone it is the five days, beside redemption it is EPP's. */
const RGP_WORDS = new Set([
  'addPeriod',
  'autoRenewPeriod',
  'renewPeriod',
  'transferPeriod',
  'redemptionPeriod',
  'pendingRestore',
]);

/** The two that are not the same words in another spelling. */
const TO_EPP = new Map([
  ['active', 'ok'],
  ['associated', 'linked'],
]);
const TO_RDAP = new Map([...TO_EPP].map(([rdap, epp]) => [epp, rdap]));

/** `client hold`, `clientHold` and `client_hold` alike: servers are not of one mind. */
function camel(word: string): string {
  const words = word
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((part) => part !== '');
  return words.map((part, at) => (at === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1))).join('');
}

/** RDAP words in EPP and RGP spelling. */
export function fromRdapStatus(words: readonly string[]): { statuses: string[]; rgp: string[] } {
  const read = [...new Set(words.map(camel))].map((word) => TO_EPP.get(word) ?? word);
  const rgp = read.filter((word) => RGP_WORDS.has(word));
  const statuses = read.filter((word) => !RGP_WORDS.has(word));
  const restorable = rgp.includes('redemptionPeriod') || rgp.includes('pendingRestore');
  // RFC 3915: a name in redemption is pendingDelete for EPP too, whether or not the RDAP server says so twice.
  if (restorable && !statuses.includes('pendingDelete')) statuses.push('pendingDelete');
  if (!restorable && statuses.includes('pendingDelete')) rgp.push('pendingDelete');
  return { statuses, rgp };
}

/** EPP and RGP spelling in RDAP words. */
export function toRdapStatus(statuses: readonly string[], rgp: readonly string[]): string[] {
  const words = [...statuses, ...rgp].map(
    (word) => TO_RDAP.get(word) ?? word.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  );
  return [...new Set(words)];
}
