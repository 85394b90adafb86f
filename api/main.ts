/** The API process, told to end by SIGTERM or SIGINT from its first moment on: its parts take a second to load. */
const end = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());

const { serve } = await import('./serve.ts');
serve(end.signal);
