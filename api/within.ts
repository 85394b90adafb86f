/** A bound on what has none of its own. */
import { EngineUnavailable } from './temporal.ts';

/** Rejects with EngineUnavailable after `limitMs`; what is waited for may still happen. */
export async function within<T>(limitMs: number, waitedFor: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new EngineUnavailable(`no answer in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([waitedFor, late]);
  } finally {
    clearTimeout(timer);
  }
}
