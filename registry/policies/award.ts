/**
 * How caught names are awarded, as data: what the house does where nobody says otherwise, and what a registrar or a name of the sandbox
 * has of its own. The same version never means two policies.
 */
import { createHash } from 'node:crypto';
import type { VersionedAward } from '../../rules/award.ts';
import type { AuctionFigures, AuctionPolicy } from '../../rules/bidding.ts';
import type { AwardPolicy, OwnAward, OwnAuction, TldPolicy } from '../../rules/tlds.ts';

type InFull<T> = { [K in keyof T]-?: NonNullable<T[K]> };
interface AwardEntry extends InFull<Omit<OwnAward, 'auction'>> {
  auction: InFull<OwnAuction>;
}

/** GoDaddy's steps; the length of NameJet, DropCatch and HEXONET; Dynadot's soft close and its cap, its time to pay and its offers to the next. */
export const HOUSE_AWARD: AwardEntry = {
  award: 'auction_when_contested',
  offer_s: 86_400,
  payment_s: 172_800,
  auction: {
    duration_s: 259_200,
    soft_close_s: 300,
    max_extensions: 20,
    closing_s: 3_600,
    steps: [
      { below: 50_000, step: 500 },
      { below: 100_000, step: 1_000 },
      { below: 250_000, step: 2_500 },
      { below: 500_000, step: 5_000 },
      { below: null, step: 10_000 },
    ],
  },
};

export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

const inMs = (seconds: number | null | undefined): number | undefined =>
  seconds === null || seconds === undefined ? undefined : seconds * 1_000;

type Said<T> = { [K in keyof T]?: NonNullable<T[K]> };
const said = <T extends object>(fields: T): Said<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as Said<T>;

const figures = ({ duration_s, soft_close_s, max_extensions, closing_s, steps }: OwnAuction): Partial<AuctionFigures> =>
  said({
    durationMs: inMs(duration_s),
    softCloseMs: inMs(soft_close_s),
    maxExtensions: max_extensions,
    closingMs: inMs(closing_s),
    steps,
  });

/** What is said of it, in the order of this list: a digest depends on that. */
const parts = ({ award, offer_s, payment_s, auction }: OwnAward): Partial<AwardPolicy> & { auction?: object } => {
  const own = figures(auction ?? {});
  return said({
    rule: award,
    offerMs: inMs(offer_s),
    paymentMs: inMs(payment_s),
    auction: Object.keys(own).length > 0 ? own : undefined,
  }) as Partial<AwardPolicy>;
};

export const awardFrom = (entry: AwardEntry): AwardPolicy => parts(entry) as AwardPolicy;

/** What an auction is held by where nobody says otherwise. */
export const DEFAULT_AUCTION_POLICY: AuctionPolicy = {
  ...awardFrom(HOUSE_AWARD).auction,
  version: digestOf(HOUSE_AWARD),
};

export const awardOf = ({ award, version }: TldPolicy): VersionedAward => ({ ...award, version });

/** Of what somebody has of their own; null where that is nothing. */
export function ownVersion(own: OwnAward): string | null {
  const given = parts(own);
  return Object.keys(given).length > 0 ? digestOf(given) : null;
}

/** A policy with what somebody has of their own in it. */
export function withOwn(base: VersionedAward, own: OwnAward = {}): VersionedAward {
  const digest = ownVersion(own);
  if (digest === null) return base;
  const auction = { ...base.auction, ...figures(own.auction ?? {}) };
  return {
    ...base,
    ...parts(own),
    version: `${base.version}+${digest}`,
    // An auction that was made shorter is not extended by more than its own length.
    auction: { ...auction, softCloseMs: Math.min(auction.softCloseMs, auction.durationMs) },
  };
}
