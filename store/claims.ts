/**
 * Who reserved which name last, by id: the quick answer to "does this customer have it already", for whole tables of reservations.
 * The arbiter of the name decides; this only spares it the question.
 */
import mongoose, { Schema } from 'mongoose';
import { isDuplicate } from './connection.ts';

interface ClaimDoc {
  _id: string;
  reservation: string;
}

const schema = new Schema<ClaimDoc>(
  { _id: { type: String, required: true }, reservation: { type: String, required: true } },
  { versionKey: false, strict: 'throw' },
);

const Claims = mongoose.model('Claim', schema, 'claims');

const claimId = (owner: string, name: string): string => `${owner}|${name}`;

/** Undefined: it is noted as this reservation's. Else the reservation that was noted before; nothing was changed. */
export async function noteClaim(owner: string, name: string, reservation: string): Promise<string | undefined> {
  const _id = claimId(owner, name);
  try {
    await Claims.create({ _id, reservation });
    return undefined;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const before = await Claims.findById(_id).lean<ClaimDoc>();
  return before === null || before.reservation === reservation ? undefined : before.reservation;
}

/** False: somebody else was quicker. */
export async function passClaim(owner: string, name: string, from: string, to: string): Promise<boolean> {
  const passed = await Claims.updateOne(
    { _id: claimId(owner, name), reservation: from },
    { $set: { reservation: to } },
  );
  return passed.matchedCount === 1;
}

export async function dropClaim(owner: string, name: string, reservation: string): Promise<void> {
  await Claims.deleteOne({ _id: claimId(owner, name), reservation });
}
