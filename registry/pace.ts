/** How fast something of a registry's may be used by us: so many at once, then one after the other. */

/** A use beyond the rate waits for its turn, and one that would wait for too long is refused instead. */
export class Pace {
  readonly #everyMs: number;
  readonly #burst: number;
  /** When all that was taken so far would be used up, one after the other; `performance.now()` ms. */
  #until = 0;

  constructor({ everyMs, burst }: { everyMs: number; burst: number }) {
    this.#everyMs = everyMs;
    this.#burst = burst;
  }

  /** How long to wait for one's turn, in ms. Undefined: for longer than that, and none was taken. */
  take(patienceMs: number, now = performance.now()): number | undefined {
    const until = Math.max(this.#until, now) + this.#everyMs;
    const waitMs = Math.max(0, until - now - this.#burst * this.#everyMs);
    if (waitMs > patienceMs) return undefined;
    this.#until = until;
    return waitMs;
  }
}
