/** What comes to the arbiter from outside, and what it answers. No handler waits without a bound: ten that did would block the rest. */
import { setHandler } from '@temporalio/workflow';
import { within } from './clock.ts';
import { amend } from '../rules/queue.ts';
import { hearNews } from './contest.ts';
import type { Desk } from './desk.ts';
import {
  amendSignal,
  answerUpdate,
  auctionNewsUpdate,
  checkSignal,
  describeDomain,
  joinSignal,
  leaveUpdate,
  placedUpdate,
  tickSignal,
  type AnswerAnswer,
  type AnswerRequest,
  type LeaveAnswer,
  type LeaveRequest,
  type PlacedAnswer,
} from './messages.ts';

const PATIENCE_MS = 2_000;
/** Longer than notes take to be told, shorter than what would pile up handlers while the store is away. */
const RECORDED_WITHIN_MS = 5_000;

export function answerMessages(desk: Desk): void {
  setHandler(joinSignal, (join) => {
    desk.heard(join.tick);
    desk.join(join);
  });
  setHandler(amendSignal, ({ tick, ...amended }) => {
    desk.heard(tick);
    desk.claims = amend(desk.claims, amended);
    desk.joining = amend(desk.joining, amended);
  });
  setHandler(checkSignal, ({ tick }) => {
    desk.heard(tick);
    desk.askForLook();
  });
  setHandler(tickSignal, (tick) => {
    desk.heard(tick);
    desk.askForLook();
  });
  setHandler(placedUpdate, async ({ reservation, waitMs }) => {
    desk.heard();
    await within(
      Math.max(1, Math.min(waitMs, PATIENCE_MS)),
      `a place for ${reservation}`,
      () => placeOf(desk, reservation) !== undefined,
    );
    return placeOf(desk, reservation) ?? { kind: 'pending' };
  });
  setHandler(leaveUpdate, (request) => leave(desk, request));
  setHandler(answerUpdate, (request) => answer(desk, request));
  setHandler(auctionNewsUpdate, async ({ news, untilRecorded }) => {
    desk.heard();
    hearNews(desk, news);
    if (!untilRecorded) return 'taken';
    const inTime = await within(RECORDED_WITHIN_MS, 'news of the auction to be recorded', () => desk.announcer.idle());
    return inTime ? 'recorded' : 'pending';
  });
  setHandler(describeDomain, ({ reservation } = {}) => ({
    name: desk.name,
    claims: desk.claims.length,
    sight: desk.sight ?? null,
    phase: desk.phase,
    attention: desk.attentionFor(reservation),
    standing: (reservation !== undefined && desk.standing(reservation)) || null,
    cutoffAt: desk.cutoffAt() ?? null,
  }));
}

function placeOf(desk: Desk, reservation: string): PlacedAnswer | undefined {
  const place = desk.standing(reservation);
  if (place && desk.sight) return { kind: 'placed', ...place, name: desk.view() };
  const refusal = desk.refusal(reservation);
  return refusal && { kind: 'refused', code: refusal.code, ...(refusal.holder && { reservation: refusal.holder }) };
}

/** A claim may leave until the cut-off, and while support is needed, since then nothing moves that it could disturb; not once it has paid. */
async function leave(desk: Desk, { reservation, by, explanation, tick }: LeaveRequest): Promise<LeaveAnswer> {
  desk.heard(tick);
  if (!(await within(PATIENCE_MS, 'the open claims to be loaded', () => desk.ready))) return { kind: 'unknown' };
  const known = desk.standing(reservation) ?? desk.joining.find((join) => join.reservation === reservation);
  if (!known) return desk.endOf(reservation)?.result === 'cancelled' ? { kind: 'left' } : { kind: 'unknown' };
  const now = desk.time.now();
  const cutoff = desk.cutoffAt();
  const closed = desk.phase !== 'watching' || (cutoff !== undefined && now >= cutoff);
  if (desk.awardedTo === reservation || (closed && !desk.support.attention())) return { kind: 'past_cutoff' };
  desk.joining = desk.joining.filter((join) => join.reservation !== reservation);
  desk.end(reservation, { result: 'cancelled', reason: by, at: now }, { explanation });
  await within(PATIENCE_MS, `${reservation} to be told that it left`, () => desk.announcer.hasTold(reservation));
  return { kind: 'left' };
}

/** While the offer stands; whoever repeats an answer is answered again. */
async function answer(desk: Desk, request: AnswerRequest): Promise<AnswerAnswer> {
  const { reservation, tick } = request;
  desk.heard(tick);
  const { offer } = desk;
  const stands = offer?.reservation === reservation && desk.time.now() < offer.answerBy;
  if (!stands || (offer.answer ?? request.answer) !== request.answer) return { kind: 'no_offer' };
  offer.answer = request.answer;
  const isTold = () => desk.offer !== offer && desk.accepting !== reservation && desk.announcer.hasTold(reservation);
  await within(PATIENCE_MS, `${reservation} to be told what came of its answer`, isTold);
  return { kind: 'taken' };
}
