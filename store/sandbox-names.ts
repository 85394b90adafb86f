/** What the engine knows of a scripted name: who scripts it, its clock, and where it departs from the TLD's policy. The script is the sandbox's. */
import mongoose, { Schema } from 'mongoose';
import type { OwnAward } from '../rules/tlds.ts';
import { isDuplicate } from './connection.ts';

/** `award` and what follows from it: null is what its TLD has. */
export interface SandboxNameDoc extends OwnAward {
  _id: string;
  /** Who put it first; null: the operator. */
  registrar: string | null;
  test_clock: string | null;
  /** Joins and cancels close this long before the drop. */
  cutoff_s: number;
  /** So long after the drop whoever had it before can still have it back; absent: as policy has it. */
  restore_rights_days?: number | null;
  /** The TLD whose registry's policy it lives by; absent: its own. */
  policy?: string | null;
}

const schema = new Schema<SandboxNameDoc>(
  {
    _id: { type: String, required: true },
    registrar: { type: String, default: null },
    test_clock: { type: String, default: null },
    cutoff_s: { type: Number, required: true },
    award: { type: String, default: null },
    restore_rights_days: { type: Number, default: null },
    offer_s: { type: Number, default: null },
    payment_s: { type: Number, default: null },
    auction: { type: Schema.Types.Mixed, default: null },
    policy: { type: String, default: null },
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
schema.index({ test_clock: 1 });

const SandboxNames = mongoose.model('SandboxName', schema, 'sandbox_names');

const REAL_TIME_LEAD_MS = 2_000;
const DAY_MS = 86_400_000;

export const findSandboxName = (name: string): Promise<SandboxNameDoc | null> =>
  SandboxNames.findById(name).lean<SandboxNameDoc>().exec();

/** Takes the name for its first writer, and answers the entry that stands. */
export async function claimSandboxName(doc: SandboxNameDoc): Promise<SandboxNameDoc> {
  try {
    await SandboxNames.create(doc);
    return doc;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  return (await findSandboxName(doc._id)) ?? doc;
}

export async function changeSandboxName(
  name: string,
  change: Omit<SandboxNameDoc, '_id' | 'registrar'>,
): Promise<void> {
  await SandboxNames.updateOne({ _id: name }, { $set: change });
}

export async function deleteSandboxName(name: string): Promise<void> {
  await SandboxNames.deleteOne({ _id: name });
}

export const countNamesUnder = (clock: string): Promise<number> =>
  SandboxNames.countDocuments({ test_clock: clock }).exec();

export async function deleteNamesUnder(clock: string): Promise<void> {
  await SandboxNames.deleteMany({ test_clock: clock });
}

/** Where a name departs from its TLD's policy: nothing for a name that is not in the sandbox. In real time a lead of a minute would outlast the test. */
export async function settingsOfSandboxName(
  name: string,
): Promise<{ cutoffMs?: number; leadMs?: number; own?: OwnAward; restoreRightsMs?: number; policy?: string }> {
  // A name of a real registry is looked at without the store: it may be away just before a drop.
  const doc = name.endsWith('.test') ? await findSandboxName(name) : null;
  if (!doc) return {};
  return {
    cutoffMs: doc.cutoff_s * 1_000,
    ...(doc.test_clock === null && { leadMs: REAL_TIME_LEAD_MS }),
    ...(typeof doc.restore_rights_days === 'number' && { restoreRightsMs: doc.restore_rights_days * DAY_MS }),
    own: doc,
    ...(doc.policy && { policy: doc.policy }),
  };
}
