/**
 * Manners towards each host: so many requests a second, and silence for as long as it asked for. Kept for every host a
 * request reaches, redirects included, and shared by all who ask it from this process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceTrouble } from './http-trouble.ts';

/** Where nobody says how often we may ask. */
const PER_SECOND = 20;
/** A queue longer than this is for another time: the caller is told when. */
const MAX_WAIT_MS = 5_000;
/** 429 without Retry-After. */
const UNTOLD_QUIET_MS = 60_000;
/** However long a host asks for; a mistyped year must not end all polling of a TLD. */
const MAX_QUIET_MS = 24 * 3_600_000;
const MAX_HOSTS = 1_000;

interface Host {
  /** The earliest instant (performance.now) at which the next request keeps the rate. */
  next: number;
  quietUntil: number;
}

export class Hosts {
  readonly #hosts = new Map<string, Host>();

  /** Resolves when a request may leave. Throws SourceTrouble `throttled` or `own_limit` with retryAfterMs. */
  async admit(what: string, { host }: URL, signal: AbortSignal, perSecond = PER_SECOND): Promise<void> {
    const state = this.#of(host);
    assertNotQuiet(what, state);
    const now = performance.now();
    const waitMs = state.next - now;
    if (waitMs > MAX_WAIT_MS) throw new SourceTrouble('own_limit', `${what}: asked too often by ourselves`, waitMs);
    // An idle second is saved up, no more: a burst is at most a second's worth.
    state.next = Math.max(state.next, now - 1_000) + 1_000 / perSecond;
    if (waitMs <= 0) return;
    await sleep(waitMs, undefined, { signal });
    assertNotQuiet(what, state);
  }

  /** The host answered 429, or 503 with Retry-After. Returns how long it will be left alone. */
  hush({ host }: URL, retryAfterMs: number | undefined): number {
    const quietMs = Math.min(retryAfterMs ?? UNTOLD_QUIET_MS, MAX_QUIET_MS);
    const state = this.#of(host);
    state.quietUntil = Math.max(state.quietUntil, performance.now() + quietMs);
    return quietMs;
  }

  #of(host: string): Host {
    const state = this.#hosts.get(host) ?? { next: 0, quietUntil: 0 };
    this.#hosts.delete(host);
    this.#hosts.set(host, state);
    // The one not asked for longest goes.
    for (const oldest of this.#hosts.keys()) {
      if (this.#hosts.size <= MAX_HOSTS) break;
      this.#hosts.delete(oldest);
    }
    return state;
  }
}

function assertNotQuiet(what: string, { quietUntil }: Host): void {
  const leftMs = Math.ceil(quietUntil - performance.now());
  if (leftMs > 0) throw new SourceTrouble('throttled', `${what}: asked us to wait`, leftMs);
}
