/**
 * Who takes part in a test clock, and who of them has yet to act on what it last said. Words are numbered by ticks: one older than what
 * is known of a participant changes nothing.
 */
import type { ParticipantState } from './messages.ts';

export class Participants {
  readonly #states: Map<string, ParticipantState>;

  constructor(carried: readonly [string, ParticipantState][] = []) {
    this.#states = new Map(carried);
  }

  carry(): [string, ParticipantState][] {
    return [...this.#states];
  }

  /** It was told the time, or something else that it is to act on. */
  told(participant: string, tick: number): void {
    this.#states.set(participant, { kind: 'busy', tick });
  }

  /** Who started it tells of it; it may have spoken for itself by then. */
  introduced(participant: string, tick: number): void {
    if (tick > this.#lastTickOf(participant)) this.told(participant, tick);
  }

  rests(participant: string, tick: number, until: number | null): void {
    if (tick >= this.#lastTickOf(participant)) this.#states.set(participant, { kind: 'rest', tick, until });
  }

  /** `heir` knows that it has ended, takes its place over, and has yet to rest. */
  left(participant: string, tick: number, heir?: string): void {
    if (heir !== undefined || tick >= this.#lastTickOf(participant)) this.#states.delete(participant);
    if (heir !== undefined && tick >= this.#lastTickOf(heir)) this.told(heir, tick);
  }

  busy(): string[] {
    return [...this.#states].filter(([, { kind }]) => kind === 'busy').map(([participant]) => participant);
  }

  /** The earliest instant that anybody rests until; infinite where all wait for messages only. */
  nextDueAt(): number {
    return Math.min(...[...this.#states.values()].map(dueAt));
  }

  dueBy(now: number): string[] {
    return [...this.#states].filter(([, state]) => dueAt(state) <= now).map(([participant]) => participant);
  }

  has(participant: string): boolean {
    return this.#states.has(participant);
  }

  #lastTickOf(participant: string): number {
    return this.#states.get(participant)?.tick ?? 0;
  }
}

const dueAt = (state: ParticipantState): number =>
  state.kind === 'rest' && state.until !== null ? state.until : Number.POSITIVE_INFINITY;
