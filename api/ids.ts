/**
 * Ids: prefixed and opaque. Those that must come out the same when a request is repeated are HMACs of what the request is
 * known by, so that they tell nobody anything.
 */
import { createHmac, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_BYTES = 16;

/** Crockford's base 32 in lower case: 26 characters for 16 bytes. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

export type IdPrefix = 'rsv' | 'rgr' | 'key' | 'clk' | 'bid' | 'req' | 'dlt';

export const randomId = (prefix: IdPrefix): string => `${prefix}_${base32(randomBytes(ID_BYTES))}`;

/** The same parts give the same digest; JSON keeps neighbours apart. */
export const keyed = (secret: string, purpose: string, parts: readonly string[]): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify([purpose, ...parts]))
    .digest();

/** The id of what a request with this Idempotency-Key makes; a random one without a key. */
export function requestedId(
  prefix: IdPrefix,
  secret: string,
  scope: readonly string[],
  key: string | undefined,
): string {
  if (key === undefined) return randomId(prefix);
  return `${prefix}_${base32(keyed(secret, prefix, [...scope, key]).subarray(0, ID_BYTES))}`;
}

/** Tells the same person of the same registrar without naming one. */
export const ownerOf = (secret: string, registrar: string, livemode: boolean, customer: string): string =>
  keyed(secret, 'owner', [registrar, livemode ? 'live' : 'test', customer]).toString('hex');
