import type { ReservationDoc, ReservationRequest } from './reservations.ts';

/** A request as it stands before its workflow has published anything. */
export const unpublished = (request: ReservationRequest): ReservationDoc => ({
  ...request,
  amendment: 0,
  open: true,
  status: 'placed',
  stage: null,
  ordinal: null,
  state: { status: 'placed' },
  seq: 0,
  head: null,
  rev: 0,
  attention: null,
  as_of: request.created,
});
