/** From what a client typed to a name we may reserve for it: its registry, its policy, and whether this key reaches it. */
import { domainToASCII, domainToUnicode } from 'node:url';
import type { RegistryEntry } from '../registry/entry.ts';
import type { Inquiry } from '../registry/inquiries.ts';
import { readName } from '../rules/names.ts';
import { wayInOf, type TldPolicy } from '../rules/tlds.ts';
import { reaches, type Principal } from './auth.ts';
import type { RouteDeps } from './deps.ts';
import { problem, Problem } from './problems.ts';

/** The one TLD of the sandbox: test keys reach it alone, live keys never do. */
export const TEST_TLD = 'test';

export interface KnownName {
  name: string;
  unicode: string;
  tld: string;
}

/** Suffixes names are sold below, as far as this installation knows any. */
export const soldBelow = ({ registries, policies }: Sold): ReadonlySet<string> =>
  new Set([...registries.flatMap(({ tlds }) => tlds), ...policies.all().map(({ tld }) => tld)]);

type Sold = Pick<RouteDeps, 'registries' | 'policies'>;

export function knownName(input: string, sold: Sold): KnownName | Problem {
  const answer = readName(input, domainToASCII, soldBelow(sold));
  if (answer.kind === 'refused') return problem(answer.code, { detail: answer.detail, param: 'domain' });
  const { name, tld } = answer.domain;
  return { name, tld, unicode: domainToUnicode(name) };
}

export interface Reservable extends KnownName {
  policy: TldPolicy;
  registry: RegistryEntry;
}

export function reservableName(input: string, livemode: boolean, sold: Sold): Reservable | Problem {
  const known = knownName(input, sold);
  if (known instanceof Problem) return known;
  const policy = sold.policies.of(known.tld);
  if (!policy) return problem('tld_not_supported', { param: 'domain' });
  const noRace = withoutRace(policy);
  if (noRace) return noRace;
  if (livemode === (known.tld === TEST_TLD)) return problem('wrong_mode', { param: 'domain' });
  const registry = sold.registries.find(({ tlds }) => tlds.includes(known.tld));
  if (!registry) return problem('tld_not_supported', { param: 'domain' });
  return { ...known, policy, registry };
}

/** A name that this key may ask about: of its mode, below a TLD that a registry of ours serves. */
export function askedName(
  input: string,
  principal: Principal,
  sold: Sold,
): (KnownName & { livemode: boolean }) | Problem {
  const known = knownName(input, sold);
  if (known instanceof Problem) return known;
  const livemode = known.tld !== TEST_TLD;
  return reaches(principal, livemode) ? { ...known, livemode } : problem('wrong_mode', { param: 'domain' });
}

/** As above, where a registry of ours can be asked and its policy is known. */
export function servedName(
  input: string,
  principal: Principal,
  deps: Sold & Pick<RouteDeps, 'inquiries'>,
): ServedName | Problem {
  const asked = askedName(input, principal, deps);
  if (asked instanceof Problem) return asked;
  const policy = deps.policies.of(asked.tld);
  const inquiry = deps.inquiries.forTld(asked.tld);
  if (policy && inquiry) return { ...asked, policy, inquiry };
  return (policy && withoutRace(policy)) ?? problem('tld_not_supported', { param: 'domain' });
}

export interface ServedName extends KnownName {
  livemode: boolean;
  policy: TldPolicy;
  inquiry: Inquiry;
}

/** The registry's own way in, where it gives names away itself. */
export function withoutRace(policy: TldPolicy): Problem | undefined {
  const wayIn = wayInOf(policy);
  return wayIn === undefined ? undefined : problem('no_race', { param: 'domain', detail: wayIn });
}
