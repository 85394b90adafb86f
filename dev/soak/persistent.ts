/** How a good registrar's program speaks to the API: it asks again, with the same Idempotency-Key, until it has a final answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, EngineClient } from '../engine-client.ts';

/** What comes of all requests together. */
export class Tally {
  readonly byStatus: Record<string, number> = {};
  /** Ids of the requests that were answered 500. */
  readonly broken: string[] = [];

  count(status: number | 'no_answer'): void {
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1;
  }
}

/** Refusals that pass by themselves. */
const PASSING = ['idempotency_in_progress', 'test_clock_advancing'];
const AGAIN_MS = 1_000;

export class Persistent {
  readonly #client: EngineClient;
  readonly #tally: Tally;
  readonly #giveUp: AbortSignal;

  /** `giveUp` ends all asking: what is then unanswered stays so. */
  constructor(client: EngineClient, tally: Tally, giveUp: AbortSignal) {
    this.#client = client;
    this.#tally = tally;
    this.#giveUp = giveUp;
  }

  /** Rejects with the signal's reason and nothing else. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    for (;;) {
      this.#giveUp.throwIfAborted();
      const answer = await this.#client.call(method, path, body, headers).catch(() => undefined);
      this.#tally.count(answer?.status ?? 'no_answer');
      if (answer?.status === 500) this.#tally.broken.push(String(answer.body?.request_id));
      if (answer && !passes(answer)) return answer;
      const after = Number(answer?.headers.get('retry-after') ?? 0) * 1_000;
      await sleep(Math.max(AGAIN_MS, after), undefined, { signal: this.#giveUp });
    }
  }
}

const passes = ({ status, body }: Answer<{ code?: string } | undefined>): boolean =>
  status >= 500 || status === 429 || (status === 409 && PASSING.includes(body?.code ?? ''));
