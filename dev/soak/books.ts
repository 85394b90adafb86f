/**
 * The books: what each part says of the same reservations, read at one moment when all is quiet. Auditing them is pure, so that a test
 * can write a book by hand and see each kind of lie found.
 */
import type { BookEntry } from '../../registry/sandbox/control.ts';
import type { AuctionDoc, BidDoc } from '../../store/auctions.ts';
import type { AwardDoc } from '../../store/awards.ts';
import type { CatchDoc } from '../../store/domains.ts';
import type { DeliveryDoc } from '../../store/deliveries.ts';
import type { EntryDoc } from '../../store/ledger-entries.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';
import type { StrikeDoc } from '../../store/strikes.ts';
import type { ReservationView } from '../../workflows/messages.ts';

/** What a registrar's program was finally told of one request to reserve. */
export interface Told {
  key: string;
  name: string;
  /** The registrar's id. */
  registrar: string;
  /** When it was first sent and when it was answered, epoch ms of this machine. */
  sentAt: number;
  answeredAt: number;
  /** Each final answer: the first, and those to the same request sent again. */
  answers: { status: number; code?: string; id?: string }[];
}

/** A bid as its program sent it, and each final answer. Fewer answers than were sent: of one nobody knows. */
export interface ToldBid {
  key: string;
  registrar: string;
  auction: string;
  reservation: string;
  /** No other bid of the reservation is of as much. */
  max: number;
  sent: number;
  answers: Told['answers'];
}

export interface RegistryName {
  name: string;
  /** Creates the registry accepted, ours and others'. */
  accepted: BookEntry[];
  /** Undefined: nobody has it. */
  holder: { sponsor: string; roid: string } | undefined;
  /** Who had it in its script. */
  firstSponsor: string;
  /** The name's own time when it was asked, epoch ms. */
  now: number;
}

export interface WorkflowEntry {
  id: string;
  type: string;
  status: string;
  /** Of the workflow task under way; above one it has failed before. */
  taskAttempt: number;
  /** What a closed reservation says when asked. */
  view?: ReservationView;
}

/** A reservation as the API shows it to its registrar. */
export interface Shown {
  id: string;
  status: string;
  position: number | null;
  competitors: number | null;
  outcome: { result: string; reason: string; at: string; price?: { amount: number } } | null;
  events: { id: string; type: string; seq: number }[];
  /** What the other registrar was answered when it asked for it. */
  toAnother: number;
}

export interface Books {
  /** Our accreditations at the registry. */
  owns: string[];
  told: Told[];
  toldBids: ToldBid[];
  /** Reservations whose program declined an offer. */
  declined: string[];
  registry: RegistryName[];
  store: {
    reservations: ReservationDoc[];
    events: EventDoc[];
    deliveries: DeliveryDoc[];
    catches: CatchDoc[];
    auctions: AuctionDoc[];
    bids: BidDoc[];
    awards: AwardDoc[];
    entries: EntryDoc[];
    strikes: StrikeDoc[];
  };
  /** What `npm run verify-ledger` finds. */
  verified: string[];
  workflows: WorkflowEntry[];
  clocks: { id: string; status: string }[];
  shown: Shown[];
  /** The event in each mail's Message-ID; as often as it came. */
  mails: string[];
  /** Requests that never had a final answer, however long their program asked. */
  unanswered: string[];
  /** Ids of the requests that were answered 500. */
  broken: string[];
}

/** One line that names the ids. */
export type Violation = string;
export type Audit = (books: Books) => Violation[];

export function grouped<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

export const outcomeOf = ({ state }: ReservationDoc) => ('outcome' in state ? state.outcome : undefined);
