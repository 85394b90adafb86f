/** What a registry that withholds a name says of its own way in: by the policy the name lives by, which in the sandbox may be another TLD's. */
import { wayInForSome, type TldPolicy, type Translated } from '../rules/tlds.ts';
import type { NoticedEvent, NoticedReservation } from './telling.ts';

interface Deps {
  policyOf(tld: string): TldPolicy | undefined;
  settingsOf(name: string): Promise<{ policy?: string }>;
}

export type WayInTo = (domain: NoticedReservation['domain']) => Promise<Translated | undefined>;

const ENDS = ['reservation.rejected', 'reservation.lost'];

export const wayInBy =
  ({ policyOf, settingsOf }: Deps): WayInTo =>
  async ({ name, tld }) => {
    const policy = policyOf((await settingsOf(name)).policy ?? tld);
    return policy && wayInForSome(policy);
  };

/** Whoever was refused, or lost, because the registry gives the name away itself is told how. */
export async function withWayIn<R extends NoticedReservation>(
  reservation: R,
  events: readonly Pick<NoticedEvent, 'type' | 'data'>[],
  wayInTo: WayInTo,
): Promise<R> {
  const way_in = events.some(({ type, data }) => ENDS.includes(type) && data['reason'] === 'no_race')
    ? await wayInTo(reservation.domain)
    : undefined;
  return way_in ? { ...reservation, way_in } : reservation;
}
