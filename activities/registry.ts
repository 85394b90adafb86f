/** The registry a name is sold by, or a refusal for good: configuration, not time, can mend that. */
import { ApplicationFailure } from '@temporalio/common';
import type { RegistryAccess, RegistryDeps } from './deps.ts';

export function registryFor(deps: RegistryDeps, tld: string): RegistryAccess {
  const access = deps.registryOf(tld);
  if (!access) throw ApplicationFailure.nonRetryable('no registry is configured for this TLD', 'tld_not_supported');
  return access;
}
