/** What these tests say of a name: dates as ISO literals, and a registration of which each test tells only what matters to it. */
import type { Registration, RegistryAnswer } from '../../rules/stage.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import type { TldPolicy } from '../../rules/tlds.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export const at = (iso: string): number => {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) throw new Error(`${iso} is not an instant`);
  return instant;
};
export const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');

export const registration = (over: Partial<Registration> = {}): Registration => ({
  roid: 'D1-COM',
  sponsor: 'old-registrar',
  registeredAt: at('2020-03-01T12:00:00Z'),
  expiresAt: at('2026-03-01T12:00:00Z'),
  statuses: ['ok'],
  rgp: [],
  nameservers: [],
  ...over,
});

export const registered = (over: Partial<Registration> = {}): Extract<RegistryAnswer, { kind: 'registered' }> => ({
  kind: 'registered',
  registration: registration(over),
});

/** The shipped ones. */
export const policies = loadPolicies({ BACKORDER_POLICIES: undefined });

export function policy(tld: string): TldPolicy {
  const found = policies.of(tld);
  if (!found) throw new Error(`no policy for ${tld}`);
  return found;
}

/** Freezes all the way down: a rule that changes what it was given throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
