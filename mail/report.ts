/**
 * The report on a reservation: what came of it, who has the name and since when, what was tried, what happened entry by entry, and
 * similar names. True as of the last event it rests on; what is not known is said to be unknown. Names no person and no other claim.
 */
import { hasEnded } from '../rules/reservation.ts';
import { accountIn, isToTheSecond, lagOf, referenceOf, type Lag } from '../rules/report.ts';
import type { Availability, Similarity } from '../rules/similar.ts';
import type { Head } from '../rules/timeline.ts';
import type { CreateAnswer, DropAccount } from '../rules/tried.ts';
import { oneLine } from './clean.ts';
import { readerOf, type Reader } from './reader.ts';
import { inWords, isEnding, isTakenBack } from './report-events.ts';
import { stageWords } from './stages.ts';
import { dropWords, shownName, tell, type NoticedEvent, type NoticedReservation } from './telling.ts';
import { RESULT_CODES } from './wording/report.ts';

export interface HashedEvent extends NoticedEvent {
  hash: string;
}

/** `elsewhere`: not looked up, for whoever reads this reads it later. */
export type SimilarNames =
  | {
      kind: 'found';
      names: { unicode: string; reason: Similarity; availability: Availability }[];
      asOf: number;
      isWhole: boolean;
    }
  | { kind: 'away' }
  | { kind: 'elsewhere' };

export interface Reported {
  reservation: NoticedReservation;
  /** In their order; the latest of them, where there are very many. */
  events: readonly HashedEvent[];
  similar: SimilarNames | undefined;
  now: number;
  /** Support's own words are for the registrar. */
  toRegistrar: boolean;
}

interface Table {
  sentences: string[];
  columns: string[];
  rows: string[][];
}

export interface Report {
  language: string;
  title: string;
  asOf: string;
  result: string[];
  account: DropAccount;
  lag: Lag;
  /** Undefined: no drop was tried for or seen. */
  drop?: string[];
  tried?: Table;
  timeline: { seq: number; at: number; type: string; when: string; text: string }[];
  earlier?: string;
  similar?: Table;
  proof: { text: string; line: string } | undefined;
  head: Head | null;
  sections: Reader['report']['sections'];
  footer: string[];
}

export function reportOf(reported: Reported): Report {
  const { reservation, events, similar, now } = reported;
  const reader = readerOf(reservation.customer);
  const { words, report } = reader;
  const account = accountIn(events);
  const hasDropped = account.tried !== undefined || account.registered !== undefined;
  const last = events.at(-1);
  const first = events[0];
  const head = last ? { seq: last.seq, hash: last.hash } : null;
  const title = report.title(shownName(reservation.domain));
  return {
    language: words.language,
    title: reservation.livemode ? title : `${words.testSubject} ${title}`,
    asOf: report.asOf(reader.when(now)),
    result: resultIn(reader, reported),
    account,
    lag: lagOf(account),
    ...(hasDropped && { drop: dropIn(reader, account), tried: triedIn(reader, account, events) }),
    timeline: events.map((event) => ({
      seq: event.seq,
      at: event.created.getTime(),
      type: event.type,
      when: reader.when(event.created.getTime()),
      text: inWords({ reader, reservation, event, toRegistrar: reported.toRegistrar }),
    })),
    ...(first && first.seq > 1 && { earlier: report.earlier(reader.count(first.seq - 1)) }),
    ...(similar && { similar: similarIn(reader, similar) }),
    proof: head ? { text: report.proof, line: `${reservation._id} ${head.seq} ${head.hash}` } : undefined,
    head,
    sections: report.sections,
    footer: [
      ...(reservation.livemode ? [] : [words.footer.test]),
      report.times(reader.zone),
      ...(hasEnded(reservation.state) ? [] : [words.noPromise]),
    ],
  };
}

