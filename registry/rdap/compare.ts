/**
 * What two sources say of one name, side by side. RDAP lags behind EPP by minutes and is sometimes simply wrong; which of
 * them is believed is for rules to say, that they differ is a fact.
 */
import type { RegistryAnswer } from '../../rules/stage.ts';
import type { Difference } from '../../rules/watch.ts';
import type { RdapAnswer } from './client.ts';

/**
 * Empty: both agree as far as both tell. The sponsoring registrar is not compared: one says its clID, the other mostly its
 * IANA number.
 */
export function differences(epp: RegistryAnswer, rdap: RdapAnswer): Difference[] {
  if (rdap.kind === 'no_service') return [];
  if (epp.kind !== 'registered' || rdap.kind !== 'registered') {
    // Free and withheld alike have no object, and RDAP says no more than that.
    const agree = epp.kind !== 'registered' && rdap.kind === 'not_found';
    return agree ? [] : [{ what: 'existence', epp: epp.kind, rdap: rdap.kind }];
  }
  const [ours, theirs] = [epp.registration, rdap.registration];
  return [
    ...differing('roid', ours.roid.toUpperCase(), theirs.roid.toUpperCase()),
    ...differing('registered_at', second(ours.registeredAt), second(theirs.registeredAt)),
    ...differing('expires_at', second(ours.expiresAt), second(theirs.expiresAt)),
    ...differing('status', statuses(ours), statuses(theirs)),
    ...differing('nameservers', listed(ours.nameservers), listed(theirs.nameservers)),
  ];
}

/** What one of them does not tell is no contradiction. */
const differing = (what: Difference['what'], epp: string, rdap: string): Difference[] =>
  epp === '' || rdap === '' || epp === rdap ? [] : [{ what, epp: shown(epp), rdap: shown(rdap) }];

/** Words of others, on their way into a timeline: short, and nobody's address. */
const MAX_SHOWN = 200;
const shown = (text: string): string => text.slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]|@/g, '?');

/** RDAP servers drop the fraction. */
const second = (at: number): string => (at === 0 ? '' : `${new Date(at).toISOString().slice(0, 19)}Z`);

/** `ok` is the absence of others; `linked` is said of contacts and hosts, and of names only by accident. */
const statuses = ({ statuses: words, rgp }: { statuses: string[]; rgp: string[] }): string =>
  listed([...words, ...rgp].filter((word) => word !== 'ok' && word !== 'linked')) || (words.length > 0 ? 'ok' : '');

const listed = (words: readonly string[]): string =>
  [...new Set(words.map((word) => word.toLowerCase()))].sort().join(' ');
