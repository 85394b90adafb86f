/** What ops read in the Temporal UI: where a workflow stands, in Markdown, without anything personal. */
import { firstInOrder } from '../rules/award.ts';
import { leaderOf } from '../rules/bidding.ts';
import { formatMoney } from '../rules/money.ts';
import type { Attention, ReservationState } from '../rules/reservation.ts';
import type { BidBook } from './bid-book.ts';
import type { Desk } from './desk.ts';
import type { AuctionInput, ReservationInput } from './messages.ts';

const iso = (at: number): string => new Date(at).toISOString();

const stuck = (attention: Attention | null): string[] =>
  attention
    ? [
        `**Needs attention**: step \`${attention.step}\` stopped with \`${attention.error}\` (${attention.id}). Retry, skip or cancel it.`,
      ]
    : [];

export function domainDetails(desk: Desk): string {
  const { sight, claims, phase, award } = desk;
  const first = firstInOrder(claims);
  return [
    `**${desk.name}** is \`${sight?.stage ?? 'not looked at yet'}\`${sight ? ` as of ${iso(sight.seenAt)}` : ''}; the arbiter is ${phase}.`,
    `${claims.length} open claim(s)${first ? `, first in order: \`${first.reservation}\`` : ''}.`,
    ...(sight ? [`Next: ${sight.next.what} at ${iso(sight.next.at)}.`] : []),
    ...(sight?.drop
      ? [
          `Drop between ${iso(sight.drop.earliest)} and ${iso(sight.drop.latest)} (${sight.drop.confidence}, ${sight.drop.source}).`,
        ]
      : []),
    ...(award
      ? [
          `Awarded to \`${award.reservation}\`; its registry is asked at ${iso(award.askAt)} whether that stands, until ${iso(award.until)}.`,
        ]
      : []),
    ...stuck(desk.support.attention()),
  ].join('\n\n');
}

export function reservationDetails(
  input: ReservationInput,
  state: ReservationState,
  attention: Attention | null,
): string {
  const name = 'name' in state ? state.name : undefined;
  return [
    `Reservation \`${input.id}\` of **${input.name}** is \`${state.status}\`${'outcome' in state ? ` (${state.outcome.reason})` : ''}.`,
    ...(name
      ? [`The name is \`${name.stage}\` as of ${iso(name.seenAt)}. Next: ${name.next.what} at ${iso(name.next.at)}.`]
      : []),
    `Arbiter: \`domain:${input.name}\`.`,
    ...stuck(attention),
  ].join('\n\n');
}

/** What all who may bid can see, too: pseudonyms and the price, no maximum. */
export function auctionDetails(
  input: AuctionInput,
  { auction, count }: BidBook,
  closed: boolean,
  attention: Attention | null,
): string {
  const { price, endsAt, extensions, terms } = auction;
  return [
    `**${input.name}** ${closed ? 'went' : 'stands'} at ${formatMoney({ amount: price, currency: terms.currency })}, led by \`${leaderOf(auction).bidder}\`, after ${count} bid(s) of ${terms.entrants.length} entrant(s).`,
    `${closed ? 'Ended' : 'Ends'} at ${iso(endsAt)}, moved ${extensions} time(s).`,
    ...stuck(attention),
  ].join('\n\n');
}
