/** What activities need of the world, as narrow as they use it. */
import type { Client } from '@temporalio/client';
import type { RegistryGateway } from '../registry/gateway.ts';
import type { OwnAward, TldPolicy } from '../rules/tlds.ts';
import type * as awards from '../store/awards.ts';
import type * as auctions from '../store/auctions.ts';
import type { Cadence } from '../rules/cadence.ts';
import type * as domains from '../store/domains.ts';
import type * as dropLists from '../store/drop-lists.ts';
import type * as ledger from '../store/ledger.ts';
import type { holdersOf } from '../store/reservation-queries.ts';
import type * as reservations from '../store/reservations.ts';
import type { EventDoc, ReservationDoc } from '../store/reservations.ts';
import type * as strikes from '../store/strikes.ts';

/** A registry and our standing there. */
export interface RegistryAccess {
  gateway: RegistryGateway;
  /** Our accreditations: a name with one of these sponsors is ours. */
  owns: string[];
  contacts: { registrant?: string; admin?: string; tech?: string };
  nameservers: string[];
  /** Registrants told in full become contacts there. */
  keepsContacts: boolean;
}

/** Where one name departs from its TLD's policy: names of the sandbox only. */
export interface NameSettings {
  cutoffMs?: number;
  leadMs?: number;
  restoreRightsMs?: number;
  /** How it is awarded, as far as that is its own. */
  own?: OwnAward;
  /** The TLD whose registry's policy it lives by. */
  policy?: string;
}

export interface RegistryDeps {
  /** Undefined: no registry of ours sells below this TLD. */
  registryOf(tld: string): RegistryAccess | undefined;
}

export interface CatchDeps extends RegistryDeps {
  store: Pick<
    typeof domains,
    'intendCatch' | 'findCatch' | 'takeAttempts' | 'recordCaught' | 'noteCommand' | 'confirmRegistration'
  > &
    Pick<typeof reservations, 'findReservation'>;
  /** Epoch ms by this machine's clock: at a drop, milliseconds count. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface MoneyDeps {
  money: Pick<
    typeof ledger,
    'holdFor' | 'releaseHold' | 'captureHold' | 'capturedBy' | 'chargeFee' | 'giveBack' | 'isFunded'
  > &
    Pick<typeof strikes, 'addStrike' | 'isBlocked'> & { holdersOf: typeof holdersOf };
}

export interface EngineDeps extends RegistryDeps, MoneyDeps {
  client: Client;
  store: Pick<typeof dropLists, 'listedDrop'> &
    Pick<
      typeof domains,
      | 'beginRun'
      | 'watchedOf'
      | 'rememberWatched'
      | 'settleAward'
      | 'findCatch'
      | 'lastCaught'
      | 'beginWatch'
      | 'watchedAward'
    > &
    Pick<typeof domains, 'endWatch' | 'noteUnclaimed'> &
    Pick<typeof awards, 'recordDecision' | 'decisionsOn'> &
    Pick<typeof auctions, 'beginAuction' | 'publishAuction'> &
    Pick<
      typeof reservations,
      'openClaims' | 'publishReservation' | 'findReservation' | 'findReservations' | 'timelineOf'
    >;
  /** How a registrar's names are awarded, where that is its own. */
  ownAwardOf(registrar: string): Promise<OwnAward | null>;
  settingsOf(name: string): Promise<NameSettings>;
  /** Undefined: nothing is known of this TLD. */
  policyOf(tld: string): TldPolicy | undefined;
  /** How often names are polled. */
  cadence: Cadence;
  notifier: {
    notify(
      reservation: ReservationDoc,
      events: EventDoc[],
    ): Promise<{ undelivered: { event: string; channel: 'mail' }[] }>;
    deliver(event: string): Promise<'sent' | 'already' | 'overtaken' | 'nothing_to_send'>;
    giveUp(event: string): Promise<void>;
  };
  /** The sandbox registry's clocks. */
  sandboxClocks: {
    move(clock: string, now: number): Promise<void>;
    nextTransition(clock: string, after: number): Promise<{ at: number | null; names: string[] }>;
  };
}
