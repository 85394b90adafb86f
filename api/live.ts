/** One open reservation as it is now: its workflow and its name's arbiter are asked at once, and neither is waited for. */
import { standing } from '../rules/queue.ts';
import { openClaimsOf } from '../store/reservation-queries.ts';
import type { ReservationDoc } from '../store/reservations.ts';
import type { RouteDeps } from './deps.ts';
import type { Live } from './views.ts';

export async function liveOf({ engine }: Pick<RouteDeps, 'engine'>, doc: ReservationDoc): Promise<Live> {
  if (!doc.open) return {};
  const [reservation, domain] = await Promise.all([
    engine.describeReservation(doc._id),
    engine.describeDomain(doc.domain.name, doc._id),
  ]);
  if (domain) return { reservation, domain };
  return { reservation, standing: standing(await openClaimsOf([doc.domain.name]), doc._id) };
}
