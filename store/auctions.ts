/**
 * Auctions as they stand (a projection that the auction's own publications write) and bids. A bid is written down by the API before it is
 * held or sent, with its maximum; the auction's publication says that it was taken up, and what it came to.
 */
import { LRUCache } from 'lru-cache';
import mongoose, { Schema } from 'mongoose';
import type { Currency, Money } from '../rules/money.ts';
import type { AuctionPolicy } from '../rules/bidding.ts';
import { isDuplicate } from './connection.ts';
import { Reservations } from './reservations.ts';

export interface EntrantDoc {
  reservation: string;
  registrar: string;
  bidder: string;
}

export interface AuctionDoc {
  _id: string;
  name: string;
  tld: string;
  livemode: boolean;
  test_clock?: string;
  currency: Currency;
  list_price: number;
  policy: AuctionPolicy;
  /** In claim order. */
  entrants: EntrantDoc[];
  started: Date;
  status: 'open' | 'closed';
  price: number;
  minimum: number;
  /** The leader's pseudonym. */
  leader: string;
  ends: Date;
  extensions: number;
  bids: number;
  /** How many of them raised an own lead. */
  raises?: number;
  /** Counts publications; an older one never overwrites a newer one. */
  rev: number;
  as_of: Date;
}

export interface BidDoc {
  _id: string;
  auction: string;
  reservation: string;
  registrar: string;
  bidder: string;
  max: number;
  /** When an attempt last took it up: it is that attempt's, until another writes a later instant. */
  created: Date;
  /** Whose it is to see it off: no attempt takes it up any more. Null: nobody has given it up. */
  given_up: string | null;
  /** The place among those taken up, from 0; what stood as it opened is before that. Null: not known to be taken up. */
  seq: number | null;
  at: Date | null;
  /** What the auction stood at once it was taken up. */
  price: number | null;
  leading: boolean | null;
  /** It raised its bidder's own lead: nobody else's business. */
  raise: boolean | null;
}

const options = { versionKey: false, minimize: false, strict: 'throw' } as const;
const anything = Schema.Types.Mixed;

const auctionSchema = new Schema<AuctionDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    tld: { type: String, required: true },
    livemode: { type: Boolean, required: true },
    test_clock: String,
    currency: { type: String, required: true },
    list_price: { type: Number, required: true },
    policy: { type: anything, required: true },
    entrants: { type: anything, required: true },
    started: { type: Date, required: true },
    status: { type: String, required: true },
    price: { type: Number, required: true },
    minimum: { type: Number, required: true },
    leader: { type: String, required: true },
    ends: { type: Date, required: true },
    extensions: { type: Number, required: true },
    bids: { type: Number, required: true },
    raises: { type: Number, default: 0 },
    rev: { type: Number, required: true },
    as_of: { type: Date, required: true },
  },
  options,
);
auctionSchema.index({ 'entrants.registrar': 1, livemode: 1, started: -1, _id: -1 });
auctionSchema.index({ started: -1, _id: -1 });
auctionSchema.index({ name: 1 });

const bidSchema = new Schema<BidDoc>(
  {
    _id: { type: String, required: true },
    auction: { type: String, required: true },
    reservation: { type: String, required: true },
    registrar: { type: String, required: true },
    bidder: { type: String, required: true },
    max: { type: Number, required: true },
    created: { type: Date, required: true },
    given_up: { type: String, default: null },
    seq: { type: Number, default: null },
    at: { type: Date, default: null },
    price: { type: Number, default: null },
    leading: { type: Boolean, default: null },
    raise: { type: Boolean, default: null },
  },
  options,
);
bidSchema.index({ auction: 1, seq: -1 });
bidSchema.index({ seq: 1, created: 1 });

const Auctions = mongoose.model('Auction', auctionSchema, 'auctions');
export const Bids = mongoose.model('Bid', bidSchema, 'bids');

export interface TakenBidDoc {
  id: string;
  seq: number;
  /** Index into the auction's entrants. */
  entrant: number;
  max: number;
  at: number;
  price: number;
  leading: boolean;
  raise: boolean;
}

export type AuctionOpening = Pick<
  AuctionDoc,
  'name' | 'tld' | 'livemode' | 'test_clock' | 'currency' | 'list_price' | 'policy'
> & {
  entrants: Omit<EntrantDoc, 'registrar'>[];
  started: Date;
};

export type AuctionState = Pick<
  AuctionDoc,
  'status' | 'price' | 'minimum' | 'leader' | 'ends' | 'extensions' | 'bids' | 'raises' | 'rev' | 'as_of'
>;

