/**
 * What was answered to a request with an Idempotency-Key. A key is bound to its first body for 30 days, whatever came of it; the
 * answer is kept where it was final. The lock is a lease, so that a process that died does not hold it.
 */
import mongoose, { Schema } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { isDuplicate } from './connection.ts';

export const LEASE_MS = 10_000;
const KEPT_S = 30 * 86_400;

interface IdempotencyDoc {
  /** A digest of key owner, mode, method, path and key. */
  _id: string;
  body_hash: string;
  /** Whose turn it is; changes with every try. */
  fence: string;
  lease_until: Date;
  /** Sealed; null until there is a final one. */
  answer: string | null;
  /** Whom the request is about, without naming anybody: a reservation's id, or an HMAC of its customer. */
  concerns: string | null;
  created: Date;
}

const schema = new Schema<IdempotencyDoc>(
  {
    _id: { type: String, required: true },
    body_hash: { type: String, required: true },
    fence: { type: String, required: true },
    lease_until: { type: Date, required: true },
    answer: { type: String, default: null },
    concerns: { type: String, default: null },
    created: { type: Date, required: true },
  },
  { versionKey: false, strict: 'throw' },
);
schema.index({ created: 1 }, { expireAfterSeconds: KEPT_S });
schema.index({ concerns: 1 });

const Idempotency = mongoose.model('Idempotency', schema, 'idempotency');

export type Turn =
  { kind: 'mine'; fence: string } | { kind: 'answered'; answer: string } | { kind: 'in_progress' } | { kind: 'reused' };

/** One of any number of callers at once gets the turn. */
export async function takeTurn(id: string, bodyHash: string, now: Date, concerns?: string): Promise<Turn> {
  const fence = randomUUID();
  const mine = {
    body_hash: bodyHash,
    fence,
    lease_until: new Date(now.getTime() + LEASE_MS),
    answer: null,
    concerns: concerns ?? null,
    created: now,
  };
  try {
    await Idempotency.create({ _id: id, ...mine });
    return { kind: 'mine', fence };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const before = await Idempotency.findById(id).lean<IdempotencyDoc>();
  if (!before) return { kind: 'in_progress' };
  const expired = before.created.getTime() + KEPT_S * 1_000 <= now.getTime();
  if (!expired) {
    if (before.body_hash !== bodyHash) return { kind: 'reused' };
    if (before.answer !== null) return { kind: 'answered', answer: before.answer };
    if (before.lease_until > now) return { kind: 'in_progress' };
  }
  const renewed = expired ? mine : { fence, lease_until: mine.lease_until };
  const taken = await Idempotency.updateOne({ _id: id, fence: before.fence }, { $set: renewed });
  return taken.matchedCount === 1 ? { kind: 'mine', fence } : { kind: 'in_progress' };
}

/** Keeps the answer, unless the lease ran out and somebody else has the turn. */
export async function keepAnswer(id: string, fence: string, answer: string): Promise<void> {
  await Idempotency.updateOne({ _id: id, fence }, { $set: { answer } });
}

/** Gives the turn back without an answer: the same body may try again at once, another one may not. */
export async function giveBack(id: string, fence: string): Promise<void> {
  await Idempotency.updateOne({ _id: id, fence }, { $set: { lease_until: new Date(0) } });
}

/** As if the request had never come: it was refused before anything began. */
export async function forgetRequest(id: string, fence: string): Promise<void> {
  await Idempotency.deleteOne({ _id: id, fence });
}

/**
 * Nothing is kept any more of requests about these. One that is running keeps no answer either: its turn is gone. Whoever repeats such
 * a request is answered from what is there now.
 */
export async function forgetAbout(concerns: readonly string[]): Promise<void> {
  await Idempotency.deleteMany({ concerns: { $in: concerns } });
}
