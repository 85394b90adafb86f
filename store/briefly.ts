/** What is read at every call and hardly ever changes. */
import { LRUCache } from 'lru-cache';

/** For so long another process may not have heard of a change; this one hears of its own at once. */
export const BRIEFLY_MS = 1_000;
const MOST = 10_000;

export interface Brief<T> {
  find(id: string): Promise<T | null>;
  /** Something changed: all is read anew. */
  forget(): void;
}

/** Whoever asks within a second of the last read shares it. What is not there is asked for each time: it may have just been made. */
export function briefly<T>(load: (id: string) => Promise<T | null>): Brief<T> {
  const known = new LRUCache<string, Promise<T | null>>({ max: MOST, ttl: BRIEFLY_MS });
  return {
    find: (id) => {
      const before = known.get(id);
      if (before) return before;
      const loading = load(id);
      known.set(id, loading);
      const drop = () => void (known.peek(id) === loading && known.delete(id));
      loading.then((doc) => doc ?? drop(), drop);
      return loading;
    },
    forget: () => known.clear(),
  };
}