/** As its last notice had it; while it is open, where it stands. */
function resultIn(reader: Reader, { reservation, events }: Reported): string[] {
  const { words, report } = reader;
  const { state } = reservation;
  if (hasEnded(state) && events.some(isEnding)) {
    const told = [events.findLast(isEnding), events.findLast(isTakenBack)].flatMap((event) =>
      event ? (tell(reader, reservation, event) ?? []) : [],
    );
    return told.flatMap(({ paragraphs, facts = [] }) => [
      ...paragraphs.filter((one) => one !== words.noPromise),
      ...facts.map(({ label, value }) => `${label}: ${value}`),
    ]);
  }
  const view = 'name' in state ? state.name : undefined;
  return [
    report.soFar,
    ...(view ? [stageWords(reader, view).meaning(shownName(reservation.domain))] : []),
    ...dropWords({ reader, reservation }),
  ];
}

function dropIn({ report, exactly, lasting }: Reader, account: DropAccount): string[] {
  const { registered } = account;
  const lag = lagOf(account);
  const whose = registered && report.holder[registered.byUs ? 'us' : 'other'](oneLine(registered.sponsor, 100));
  const at = registered?.registeredAt;
  return [
    ...(whose === undefined ? [] : [whose]),
    ...(at === undefined ? [] : [report.holder.at(exactly(at))]),
    lag.kind === 'unknown'
      ? report.after.unknown[lag.why]
      : report.after[lag.kind === 'exact' ? 'exact' : 'atMost'](lasting(lag.ms), exactly(lag.from), exactly(lag.to)),
    ...(lag.kind !== 'unknown' && isToTheSecond(lag.to) ? [report.after.toTheSecond] : []),
  ];
}

function triedIn(reader: Reader, account: DropAccount, events: readonly HashedEvent[]): Table {
  const { tried: says } = reader.report;
  const { tried } = account;
  const refusals = events.flatMap(({ type, data }) => {
    const code = type === 'reservation.needs_attention' && /^create_refused_(\d{4})$/.exec(String(data['error']))?.[1];
    return code ? [says.refused(code)] : [];
  });
  const { answer, count, first, last } = says.columns;
  const columns = [answer, count, first, last];
  if (!tried || tried.answers.length === 0) {
    const none = tried && !tried.complete ? says.creates(reader.count(tried.creates), false) : says.none;
    return { sentences: refusals.length > 0 ? refusals : [none], columns, rows: [] };
  }
  const reference = referenceOf(account);
  return {
    sentences: [
      says.creates(reader.count(tried.creates), tried.complete),
      ...refusals,
      ...(reference ? [says.beside[reference.what](reader.exactly(reference.at))] : []),
    ],
    columns,
    rows: tried.answers.map(({ code, count: times, firstAt, lastAt }) => [
      meaningOf(reader, code),
      reader.count(times),
      beside(reader, firstAt, reference?.at),
      beside(reader, lastAt, reference?.at),
    ]),
  };
}

function meaningOf({ report: { tried: says } }: Reader, code: CreateAnswer): string {
  if (code === 'no_answer') return says.noAnswer;
  if (code === 'not_reached') return says.notReached;
  const known = RESULT_CODES.find((one) => one === code);
  return known === undefined ? says.code(code) : `${says.code(code)}: ${says.means[known]}`;
}

function beside(reader: Reader, at: number, reference: number | undefined): string {
  if (reference === undefined) return reader.exactly(at);
  const ms = at - reference;
  return `${reader.exactly(at)} (${ms < 0 ? '−' : '+'}${reader.lasting(Math.abs(ms))})`;
}

function similarIn(reader: Reader, similar: SimilarNames): Table {
  const { similar: says } = reader.report;
  const { name, why, state } = says.columns;
  const columns = [name, why, state];
  if (similar.kind !== 'found') return { sentences: [says[similar.kind]], columns, rows: [] };
  const { names, asOf, isWhole } = similar;
  return {
    sentences: [
      ...(names.length === 0 ? [says.none] : [says.asOf(reader.when(asOf))]),
      ...(isWhole ? [] : [says.someAway]),
    ],
    columns,
    rows: names.map(({ unicode, reason, availability }) => [
      oneLine(unicode, 260),
      says.reasons[reason],
      says.states[availability],
    ]),
  };
}
