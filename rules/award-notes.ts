/** What a reservation makes of an award: from the catch to the answer, and for as long after that as the award is watched. */
import type { Ended, Entry, Going, Note, Transition, Watched } from './reservation.ts';

export const goingOf = ({ ordinal, name, told, toldUntil, auction }: Watched): Going => ({
  ordinal,
  name,
  ...(told && { told }),
  ...(toldUntil !== undefined && { toldUntil }),
  ...(auction !== undefined && { auction }),
});

/** From the catch to the answer. */
export function awarding(
  state: Watched,
  note: Extract<Note, { kind: 'auction' | 'offered' | 'unpaid' }>,
  entry: Entry,
): Transition {
  const going = goingOf(state);
  switch (note.kind) {
    case 'auction': {
      const { type, ...told } = note.news;
      const { auction, endsAt } = told;
      const state: Watched =
        type === 'closed'
          ? { ...going, status: 'standby', auction }
          : { ...going, status: 'in_auction', auction, endsAt };
      return { state, entries: [entry(`auction.${type}`, told)] };
    }
    case 'offered': {
      const { price, answerBy } = note;
      return {
        state: { ...going, status: 'offered', price, answerBy },
        entries: [entry('reservation.offered', { price, answerBy })],
      };
    }
    case 'unpaid': {
      const { price, payBy } = note;
      return {
        state: { ...going, status: 'awaiting_payment', price, payBy },
        entries: [entry('reservation.payment_required', { price, payBy })],
      };
    }
  }
}

/** The outcome stays the one it was: what became of it is added. */
export function afterwards(state: Ended, note: Note, entry: Entry): Transition {
  const { watchedUntil, ...last } = state;
  const { outcome } = state;
  if (watchedUntil === undefined || outcome.result !== 'won') return { state, entries: [] };
  switch (note.kind) {
    case 'delivered':
      if (outcome.delivery.status === 'delivered') return { state, entries: [] };
      return {
        state: { ...state, outcome: { ...outcome, delivery: { status: 'delivered', why: 'restore_rights_over' } } },
        entries: [entry('reservation.delivered')],
      };
    case 'stands':
      return { state: last, entries: [entry('observation.award_stands', { left: note.left ?? false })] };
    case 'taken_back': {
      const { kind: _, ...takenBack } = note;
      return {
        state: { ...last, outcome: { ...outcome, takenBack } },
        entries: [entry('reservation.taken_back', takenBack)],
      };
    }
    default:
      return { state, entries: [] };
  }
}
