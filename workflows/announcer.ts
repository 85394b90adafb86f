/**
 * Telling: notes leave the arbiter numbered, in order, in batches, by a coroutine of its own, so that neither the watch nor a join
 * ever waits for a reservation to be told.
 */
import { condition } from '@temporalio/workflow';
import type { Note } from '../rules/reservation.ts';
import type { Told } from './messages.ts';

export interface Announcement {
  reservation: string;
  told: Told[];
}

export interface Announcer {
  tell(reservation: string, note: Note): void;
  idle(): boolean;
  /** Nothing to this reservation is still on its way. */
  hasTold(reservation: string): boolean;
  /** Runs until the workflow ends. */
  run(): Promise<never>;
}

const BATCH = 100;

export function announcer(nextNumber: () => number, send: (batch: Announcement[]) => Promise<void>): Announcer {
  const queue: { reservation: string; told: Told }[] = [];
  let sending: Announcement[] = [];
  return {
    tell: (reservation, note) => void queue.push({ reservation, told: { number: nextNumber(), note } }),
    idle: () => queue.length === 0 && sending.length === 0,
    hasTold: (reservation) => ![...queue, ...sending].some((one) => one.reservation === reservation),
    run: async () => {
      for (;;) {
        await condition(() => queue.length > 0);
        sending = grouped(queue.splice(0, BATCH));
        await send(sending);
        sending = [];
      }
    },
  };
}

function grouped(notes: { reservation: string; told: Told }[]): Announcement[] {
  const byReservation = new Map<string, Told[]>();
  for (const { reservation, told } of notes)
    byReservation.set(reservation, [...(byReservation.get(reservation) ?? []), told]);
  return [...byReservation].map(([reservation, told]) => ({ reservation, told }));
}