/** Notes that it is open and who is in it. What is there already stays as it is. */
export async function beginAuction(id: string, opening: AuctionOpening, state: AuctionState): Promise<void> {
  const ids = opening.entrants.map(({ reservation }) => reservation);
  const docs = await Reservations.find({ _id: { $in: ids } }, { registrar: 1 }).lean<
    { _id: string; registrar: string }[]
  >();
  const registrarOf = new Map(docs.map(({ _id, registrar }) => [_id, registrar]));
  const entrants = opening.entrants.map((entrant) => ({
    ...entrant,
    registrar: registrarOf.get(entrant.reservation) ?? '',
  }));
  try {
    await Auctions.create({ _id: id, ...opening, entrants, ...state });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/** Bids that were taken up, then the state they led to: who sees the state finds the bids. */
export async function publishAuction(id: string, state: AuctionState, taken: readonly TakenBidDoc[]): Promise<void> {
  if (taken.length > 0) await noteTaken(id, taken);
  await Auctions.updateOne({ _id: id, rev: { $lt: state.rev } }, { $set: state });
}

async function noteTaken(id: string, taken: readonly TakenBidDoc[]): Promise<void> {
  const entrants = await entrantsOf(id);
  await Bids.bulkWrite(
    taken.map(({ id: _id, entrant, max, at, ...answer }) => ({
      updateOne: {
        filter: { _id },
        update: {
          $set: { ...answer, at: new Date(at), given_up: null },
          // Budgets placed as it opened were written down by nobody before.
          $setOnInsert: { auction: id, ...(entrants[entrant] as EntrantDoc), max, created: new Date(at) },
        },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}

/** Who is in an auction never changes, and is told with each of its bids. */
const entrantsKnown = new LRUCache<string, EntrantDoc[]>({ max: 1_000 });

async function entrantsOf(id: string): Promise<EntrantDoc[]> {
  const entrants = entrantsKnown.get(id) ?? (await findAuction(id))?.entrants ?? [];
  if (entrants.length > 0) entrantsKnown.set(id, entrants);
  return entrants;
}

export const findAuction = (id: string): Promise<AuctionDoc | null> => Auctions.findById(id).lean<AuctionDoc>().exec();

export async function leads(auction: string, reservation: string): Promise<boolean> {
  const doc = await findAuction(auction);
  return doc?.entrants.some((entrant) => entrant.reservation === reservation && entrant.bidder === doc.leader) ?? false;
}

/** Where it stands now, of each of these that is there: what readers are told again and again. */
export const statesOf = (ids: readonly string[]): Promise<AuctionDoc[]> =>
  Auctions.find({ _id: { $in: ids } })
    .lean<AuctionDoc[]>()
    .exec();

export const auctionsOf = (names: readonly string[]): Promise<AuctionDoc[]> =>
  Auctions.find({ name: { $in: names } })
    .lean<AuctionDoc[]>()
    .exec();

export interface AuctionFilter {
  registrar?: string;
  livemode?: boolean;
  status?: AuctionDoc['status'];
  name?: string;
}

/** The latest first, after a cursor. */
export const listAuctions = (
  { registrar, ...filter }: AuctionFilter,
  after: { at: number; id: string } | undefined,
  limit: number,
): Promise<AuctionDoc[]> =>
  Auctions.find({
    ...filter,
    ...(registrar !== undefined && { 'entrants.registrar': registrar }),
    ...(after && {
      $or: [{ started: { $lt: new Date(after.at) } }, { started: new Date(after.at), _id: { $lt: after.id } }],
    }),
  })
    .sort({ started: -1, _id: -1 })
    .limit(limit)
    .lean<AuctionDoc[]>()
    .exec();

export type BidIntent = Pick<BidDoc, '_id' | 'auction' | 'reservation' | 'registrar' | 'bidder' | 'max' | 'created'>;

const NOT_TAKEN = { given_up: null, seq: null, at: null, price: null, leading: null, raise: null };

/** Writes the bid down; answers the one written before where it is there. */
export async function intendBid(intent: BidIntent): Promise<BidDoc | 'new'> {
  try {
    // By the driver itself: mongoose would spend more on it than the store does.
    const bids = Bids.db.collection<BidDoc>(Bids.collection.name);
    await bids.insertOne({ ...intent, ...NOT_TAKEN });
    return 'new';
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  return (await findBid(intent._id)) ?? intendBid(intent);
}

export const findBid = (id: string): Promise<BidDoc | null> => Bids.findById(id).lean<BidDoc>().exec();

/** Bids of which nobody knows yet whether they were taken up, the oldest first. */
export const unsettledBids = (before: Date, limit: number): Promise<BidDoc[]> =>
  Bids.find({ seq: null, created: { $lt: before } })
    .sort({ created: 1 })
    .limit(limit)
    .lean<BidDoc[]>()
    .exec();

/** All bids of these reservations in these auctions, also those that nobody knows of yet whether they were taken up. */
export const bidsBy = (auctions: readonly string[], reservations: readonly string[]): Promise<BidDoc[]> =>
  Bids.find({ auction: { $in: auctions }, reservation: { $in: reservations } })
    .lean<BidDoc[]>()
    .exec();

/** Bids that were taken up, the latest first, with those raises of an own lead that `registrar` may see (undefined: all). */
export const bidsOf = (
  auction: string,
  registrar: string | undefined,
  before: number,
  limit: number,
): Promise<BidDoc[]> =>
  Bids.find({
    auction,
    seq: { $ne: null, $lt: before },
    ...(registrar !== undefined && { $or: [{ raise: false }, { registrar }] }),
  })
    .sort({ seq: -1 })
    .limit(limit)
    .lean<BidDoc[]>()
    .exec();

/** The highest maximum of a reservation that is known to have been taken up. */
export async function standingOf(auction: string, reservation: string, currency: Currency): Promise<Money | undefined> {
  const doc = await Bids.findOne({ auction, reservation, seq: { $ne: null } })
    .sort({ max: -1 })
    .lean<BidDoc>();
  return doc ? { amount: doc.max, currency } : undefined;
}
