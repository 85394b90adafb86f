/** Instants in epoch ms, as far as a Date can hold them. */

const LATEST_MS = 8.64e15;

export const isInstant = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= LATEST_MS;
