/** Everything a report can say beyond what notices say, once per language: a sentence that is missing in one does not compile. */
import type { Similarity, Availability } from '../../rules/similar.ts';
import type { Lag } from '../../rules/report.ts';
import type { AwardReason } from '../../rules/award.ts';
import type { AuctionEvent, ShownDecision } from '../../rules/reservation.ts';
import type { Award, DropWindow } from '../../rules/tlds.ts';

export const RESULT_CODES = [1000, 1001, 2201, 2202, 2302, 2304, 2306, 2400, 2500, 2502] as const;

type Unknown = Extract<Lag, { kind: 'unknown' }>['why'];

export interface ReportWording {
  title(name: string): string;
  /** Where the reservation has not ended. */
  soFar: string;
  sections: Record<'result' | 'drop' | 'tried' | 'timeline' | 'similar' | 'proof', string>;
  asOf(when: string): string;

  /** Where the name went. */
  holder: {
    us(sponsor: string): string;
    other(sponsor: string): string;
    at(when: string): string;
  };
  after: {
    exact(lag: string, from: string, to: string): string;
    atMost(lag: string, from: string, to: string): string;
    /** The registry's instant has no fraction of a second. */
    toTheSecond: string;
    unknown: Record<Unknown, string>;
  };

  tried: {
    none: string;
    creates(count: string, isAll: boolean): string;
    columns: Record<'answer' | 'count' | 'first' | 'last', string>;
    /** What the last two columns are told beside. */
    beside: Record<'drop' | 'registration', (when: string) => string>;
    code(code: number): string;
    means: Record<(typeof RESULT_CODES)[number], string>;
    noAnswer: string;
    notReached: string;
    /** A create refused for good: an EPP code. */
    refused(code: string): string;
  };

  /** The timeline, an event a sentence. */
  placed(stage: string): string;
  /** `days` were left at the most; 0: hours. */
  expiring(when: string, days: number): string;
  expired(when: string | undefined): string;
  stage(stage: string): string;
  drop: Record<DropWindow['confidence'], (period: string) => string>;
  dropMoved(period: string): string;
  keptUntil(when: string): string;
  catching(period: string | undefined): string;
  caught: string;
  registeredBy(sponsor: string): string;
  expiryMoved(from: string, to: string): string;
  transferred(from: string, to: string): string;
  attention: string;
  /** The registry can no longer take it back, or it was transferred away before. */
  awardStands: Record<'stands' | 'left', string>;
  decision: Record<'retry' | 'skip' | 'accepted' | 'declined' | 'lapsed', string>;
  unfunded(amount: string, due: string): string;
  offered(price: string, by: string): string;
  unpaid(price: string, by: string): string;
  /** What the auction stood at, and when it was to end. */
  auction: Record<AuctionEvent['type'], (price: string, endsAt: string) => string>;
  award: {
    by(rule: string, version: string, claims: string): string;
    rules: Record<Award, string>;
    verdict: Record<ShownDecision['verdict'], (price: string) => string>;
    /** Why this reservation has it, or not. */
    mine: Record<AwardReason, string>;
  };
  /** In the words of whoever decided; told to the registrar alone. */
  reason(words: string): string;
  notice: {
    sent(what: string): string;
    overtaken(what: string): string;
    refused(what: string, code: string | undefined): string;
    givenUp(what: string): string;
    /** What a notice was about, by the event it told. */
    about: Record<string, string>;
    aboutOther: string;
  };
  /** An event this page has no sentence for. */
  recorded(type: string): string;

  similar: {
    columns: Record<'name' | 'why' | 'state', string>;
    reasons: Record<Similarity, string>;
    states: Record<Availability, string>;
    asOf(when: string): string;
    none: string;
    away: string;
    someAway: string;
    elsewhere: string;
  };
  proof: string;
  earlier(count: string): string;
  times(zone: string): string;
  attached: string;
}
