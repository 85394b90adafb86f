/** From what a client typed to a name we may reserve for it: its registry, its policy, and whether this key reaches it. */
import { domainToASCII, domainToUnicode } from 'node:url';
import type { RegistryEntry } from '../registry/entry.ts';
import { readName } from '../rules/names.ts';
import { allPolicies, hasRace, policyOf, type TldPolicy } from '../rules/tlds.ts';
import { problem, Problem } from './problems.ts';

/** The one TLD of the sandbox: test keys reach it alone, live keys never do. */
export const TEST_TLD = 'test';

export interface KnownName {
  name: string;
  unicode: string;
  tld: string;
}

/** Suffixes names are sold below, as far as this installation knows any. */
const soldBelow = (registries: readonly RegistryEntry[]): ReadonlySet<string> =>
  new Set([...registries.flatMap(({ tlds }) => tlds), ...allPolicies().map(({ tld }) => tld)]);

export function knownName(input: string, registries: readonly RegistryEntry[]): KnownName | Problem {
  const answer = readName(input, domainToASCII, soldBelow(registries));
  if (answer.kind === 'refused') return problem(answer.code, { detail: answer.detail, param: 'domain' });
  const { name, tld } = answer.domain;
  return { name, tld, unicode: domainToUnicode(name) };
}

export interface Reservable extends KnownName {
  policy: TldPolicy;
  registry: RegistryEntry;
}

export function reservableName(
  input: string,
  livemode: boolean,
  registries: readonly RegistryEntry[],
): Reservable | Problem {
  const known = knownName(input, registries);
  if (known instanceof Problem) return known;
  const policy = policyOf(known.tld);
  if (!policy) return problem('tld_not_supported', { param: 'domain' });
  if (!hasRace(policy)) return problem('no_race', { param: 'domain', ...(policy.wayIn && { detail: policy.wayIn }) });
  if (livemode === (known.tld === TEST_TLD)) return problem('wrong_mode', { param: 'domain' });
  const registry = registries.find(({ tlds }) => tlds.includes(known.tld));
  if (!registry) return problem('tld_not_supported', { param: 'domain' });
  return { ...known, policy, registry };
}
