/** An entry's hash is over all that it says and the hash of the entry before: no entry is changed or taken out unseen. */
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import type { EntryDoc } from './ledger-entries.ts';

const LABELS = { genesis: 'backorder.ledger.v1', entry: 'backorder.entry.v1' } as const;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What the first entry of an account has for the hash of the one before. */
export const genesisOfAccount = (account: string): string => sha256(`${LABELS.genesis}\n${account}`);

export function hashOfEntry({
  hash: _hash,
  ...content
}: EntryDoc | (Omit<EntryDoc, 'hash'> & { hash?: string })): string {
  return sha256(`${LABELS.entry}\n${canonicalize({ ...content, at: content.at.toISOString() })}`);
}

export const sealEntry = (entry: Omit<EntryDoc, 'hash'>): EntryDoc => ({ ...entry, hash: hashOfEntry(entry) });

/** Undefined: no entry of ours could look like this. */
export function hashOfStoredEntry(entry: EntryDoc): string | undefined {
  try {
    return hashOfEntry(entry);
  } catch {
    return undefined;
  }
}
