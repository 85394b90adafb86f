/**
 * Everything a notice can say, once per language: a sentence that is missing in one does not compile. Plain, and never surer than
 * what is known. Instants and periods come as text, in the reader's own time zone.
 */
import type { TakenBackWhy } from '../../rules/after-award.ts';
import type { NextStep } from '../../rules/forecast.ts';
import type { Money } from '../../rules/money.ts';
import type { JoinRefusal } from '../../rules/queue.ts';
import type { LostReason, MissedReason, Outcome } from '../../rules/reservation.ts';
import type { Stage } from '../../rules/stage.ts';
import type { DropWindow, Translated } from '../../rules/tlds.ts';
import type { Kept } from '../../rules/watch.ts';

type About = (name: string) => string;
type Dated = (name: string, when: string) => string;
type CancelReason = Extract<Outcome, { result: 'cancelled' }>['reason'];

/** What a customer can still do. */
type Freedom = 'waiting' | 'bound' | 'ended' | 'fund' | 'bid' | 'answer' | 'pay';

export interface Wording {
  /** Of the HTML, and what dates are written in where the reader's own language tag is none. */
  language: string;
  /** Luxon's tokens; with seconds only where there are any. */
  formats: { day: string; minute: string; second: string };
  money(money: Money): string;
  /** What the policies of TLDs say; in English where they have it in nothing else. */
  inOurLanguage(said: Translated): string;

  greeting(person: string | undefined): string;
  /** Where the registrar takes the notices itself. */
  forCustomer(customer: string): string;
  /** Stands for a registrar that gave no name. */
  registrar: string;
  canDo: Record<Freedom, (registrar: string) => string>;
  /** On the link to the registrar's own page. */
  act: Record<Freedom, string>;
  noPromise: string;
  reserveAgain: string;
  hasEnded: string;
  reservationEnded: string;
  movedOn: string;
  dryRun: string;

  /** `title` follows the name in a subject; `meaning` says what can still happen. */
  stages: Record<Stage, { title: string; meaning: About }>;
  /** In pending delete, where its registry does not tell whether the owner can still restore it. */
  deleted: { title: string; meaning: About };
  /** Of a drop its window says the same, and how sure it is. */
  next: Record<Exclude<NextStep['what'], 'drop'>, (when: string) => string>;
  /** What is done about a name that is free. */
  released: Record<'trying' | 'dryRun', string>;

  placed: {
    subject: About;
    text: About;
    dryRun: About;
    onRenewal: Record<'keep_waiting' | 'close', string>;
    waitUntil(when: string): string;
  };
  expiring: {
    subject: Dated;
    /** `days` are left at the most; 0: hours. */
    text: (name: string, when: string, days: number) => string;
    canRenew: string;
    otherwise: About;
  };
  dateMoved: (when: string) => string;
  ranUntil: Dated;
  kept: {
    subject: About;
    text: Record<Kept, About>;
    until(when: string): string;
    waitsOn: string;
  };
  drop: {
    subject: Record<DropWindow['confidence'], Dated>;
    movedSubject: About;
    at(when: string): string;
    between(from: string, to: string): string;
    text: Record<DropWindow['confidence'], (period: string) => string>;
    /** What the registry is thought to have said until now. */
    before(period: string): string;
    thenWeTry: string;
    /** Instead, where the time has come and the registry still has the name. */
    itIsTime: string;
  };
  calendar: {
    title: Record<DropWindow['confidence'], About>;
    invited: string;
    cancelled: string;
  };
  /** The money is not there, and by when it must be. */
  unfunded: { subject: About; text: (name: string, amount: string, due: string) => string; otherwise: string };
  /** `text` of each: what it stands at, and when it ends. */
  auction: Record<
    'started' | 'outbid' | 'closing' | 'closed',
    { subject: About; text: (name: string, price: string, endsAt: string) => string }
  > & {
    hardLimit: string;
    /** To who wanted its budget bid as the auction opened. */
    budget: Record<'bid' | 'insufficient' | 'over_cap', string>;
    aboveBudget: string;
  };
  offered: { subject: About; text: (name: string, price: string, by: string) => string; otherwise: string };
  unpaid: { subject: About; text: (name: string, price: string, by: string) => string; otherwise: string };
  /** `held`: whoever had it before can still have it back until then. */
  won: {
    subject: About;
    text: (name: string, price: string) => string;
    held(until: string): string;
    keepIt: string;
    rights: string;
  };
  delivered: { subject: About; text: About };
  takenBack: { subject: About; text: Record<TakenBackWhy, Dated>; refunded(amount: string): string };
  lost: {
    subject: About;
    dryRunSubject: About;
    text: Record<LostReason, (name: string, caughtBy: string | undefined) => string>;
  };
  missed: { subject: About; text: Record<MissedReason, (name: string, waitUntil: string | undefined) => string> };
  cancelled: { subject: About; text: Record<CancelReason, About> };
  rejected: { subject: About; text: About; reasons: Record<JoinRefusal, About> };

  labels: Record<
    | 'budget'
    | 'reservation'
    | 'asOf'
    | 'price'
    | 'awarded'
    | 'registeredUntil'
    | 'sponsor'
    | 'roid'
    | 'needed'
    | 'neededBy'
    | 'standsAt'
    | 'nextBid'
    | 'auctionEnds'
    | 'answerBy'
    | 'payBy'
    | 'refunded',
    string
  >;
  testSubject: string;
  footer: { test: string; times(zone: string): string; proof: string };
}
