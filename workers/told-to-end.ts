/** Listens for the end from a process's first moment on: what it works with takes seconds to load, and nobody would hear SIGTERM meanwhile. */
export function toldToEnd(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
  return end.signal;
}
