/** Where every process of ours logs: its standard output. A disk that is full costs lines of the log, never the process. */
import { pino, type Logger, type LoggerOptions } from 'pino';

/** What may be logged of a foreign error: its text may repeat what somebody sent, a password or a host. */
export function kindOf(error: unknown): { type: string | undefined; code: unknown } {
  const { name: type, code } = (error ?? {}) as { name?: string; code?: unknown };
  return { type, code };
}

export function createLog(options: LoggerOptions): Logger {
  const destination = pino.destination(1);
  // Without a listener of ours pino throws what the write failed with, out of nowhere.
  destination.on('error', () => undefined);
  return pino(options, destination);
}
