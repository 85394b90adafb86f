/** A timeline in words: each event a sentence, in the past, and decisions with their reason. */
import { daysLeft, type ExpiryMark } from '../rules/expiry.ts';
import type { Money } from '../rules/money.ts';
import type { ShownDecision, TimelineEntry } from '../rules/reservation.ts';
import type { DropWindow } from '../rules/tlds.ts';
import type { DropAccount } from '../rules/tried.ts';
import type { Kept } from '../rules/watch.ts';
import { oneLine } from './clean.ts';
import type { Reader } from './reader.ts';
import { stageWords, toldStage } from './stages.ts';
import { tell, type NoticedEvent, type NoticedReservation } from './telling.ts';

interface Retelling {
  reader: Reader;
  reservation: NoticedReservation;
  event: NoticedEvent;
  /** What support wrote is for the registrar: it may say anything. */
  toRegistrar: boolean;
}

const stageIn = (reader: Reader, event: Pick<NoticedEvent, 'data'>): string =>
  stageWords(reader, toldStage(event)).title;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? oneLine(String(value), 200) : '';
const whenIn = (reader: Reader, at: unknown): string | undefined =>
  typeof at === 'number' ? reader.when(at) : undefined;

const AUCTION_EVENTS = ['started', 'outbid', 'extended', 'closing', 'closed'] as const;

const SENTENCES: Record<string, (retelling: Retelling) => string[]> = {
  'reservation.placed': ({ reader, event: { data } }) => [
    reader.report.placed(stageIn(reader, { data })),
    ...scheduled(reader, data['drop']),
  ],
  'reservation.expiring': ({ reader, event: { data, created } }) => {
    const { days, expiresAt } = data as Partial<ExpiryMark>;
    if (days === undefined || expiresAt === undefined) return [];
    return [reader.report.expiring(reader.when(expiresAt), daysLeft({ days, expiresAt }, created.getTime()))];
  },
  'reservation.expired': ({ reader, event: { data } }) => [reader.report.expired(whenIn(reader, data['expiresAt']))],
  'reservation.stage_changed': ({ reader, event: { data } }) => [reader.report.stage(stageIn(reader, { data }))],
  'reservation.drop_scheduled': ({ reader, event: { data } }) => {
    const { drop: before } = (data['before'] ?? {}) as { drop?: DropWindow | null };
    return [...scheduled(reader, data['drop']), ...(before ? [reader.report.dropMoved(reader.period(before))] : [])];
  },
  'reservation.renewed': ({ reader, reservation, event: { data } }) => {
    const kept = reader.words.kept.text[data['how'] as Kept];
    const until = whenIn(reader, data['expiresAt']);
    return [
      ...(kept ? [kept(reservation.domain.unicode)] : []),
      ...(until === undefined ? [] : [reader.report.keptUntil(until)]),
    ];
  },
  'reservation.caught': ({ reader }) => [reader.report.caught],
  'attempt.catching': ({ reader, event: { data } }) => {
    const drop = data['drop'] as DropWindow | null | undefined;
    return [reader.report.catching(drop ? reader.period(drop) : undefined)];
  },
  'attempt.made': ({ reader, event: { data } }) => [
    reader.report.tried.creates(reader.count(Number(data['creates'])), data['complete'] === true),
  ],
  'observation.registered': ({ reader, event: { data } }) => {
    const { registeredAt, sponsor } = data as unknown as NonNullable<DropAccount['registered']>;
    const at = registeredAt === undefined ? [] : [reader.report.holder.at(reader.exactly(registeredAt))];
    return [reader.report.registeredBy(text(sponsor)), ...at];
  },
  'observation.expiry_moved': ({ reader, event: { data } }) => {
    const [from, to] = [whenIn(reader, beforeIn(data)['expiresAt']), whenIn(reader, data['expiresAt'])];
    return from !== undefined && to !== undefined ? [reader.report.expiryMoved(from, to)] : [];
  },
  'observation.transferred': ({ reader, event: { data } }) => {
    const [from, to] = [text(beforeIn(data)['sponsor']), text(data['sponsor'])];
    return from !== '' && to !== '' ? [reader.report.transferred(from, to)] : [];
  },
  'reservation.needs_attention': ({ reader, event: { data } }) => {
    const code = /^create_refused_(\d{4})$/.exec(String(data['error']))?.[1];
    return [...(code === undefined ? [] : [reader.report.tried.refused(code)]), reader.report.attention];
  },
  'reservation.unfunded': ({ reader, event: { data } }) =>
    priced(reader, data, 'amount', 'due', reader.report.unfunded),
  'reservation.offered': ({ reader, event: { data } }) =>
    priced(reader, data, 'price', 'answerBy', reader.report.offered),
  'reservation.payment_required': ({ reader, event: { data } }) =>
    priced(reader, data, 'price', 'payBy', reader.report.unpaid),
  ...Object.fromEntries(
    AUCTION_EVENTS.map((type) => [
      `auction.${type}`,
      ({ reader, event: { data } }: Retelling) => priced(reader, data, 'price', 'endsAt', reader.report.auction[type]),
    ]),
  ),
  'decision.award': ({ reader, event: { data } }) => awardIn(reader, data as unknown as Partial<ShownDecision>),
  'decision.accepted': ({ reader }) => [reader.report.decision.accepted],
  'decision.declined': ({ reader }) => [reader.report.decision.declined],
  'decision.lapsed': ({ reader }) => [reader.report.decision.lapsed],
  'reservation.delivered': ({ reader, reservation }) => [reader.words.delivered.text(reservation.domain.unicode)],
  'reservation.taken_back': (retelling) =>
    (tell(retelling.reader, retelling.reservation, retelling.event)?.paragraphs ?? []).slice(0, 2),
  'observation.award_stands': ({ reader, event: { data } }) => [
    reader.report.awardStands[data['left'] === true ? 'left' : 'stands'],
  ],
  'decision.retry': (retelling) => decided('retry', retelling),
  'decision.skip': (retelling) => decided('skip', retelling),
  'notice.sent': ({ reader, event }) => [reader.report.notice.sent(aboutIn(reader, event))],
  'notice.overtaken': ({ reader, event }) => [reader.report.notice.overtaken(aboutIn(reader, event))],
  'notice.failed': ({ reader, event }) => {
    const { reason, code } = event.data;
    const about = aboutIn(reader, event);
    const { refused, givenUp } = reader.report.notice;
    return [reason === 'given_up' ? givenUp(about) : refused(about, code === undefined ? undefined : text(code))];
  },
};

