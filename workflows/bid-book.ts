/**
 * The bids an auction has taken up, each with its answer, and the auction as they leave it. All of it goes on into the next run: an
 * update's id deduplicates within one run only, a bid's id for as long as the auction lives.
 */
import {
  afterBids,
  bidsOf,
  emptyBids,
  leaderOf,
  noteBid,
  placeBid,
  type Auction,
  type AuctionBook,
  type AuctionTerms,
  type BidRefusal,
} from '../rules/bidding.ts';
import type { Money } from '../rules/money.ts';
import type { BidAnswer, BidMessage, KeptBids } from './messages.ts';

/** Each is some sixty bytes of what is handed over, and that has to stay under 2 MB. */
export const MAX_BIDS = 20_000;

export type Refusal = BidRefusal | { kind: 'too_many_bids' };

export class BidBook {
  auction: Auction;
  readonly kept: KeptBids;
  private readonly indexOf: Map<string, number>;

  constructor(terms: AuctionTerms, kept?: KeptBids) {
    this.auction = afterBids(terms, kept ? bidsOf(kept.bids) : []);
    this.kept = kept ?? {
      ...{ ids: [], bids: emptyBids(), prices: [], led: [], extensions: [] },
      ends: [this.auction.endsAt],
    };
    this.indexOf = new Map(this.kept.ids.map((id, index) => [id, index]));
  }

  get count(): number {
    return this.kept.ids.length;
  }

  /** Those that raised an own lead: nobody else's business. */
  get raises(): number {
    return this.kept.led.reduce((count, led) => count + Number(led === 2), 0);
  }

  get book(): AuctionBook {
    return { terms: this.auction.terms, bids: this.kept.bids };
  }

  get leader(): string {
    return leaderOf(this.auction).reservation;
  }

  money(amount: number): Money {
    return { amount, currency: this.auction.terms.currency };
  }

  /** What this bid was answered, where it was taken up before. */
  answerTo(id: string): BidAnswer | undefined {
    const index = this.indexOf.get(id);
    if (index === undefined) return undefined;
    const { bids, prices, led, extensions, ends } = this.kept;
    const moved = extensions[index] as number;
    return {
      leading: led[index] !== 0,
      price: this.money(prices[index] as number),
      at: bids.at[index] as number,
      endsAt: ends[moved] as number,
      extensions: moved,
    };
  }

  /** The first refusal there would be, were these taken up one after the other. Those that were taken up before are answered again. */
  refusalOf(messages: readonly BidMessage[], from: number): Refusal | undefined {
    let { auction, count } = this;
    let now = from;
    for (const message of messages) {
      if (this.answerTo(message.id)) continue;
      now = Math.max(now, message.tick?.now ?? 0);
      const placed = placeBid(auction, message, now);
      if (placed.kind !== 'taken') return placed;
      if (++count > MAX_BIDS) return { kind: 'too_many_bids' };
      auction = placed.auction;
    }
    return undefined;
  }

  /** Once and for all; again, what was answered. */
  take(message: BidMessage, now: number): BidAnswer | Refusal {
    const before = this.answerTo(message.id);
    if (before) return before;
    const placed = this.count >= MAX_BIDS ? { kind: 'too_many_bids' as const } : placeBid(this.auction, message, now);
    if (placed.kind !== 'taken') return placed;
    const raises = placed.bid.entrant === this.auction.leader;
    this.auction = placed.auction;
    this.note(message.id, placed.bid.entrant, raises);
    noteBid(this.kept.bids, placed.bid);
    return this.answerTo(message.id) as BidAnswer;
  }

  private note(id: string, entrant: number, raises: boolean): void {
    const { leader, price, extensions, endsAt } = this.auction;
    this.indexOf.set(id, this.count);
    this.kept.ids.push(id);
    this.kept.prices.push(price);
    this.kept.led.push(raises ? 2 : entrant === leader ? 1 : 0);
    this.kept.extensions.push(extensions);
    this.kept.ends[extensions] = endsAt;
  }
}
