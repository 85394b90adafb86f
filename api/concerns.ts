/** Whom a request is about, as far as it says itself: by this what was answered to it is found when that person is erased. */
import { ownerOf } from './ids.ts';
import type { Call } from './http.ts';

/** The id of the reservation, or the HMAC that stands for the customer. Never a person: it is stored. */
export function concernOf({ principal, path, body }: Call, secret: string): string | undefined {
  const reservation = /^\/v1\/reservations\/(rsv_\w+)\//.exec(path)?.[1];
  if (reservation !== undefined) return reservation;
  if (principal.kind !== 'registrar') return undefined;
  const id = (body as { customer?: { id?: unknown } | null }).customer?.id;
  return typeof id === 'string' ? ownerOf(secret, principal.registrar._id, principal.livemode, id) : undefined;
}
