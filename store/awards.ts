/** What was decided of each caught name, step by step, with the reason for each claim: written once, and read by whoever asks why. */
import mongoose, { Schema } from 'mongoose';
import type { AwardDecision, AwardFacts, AwardTerms } from '../rules/award.ts';
import { isDuplicate } from './connection.ts';

export interface StoredDecision extends AwardDecision {
  /** Counts the decisions of one award, from 1. */
  step: number;
  /** Epoch ms, of the clock that the name lives by. */
  at: number;
  setBy: AwardTerms['setBy'];
  /** All that was decided on: from it the decision can be made again. */
  facts: AwardFacts;
}

export interface AwardDoc {
  /** That of the catch. */
  _id: string;
  name: string;
  livemode: boolean;
  decisions: StoredDecision[];
}

const schema = new Schema<AwardDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    livemode: { type: Boolean, required: true },
    decisions: { type: [Schema.Types.Mixed], default: [] } as never,
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
schema.index({ name: 1 });

const Awards = mongoose.model('Award', schema, 'awards');

/** The same step again changes nothing. */
export async function recordDecision(
  { _id, name, livemode }: Omit<AwardDoc, 'decisions'>,
  decision: StoredDecision,
): Promise<void> {
  try {
    await Awards.updateOne(
      { _id, 'decisions.step': { $ne: decision.step } },
      { $push: { decisions: decision }, $setOnInsert: { name, livemode } },
      { upsert: true },
    );
  } catch (error) {
    // The step is there, so nothing matched, and the award is there too.
    if (!isDuplicate(error)) throw error;
  }
}

export const decisionsOn = async (catchId: string): Promise<StoredDecision[]> =>
  (await Awards.findById(catchId).lean<AwardDoc>())?.decisions ?? [];

/** The awards of a name, each with its decisions in their order. */
export const awardsOf = (name: string): Promise<AwardDoc[]> => Awards.find({ name }).lean<AwardDoc[]>().exec();
