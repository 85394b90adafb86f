/**
 * Budgets and maxima are nobody's business but their owner's, and a history is read by all who operate Temporal. This codec
 * seals those fields alone, in place: the rest of a payload stays JSON that ops can read and search with their eyes.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';

/** The keys under which a budget or a maximum travels, whatever its shape. */
const SEALED_FIELDS = ['budget', 'max', 'maximum', 'maxima', 'proxyMax'] as const;

/** Metadata of a payload that has sealed fields: the way they are sealed. */
export const SEALED_MARK = 'sealed';
const WAY = 'a256gcm';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Sealed values are at least this long inside, so that their length does not tell a budget's digits. */
const PADDED_CHARS = 64;

/** Something here was sealed with a key that is not ours any more, or was changed since. `message` is for ops. */
export class CannotUnseal extends Error {
  override readonly name = 'CannotUnseal';
}

interface Key {
  id: string;
  bytes: Buffer;
}

/** A key's name follows from the key, so none has to be invented, written down or kept unique. */
const keyOf = (bytes: Buffer): Key => ({
  id: createHmac('sha256', bytes).update('backorder payload key id').digest('base64url').slice(0, 8),
  bytes,
});

/** The first key seals, all of them open. Decoding throws CannotUnseal. */
export function sealing(keys: readonly [Buffer, ...Buffer[]]): PayloadCodec {
  const first = keyOf(keys[0]);
  const byId = new Map(keys.map(keyOf).map((key) => [key.id, key]));
  return {
    encode: async (payloads) => payloads.map((payload) => sealPayload(payload, first)),
    decode: async (payloads) => payloads.map((payload) => openPayload(payload, byId)),
  };
}

const isSealedField = (name: string): boolean => (SEALED_FIELDS as readonly string[]).includes(name);
/** How a key ends in JSON. Its opening quote is left out: a search by what JSON is full of takes many times as long. */
const needles = SEALED_FIELDS.map((field) => Buffer.from(`${field}"`));
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

function sealPayload(payload: Payload, key: Key): Payload {
  const { data, metadata } = payload;
  if (!data || text(metadata?.['encoding']) !== 'json/plain') return payload;
  // Parsing every payload to find nothing would cost more than all the rest of this.
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (!needles.some((needle) => bytes.includes(needle))) return payload;
  let count = 0;
  const sealed = JSON.stringify(JSON.parse(bytes.toString('utf8')), (name: string, value: unknown) => {
    if (!isSealedField(name) || value === undefined) return value;
    count++;
    return seal(name, value, key);
  });
  if (count === 0) return payload;
  return { ...payload, metadata: { ...metadata, [SEALED_MARK]: Buffer.from(WAY) }, data: Buffer.from(sealed) };
}

function openPayload(payload: Payload, keys: ReadonlyMap<string, Key>): Payload {
  const { [SEALED_MARK]: way, ...metadata } = payload.metadata ?? {};
  if (way === undefined) return payload;
  if (text(way) !== WAY) throw new CannotUnseal('a payload is sealed in a way that this version does not know');
  try {
    const opened: unknown = JSON.parse(text(payload.data), (name: string, value: unknown) =>
      isSealedField(name) && typeof value === 'string' ? open(name, value, keys) : value,
    );
    return { ...payload, metadata, data: Buffer.from(JSON.stringify(opened)) };
  } catch (error) {
    throw error instanceof CannotUnseal ? error : new CannotUnseal('a payload is marked as sealed and is not JSON');
  }
}

/** `<key id>.<nonce, ciphertext and tag>`; the field's name is authenticated, so that no value passes for another. */
function seal(field: string, value: unknown, { id, bytes }: Key): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce).setAAD(Buffer.from(field));
  const plain = JSON.stringify(value).padEnd(PADDED_CHARS);
  const parts = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return `${id}.${Buffer.concat(parts).toString('base64url')}`;
}

function open(field: string, sealed: string, keys: ReadonlyMap<string, Key>): unknown {
  const [id = '', body = ''] = sealed.split('.');
  const key = keys.get(id);
  if (!key)
    throw new CannotUnseal(
      `"${field}" is sealed with the key ${id.slice(0, 8)}, which is not in BACKORDER_PAYLOAD_KEY`,
    );
  const bytes = Buffer.from(body, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(field)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(plain.toString('utf8'));
  } catch {
    throw new CannotUnseal(`"${field}" was changed after it was sealed with the key ${id}`);
  }
}
