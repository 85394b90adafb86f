/** Test clocks as made: who may use one, and where it last stood. Where it stands now its workflow knows. */
import mongoose, { Schema } from 'mongoose';

export interface TestClockDoc {
  _id: string;
  /** The maker; null: the operator, and then everybody may use it. */
  registrar: string | null;
  name: string | null;
  /** Epoch ms, as last seen. */
  frozen_at: number;
  /** Epoch ms; ahead of `frozen_at` while it is on its way. */
  target: number;
  created: Date;
  /** Being deleted: nothing new is placed under it. */
  ending?: true;
}

const schema = new Schema<TestClockDoc>(
  {
    _id: { type: String, required: true },
    registrar: { type: String, default: null },
    name: { type: String, default: null },
    frozen_at: { type: Number, required: true },
    target: { type: Number, required: true },
    created: { type: Date, required: true },
    ending: { type: Boolean },
  },
  { versionKey: false, strict: 'throw' },
);
schema.index({ created: -1, _id: -1 });

const TestClocks = mongoose.model('TestClock', schema, 'test_clocks');

/** The clock as stored: the one there already, where the same request came before. */
export async function insertTestClock(doc: TestClockDoc): Promise<TestClockDoc> {
  await TestClocks.updateOne({ _id: doc._id }, { $setOnInsert: doc }, { upsert: true });
  return (await findTestClock(doc._id)) ?? doc;
}

export const findTestClock = (id: string): Promise<TestClockDoc | null> =>
  TestClocks.findById(id).lean<TestClockDoc>().exec();

/** Newest first. `registrar` null lists all; a registrar sees its own and the operator's. */
export function listTestClocks(
  registrar: string | null,
  after: { at: number; id: string } | undefined,
  limit: number,
): Promise<TestClockDoc[]> {
  const visible = registrar === null ? {} : { registrar: { $in: [registrar, null] } };
  const older = after && {
    $or: [{ created: { $lt: new Date(after.at) } }, { created: new Date(after.at), _id: { $lt: after.id } }],
  };
  return TestClocks.find({ ...visible, ...older })
    .sort({ created: -1, _id: -1 })
    .limit(limit)
    .lean<TestClockDoc[]>()
    .exec();
}

export async function rememberClock(
  id: string,
  seen: Partial<Pick<TestClockDoc, 'frozen_at' | 'target'>>,
): Promise<void> {
  await TestClocks.updateOne({ _id: id }, { $set: seen });
}

export async function endTestClock(id: string): Promise<void> {
  await TestClocks.updateOne({ _id: id }, { $set: { ending: true } });
}

/** It is there, and nobody deletes it. */
export const isTestClock = async (id: string): Promise<boolean> =>
  (await TestClocks.countDocuments({ _id: id, ending: { $ne: true } })) > 0;

export async function deleteTestClock(id: string): Promise<void> {
  await TestClocks.deleteOne({ _id: id });
}

/** Where the clock that is furthest ahead stands or is on its way to; undefined: there is none. */
export async function furthestClock(): Promise<number | undefined> {
  const furthest = await TestClocks.findOne({}, { target: 1 })
    .sort({ target: -1 })
    .lean<Pick<TestClockDoc, 'target'>>();
  return furthest?.target;
}
