/** How a registry's two sources are asked: RDAP alone for polls, or both at once, neither failing with the other. */
import type { RegistryAnswer } from '../../rules/stage.ts';
import type { RegistryEntry } from '../entry.ts';
import { RegistryUnreachable, type Hearing, type PeekAnswer, type Said } from '../gateway.ts';
import { SourceTrouble } from '../http-trouble.ts';
import { profileOf } from '../profiles.ts';
import type { RdapAnswer, RdapClient } from './client.ts';
import { differences } from './compare.ts';

/** The RDAP of an entry: its own URL, or IANA's list, or by its wish none. */
export function lookupFor({ rdap: base, profile }: RegistryEntry, client: RdapClient) {
  const perSecond = profileOf(profile).rdapPerSecond;
  return async (name: string, limitMs?: number): Promise<RdapAnswer> =>
    base === false ? { kind: 'no_service', asOf: 'configuration' } : client.lookup(name, { base, perSecond, limitMs });
}

/** `look` is asked where there is no service, and only there: a service that fails is for the caller to wait for. */
export async function peek(lookedUp: Promise<RdapAnswer>, look: () => Promise<RegistryAnswer>): Promise<PeekAnswer> {
  const answer = await lookedUp;
  if (answer.kind === 'no_service') return { ...(await look()), source: 'epp' };
  if (answer.kind === 'not_found') return { kind: 'not_found', source: 'rdap' };
  return { kind: 'registered', registration: answer.registration, source: 'rdap', rdap: answer.record };
}

/** Rejects only for what is neither source's doing. */
export async function hear(asked: Promise<RegistryAnswer>, lookedUp: Promise<RdapAnswer>): Promise<Hearing> {
  const [epp, rdap] = await Promise.all([said(asked), said(lookedUp)]);
  const both = epp.kind !== 'trouble' && rdap.kind !== 'trouble';
  return { epp, rdap, differences: both ? differences(epp, rdap) : [] };
}

/** An answer, or why there is none. Rejects only for what is not the source's doing. */
export async function said<Answer extends { kind: string }>(answer: Promise<Answer>): Promise<Said<Answer>> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RegistryUnreachable)) throw error;
    const { kind, code } = error instanceof SourceTrouble ? error : { kind: 'away' as const, code: 'unreachable' };
    const { retryAfterMs } = error;
    return { kind: 'trouble', trouble: kind, code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
}
