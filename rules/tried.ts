/**
 * What was tried at a drop: how many creates were sent, what the registry answered and between which instants, and until when the
 * old registration was still seen there. Bounded however many creates a race takes. Instants in epoch ms, by the clock that sent.
 */

import type { TimelineEntry } from './reservation.ts';
import type { DropWindow } from './tlds.ts';

type NewEntry = (type: string, data: Record<string, unknown>) => TimelineEntry;

export type CreateAnswer =
  | number
  /** It was sent, and no usable answer came. */
  | 'no_answer'
  /** Nothing was sent: the registry was out of reach. */
  | 'not_reached';

export interface Tried {
  /** Creates that left this machine. */
  creates: number;
  /** False: a worker was lost, or a refusal is told elsewhere; there were at least these. */
  complete: boolean;
  answers: { code: CreateAnswer; count: number; firstAt: number; lastAt: number }[];
  /** The registry, asked then, still had the registration from before. */
  heldAt?: number;
}

export const nothingTried: Tried = { creates: 0, complete: true, answers: [] };

/** One create and its answer. `at` is when it was sent. */
export function withAnswer(tried: Tried, code: CreateAnswer, at: number): Tried {
  const one = {
    creates: code === 'not_reached' ? 0 : 1,
    complete: true,
    answers: [{ code, count: 1, firstAt: at, lastAt: at }],
  };
  return together(tried, one);
}

/** Answers in the order in which each was first given. */
export function together(one: Tried, other: Tried): Tried {
  const answers = new Map(one.answers.map((answer) => [answer.code, answer]));
  for (const answer of other.answers) {
    const { code, count, firstAt, lastAt } = answers.get(answer.code) ?? { ...answer, count: 0 };
    answers.set(code, {
      code,
      count: count + answer.count,
      firstAt: Math.min(firstAt, answer.firstAt),
      lastAt: Math.max(lastAt, answer.lastAt),
    });
  }
  const held = [one.heldAt, other.heldAt].filter((at) => at !== undefined);
  return {
    creates: one.creates + other.creates,
    complete: one.complete && other.complete,
    answers: [...answers.values()].toSorted((a, b) => a.firstAt - b.firstAt),
    ...(held.length > 0 && { heldAt: Math.max(...held) }),
  };
}

/** What came of a drop, as those who waited for it may know it: no other claim is in it. */
export interface DropAccount {
  /** The drop that was tried for, as it was foreseen then. */
  drop?: DropWindow;
  tried?: Tried;
  /** Whose the registry says the name is now. `registeredAt` is the registry's own instant, where it told one. */
  registered?: { sponsor: string; byUs: boolean; registeredAt?: number };
}

export function accountEntries(account: DropAccount | undefined, entry: NewEntry): TimelineEntry[] {
  if (!account) return [];
  const { drop, tried, registered } = account;
  const of = drop ? { drop } : {};
  return [
    ...(tried ? [entry('attempt.made', { ...tried, ...of })] : []),
    ...(registered ? [entry('observation.registered', { ...registered, ...of })] : []),
  ];
}
