/** What the API asks of stored reservations beyond one by its id: pages, counts, a registrar's changes, and requests that were never accepted. */
import type { Money } from '../rules/money.ts';
import type { Claim } from '../rules/queue.ts';
import type { NameView } from '../rules/reservation.ts';
import { Events, Reservations, type Customer, type EventDoc, type ReservationDoc } from './reservations.ts';

export interface ReservationFilter {
  registrar?: string;
  livemode?: boolean;
  status?: ReservationDoc['status'];
  stage?: string;
  domain?: string;
  customer?: string;
  email?: string;
  needsAttention?: boolean;
}

/** Newest first; `after` is the last row of the page before. */
export function listReservations(
  filter: ReservationFilter,
  after: { at: number; id: string } | undefined,
  limit: number,
): Promise<ReservationDoc[]> {
  const { domain, customer, email, needsAttention, ...plain } = filter;
  const where = {
    ...plain,
    ...(domain !== undefined && { 'domain.name': domain }),
    ...(customer !== undefined && { 'customer.id': customer }),
    ...(email !== undefined && { 'customer.email': email }),
    ...(needsAttention !== undefined && { attention: needsAttention ? { $ne: null } : null }),
    ...(after && {
      $or: [{ created: { $lt: new Date(after.at) } }, { created: new Date(after.at), _id: { $lt: after.id } }],
    }),
  };
  return Reservations.find(where).sort({ created: -1, _id: -1 }).limit(limit).lean<ReservationDoc[]>().exec();
}

/** Names below these TLDs that somebody has an open reservation of, so many at a time. */
export async function* watchedNames(tlds: readonly string[], atOnce: number): AsyncGenerator<string[]> {
  for (let last = ''; ;) {
    const open = { open: true, 'domain.tld': { $in: tlds }, 'domain.name': { $gt: last } };
    const docs = await Reservations.find(open)
      .select({ 'domain.name': 1 })
      .sort({ 'domain.name': 1 })
      .limit(atOnce)
      .lean<Pick<ReservationDoc, 'domain'>[]>();
    const names = [...new Set(docs.map(({ domain }) => domain.name))];
    if (names.length > 0) yield names;
    if (docs.length < atOnce) return;
    last = names.at(-1) as string;
  }
}

export type OpenClaim = Pick<Claim, 'reservation' | 'ordinal' | 'owner' | 'onRenewal' | 'dryRun'> & { name: string };

/** The admitted open claims of these names, in no order. */
export async function openClaimsOf(names: readonly string[]): Promise<OpenClaim[]> {
  const docs = await Reservations.find({ 'domain.name': { $in: names }, open: true, ordinal: { $ne: null } })
    .select({ domain: 1, ordinal: 1, owner: 1, on_renewal: 1, dry_run: 1 })
    .lean<ReservationDoc[]>();
  return docs.map((doc) => ({
    name: doc.domain.name,
    reservation: doc._id,
    ordinal: doc.ordinal ?? 0,
    owner: doc.owner,
    onRenewal: doc.on_renewal,
    dryRun: doc.dry_run,
  }));
}

/** Whose a reservation is, and of what. */
export type Holder = Pick<ReservationDoc, 'registrar' | 'livemode' | 'owner'> & { reservation: string; name: string };

/** Of those that are stored, in no order. */
export async function holdersOf(reservations: readonly string[]): Promise<Holder[]> {
  const docs = await Reservations.find({ _id: { $in: reservations } })
    .select({ registrar: 1, livemode: 1, owner: 1, domain: 1 })
    .lean<ReservationDoc[]>();
  return docs.map(({ _id, registrar, livemode, owner, domain }) => ({
    reservation: _id,
    registrar,
    livemode,
    owner,
    name: domain.name,
  }));
}

/** A registrar's own open reservations of these names, in no order. */
export const ownOpen = (
  registrar: string,
  livemode: boolean,
  names: readonly string[],
): Promise<Pick<ReservationDoc, '_id' | 'domain'>[]> =>
  Reservations.find({ 'domain.name': { $in: names }, open: true, registrar, livemode })
    .select({ domain: 1 })
    .limit(MOST_OWN)
    .lean<Pick<ReservationDoc, '_id' | 'domain'>[]>()
    .exec();
const MOST_OWN = 1_000;

/** Which of these are a registrar's own. */
export async function ownAmong(registrar: string, livemode: boolean, ids: readonly string[]): Promise<string[]> {
  const docs = await Reservations.find({ _id: { $in: ids }, registrar, livemode })
    .select({ _id: 1 })
    .lean<Pick<ReservationDoc, '_id'>[]>();
  return docs.map(({ _id }) => _id);
}

