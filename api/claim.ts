/** A stored reservation as its name's arbiter is told of it. Nothing personal: it ends up in histories. */
import type { Join } from '../rules/queue.ts';
import type { ReservationDoc } from '../store/reservations.ts';
import type { DomainInput } from '../workflows/messages.ts';

export const joinOf = (doc: ReservationDoc): Join => ({
  reservation: doc._id,
  owner: doc.owner,
  onRenewal: doc.on_renewal,
  dryRun: doc.dry_run,
  ...(doc.wait_until !== undefined && { waitUntil: doc.wait_until }),
  ...(doc.ordinal !== null && { ordinal: doc.ordinal }),
});

export const domainOf = ({
  domain: { name, tld },
  livemode,
  test_clock,
}: ReservationDoc): Omit<DomainInput, 'carried'> => ({
  name,
  tld,
  livemode,
  ...(test_clock !== undefined && { clock: test_clock }),
});
