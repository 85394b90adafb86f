/** Strikes: who let an award lapse. Enough of them keep from auctions until support lifts one. */
export interface StrikeDoc {
  _id: string;
  registrar: string;
  livemode: boolean;
  /** HMAC of (registrar, mode, customer). */
  owner: string;
  reservation: string;
  auction: string | null;
  reason: string;
  at: Date;
  lifted: { at: Date; by: string; reason: string | null } | null;
}

export interface StrikeKeys {
  registrar: string;
  livemode: boolean;
  owner: string;
}

export declare function strikesOf(keys: StrikeKeys): Promise<StrikeDoc[]>;
/** Answers its id; the same operation is the same strike. */
export declare function addStrike(
  strike: StrikeKeys & {
    operation: string;
    reservation: string;
    auction?: string;
    reason: string;
    at: number;
  },
): Promise<string>;
/** Null: no such strike. Lifted before: as it was lifted then. */
export declare function liftStrike(id: string, by: string, at: number, reason?: string): Promise<StrikeDoc | null>;
export declare function isBlocked(keys: StrikeKeys, at: number): Promise<boolean>;