/** What reservations of a name remember of it, whoever made them: facts of its registry alone. */
export async function remembered(name: string, livemode: boolean): Promise<{ renewals: number; last?: NameView }> {
  const docs = await Reservations.find({ 'domain.name': name, livemode })
    .sort({ created: -1 })
    .limit(MOST_REMEMBERED)
    .select({ state: 1 })
    .lean<Pick<ReservationDoc, '_id' | 'state'>[]>();
  const kept = await Events.find({ reservation: { $in: docs.map(({ _id }) => _id) }, type: 'reservation.renewed' })
    .select({ data: 1 })
    .lean<Pick<EventDoc, 'data'>[]>();
  // Each reservation tells of the same renewal: it is one by the term it led to.
  const terms = kept.flatMap(({ data }) =>
    data['how'] === 'renewed' || data['how'] === 'restored' ? [data['expiresAt']] : [],
  );
  const views = docs.flatMap(({ state }) => ('name' in state && state.name ? [state.name] : []));
  const [last] = views.toSorted((one, other) => other.seenAt - one.seenAt);
  return { renewals: new Set(terms).size, ...(last && { last }) };
}
const MOST_REMEMBERED = 200;

export const countOpen = (registrar: string, livemode: boolean): Promise<number> =>
  Reservations.countDocuments({ registrar, livemode, open: true }).exec();

export const openUnderClock = (clock: string): Promise<ReservationDoc[]> =>
  Reservations.find({ test_clock: clock, open: true }).limit(10_000).lean<ReservationDoc[]>().exec();

export interface ReservationChange {
  budget?: Money;
  on_renewal?: Claim['onRenewal'];
  acceptance?: ReservationDoc['acceptance'];
  customer?: Partial<Omit<Customer, 'id'>>;
  registrant?: unknown;
  nameservers?: string[];
  /** Null removes a key. */
  metadata?: Record<string, string | null>;
}

/** Field by field, so that two changes at once both stand. Null: it has ended, or never was. */
export async function changeReservation(id: string, change: ReservationChange): Promise<ReservationDoc | null> {
  const { customer = {}, metadata = {}, ...plain } = change;
  const kept = Object.entries(metadata).filter(([, value]) => value !== null);
  const removed = Object.entries(metadata).filter(([, value]) => value === null);
  const set = {
    ...plain,
    ...Object.fromEntries(Object.entries(customer).map(([key, value]) => [`customer.${key}`, value])),
    ...Object.fromEntries(kept.map(([key, value]) => [`metadata.${key}`, value])),
  };
  const unset = Object.fromEntries(removed.map(([key]) => [`metadata.${key}`, 1]));
  const update = {
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(removed.length > 0 && { $unset: unset }),
    ...(change.on_renewal && { $inc: { amendment: 1 } }),
  };
  const open = { _id: id, open: true };
  if (Object.keys(update).length === 0) return Reservations.findOne(open).lean<ReservationDoc>();
  return Reservations.findOneAndUpdate(open, update, { returnDocument: 'after' }).lean<ReservationDoc>();
}

/** Before 202 is answered. Null: it has ended, and whoever is still being answered is to be told so by the answer. */
export const acceptUnplaced = (id: string): Promise<ReservationDoc | null> =>
  Reservations.findOneAndUpdate(
    { _id: id, open: true },
    { $set: { accepted_unplaced: true } },
    { returnDocument: 'after' },
  )
    .lean<ReservationDoc>()
    .exec();

const untouched = { open: true, rev: 0 };

/** Open requests nothing was ever published for, made before the instant: most wait for a worker, some were never accepted. */
export const unheardBefore = (before: Date, limit: number): Promise<ReservationDoc[]> =>
  Reservations.find({ ...untouched, created: { $lt: before } })
    .limit(limit)
    .lean<ReservationDoc[]>()
    .exec();

/** Takes back a request that was stored and never accepted. The condition on `created` loses against a retry that renewed it. */
export async function discardUnaccepted(doc: Pick<ReservationDoc, '_id' | 'created'>): Promise<void> {
  await Reservations.deleteOne({ _id: doc._id, created: doc.created, ...untouched });
}

/** A retry takes its stored request up again. False: it is gone, or was published meanwhile. */
export async function renewUnaccepted(id: string, created: Date): Promise<boolean> {
  const renewed = await Reservations.updateOne({ _id: id, ...untouched }, { $set: { created } });
  return renewed.matchedCount === 1;
}
