/** Where every process of ours logs: its standard output. A disk that is full costs lines of the log, never the process. */
import { pino, type Logger, type LoggerOptions } from 'pino';

export function createLog(options: LoggerOptions): Logger {
  const destination = pino.destination(1);
  // Without a listener of ours pino throws what the write failed with, out of nowhere.
  destination.on('error', () => undefined);
  return pino(options, destination);
}