/** What was won, and is no longer. */
export const isTakenBack = ({ type }: Pick<TimelineEntry, 'type'>): boolean => type === 'reservation.taken_back';

const ENDINGS = ['won', 'lost', 'missed', 'cancelled', 'rejected'].map((result) => `reservation.${result}`);
export const isEnding = ({ type }: Pick<TimelineEntry, 'type'>): boolean => ENDINGS.includes(type);

export function inWords(retelling: Retelling): string {
  const { reader, reservation, event } = retelling;
  const says = isEnding(event)
    ? [...outcome(reader, reservation, event), ...explained(retelling, event.data['explanation'])]
    : (SENTENCES[event.type]?.(retelling) ?? []);
  return says.length > 0 ? says.join(' ') : reader.report.recorded(text(event.type));
}

/** What was decided and why, without what the notice of it goes on to say. */
const outcome = (reader: Reader, reservation: NoticedReservation, event: NoticedEvent): string[] => {
  const { paragraphs = [] } = tell(reader, reservation, event) ?? {};
  if (event.type === 'reservation.rejected') return paragraphs;
  // How it was kept, and then that it was not waited for.
  return paragraphs.slice(0, event.type === 'reservation.missed' ? -2 : 1);
};

function scheduled(reader: Reader, told: unknown): string[] {
  const drop = told as DropWindow | null | undefined;
  return drop ? [reader.report.drop[drop.confidence](reader.period(drop))] : [];
}

function priced(
  { words, when }: Reader,
  data: Record<string, unknown>,
  amount: string,
  by: string,
  says: (amount: string, by: string) => string,
): string[] {
  const [money, at] = [data[amount] as Money | undefined, data[by]];
  return money && typeof at === 'number' ? [says(words.money(money), when(at))] : [];
}

/** The rule, what it came to, and why this reservation stands where it does. */
function awardIn({ words, report, count }: Reader, decision: Partial<ShownDecision>): string[] {
  const { rule, version, verdict, price, claims, considered } = decision;
  if (!rule || version === undefined || !verdict || claims === undefined) return [];
  const { by, rules, verdict: verdicts, mine } = report.award;
  const own = considered?.find((one) => one.mine);
  return [
    by(rules[rule], text(version), count(claims)),
    ...(verdict === 'take' && !price ? [] : [verdicts[verdict](price ? words.money(price) : '')]),
    ...(own ? [mine[own.reason]] : []),
  ];
}

const beforeIn = ({ before }: Record<string, unknown>): Record<string, unknown> =>
  (before ?? {}) as Record<string, unknown>;

const decided = (what: 'retry' | 'skip', retelling: Retelling): string[] => [
  retelling.reader.report.decision[what],
  ...explained(retelling, retelling.event.data['reason']),
];

const explained = ({ reader, toRegistrar }: Retelling, words: unknown): string[] =>
  toRegistrar && typeof words === 'string' && words !== '' ? [reader.report.reason(text(words))] : [];

const aboutIn = ({ report }: Reader, { data }: NoticedEvent): string =>
  report.notice.about[String(data['told'])] ?? report.notice.aboutOther;
