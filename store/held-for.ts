/** What is held beside what it is held for, and claims that an award counts as funded beside what is held for them. Nothing is written. */
import { amissIn, type HeldFor } from '../rules/held-for.ts';
import type { LedgerFinding, OpenHold } from '../rules/ledger-check.ts';
import { auctionsOf, bidsBy } from './auctions.ts';
import { awardsOf } from './awards.ts';
import { accountOf, lastOfReservation, type AccountKey } from './ledger-entries.ts';
import { Reservations, type ReservationDoc } from './reservations.ts';

/** The list price of a name now, in minor units; undefined: there is no policy of it any more. */
export type PriceOf = (domain: ReservationDoc['domain']) => Promise<number | undefined>;

/** A claim, or what is held for one, that is not as it should be. */
export interface Amiss extends LedgerFinding {
  reservation: string;
}

export async function holdsAmiss(holds: readonly OpenHold[], priceOf: PriceOf): Promise<Amiss[]> {
  const ids = holds.map(({ reservation }) => reservation);
  const docs = await Reservations.find({ _id: { $in: ids } }).lean<ReservationDoc[]>();
  const claims = await claimsOf(docs, priceOf);
  return holds.flatMap(({ reservation, hold, seq }) => {
    const what = amissIn(hold.amount, claims.get(reservation));
    return what ? [{ reservation, seq, what }] : [];
  });
}

async function claimsOf(docs: readonly ReservationDoc[], priceOf: PriceOf): Promise<Map<string, HeldFor>> {
  const ids = docs.map(({ _id }) => _id);
  const auctions = await auctionsOf([...new Set(docs.map(({ domain }) => domain.name))]);
  const bids = await bidsBy(
    auctions.map(({ _id }) => _id),
    ids,
  );
  const claims = docs.map(async (doc): Promise<[string, HeldFor]> => {
    const { _id, open, stage, budget, bidding, domain } = doc;
    const auction = auctions.find(({ entrants }) => entrants.some(({ reservation }) => reservation === _id));
    const own = bids.filter(({ reservation }) => reservation === _id);
    const taken = own.flatMap(({ seq, max }) => (seq === null ? [] : [max]));
    const sent = own.flatMap(({ seq, max }) => (seq === null ? [max] : []));
    // A budget is held before the auction that takes it as a bid is there to say so.
    const pending = bidding === 'up_to_budget' ? [...sent, budget.amount] : sent;
    const listPrice = auction ? auction.list_price : await priceOf(domain);
    return [_id, { open, stage, budget: budget.amount, listPrice, taken, pending }];
  });
  return new Map(await Promise.all(claims));
}

const BEING_AWARDED = ['in_auction', 'standby', 'offered', 'awaiting_payment'] as const;

/** Claims being awarded, whose terms say that their money is held: those of one account, or of all. */
export async function fundedClaims(account?: string): Promise<(AccountKey & { reservation: string })[]> {
  const [registrar, mode] = account?.split('/') ?? [];
  const owner = registrar === undefined ? {} : { registrar, livemode: mode === 'live' };
  const docs = await Reservations.find({ ...owner, open: true, status: { $in: [...BEING_AWARDED] } })
    .select({ registrar: 1, livemode: 1, domain: 1 })
    .lean<Pick<ReservationDoc, '_id' | 'registrar' | 'livemode' | 'domain'>[]>();
  const funded = new Set<string>();
  for (const name of new Set(docs.map(({ domain }) => domain.name)))
    for (const { decisions } of await awardsOf(name))
      for (const { facts } of decisions) facts.terms.funded.forEach((reservation) => funded.add(reservation));
  return docs.flatMap(({ _id: reservation, registrar: by, livemode }) =>
    funded.has(reservation) ? [{ reservation, registrar: by, livemode }] : [],
  );
}

/** Where the price was taken already nothing is held any more. */
export async function claimsUnheld(claims: readonly (AccountKey & { reservation: string })[]): Promise<Amiss[]> {
  const found: Amiss[] = [];
  for (const claim of claims) {
    const last = await lastOfReservation(accountOf(claim), claim.reservation);
    if (!last?.hold && last?.kind !== 'capture')
      found.push({ reservation: claim.reservation, seq: last?.seq ?? 0, what: 'unheld' });
  }
  return found;
}
