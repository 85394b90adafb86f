/** Auctions that somebody watches: looked at twice a second, once for all who watch, and passed on where something changed. */
import { statesOf, type AuctionDoc } from '../store/auctions.ts';

const EVERY_MS = 500;

type Listener = (auction: AuctionDoc) => void;

export class AuctionFeed {
  readonly #watchers = new Map<string, Set<Listener>>();
  readonly #seen = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  /** Told of every change from here on. Answers a function that ends it. */
  watch(auction: string, listener: Listener): () => void {
    const watchers = this.#watchers.get(auction) ?? new Set();
    this.#watchers.set(auction, watchers.add(listener));
    this.#timer ??= setInterval(() => void this.#look(), EVERY_MS).unref();
    return () => {
      watchers.delete(listener);
      if (watchers.size > 0 || this.#watchers.get(auction) !== watchers) return;
      this.#watchers.delete(auction);
      this.#seen.delete(auction);
      if (this.#watchers.size === 0) this.#rest();
    };
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    // A store that is away has nothing new: readers are told once it is back.
    const states = await statesOf([...this.#watchers.keys()]).catch(() => []);
    this.#looking = false;
    for (const state of states) {
      if ((this.#seen.get(state._id) ?? -1) >= state.rev) continue;
      this.#seen.set(state._id, state.rev);
      for (const listener of this.#watchers.get(state._id) ?? []) listener(state);
    }
  }
}
