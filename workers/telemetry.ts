/** What a worker process says of itself: JSON lines, and Temporal's own runtime behind the same logger. Nothing personal passes here. */
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createLog } from '../logging.ts';

export type { Logger } from 'pino';

export const createLogger = (config: Config, name: string): Logger =>
  createLog({ name, level: config.LOG_LEVEL, base: { name } });

/** Installs Temporal's runtime; call once, before the first worker or connection. */
export function installRuntime(logger: Logger): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  const level: LogLevel = logger.level === 'debug' || logger.level === 'trace' ? 'DEBUG' : 'WARN';
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger(level, ({ level: at, message, meta }) => logger[levels[at]]({ ...known(meta) }, message)),
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
}

/** Of what Temporal logs beside a message only names and counts are kept: errors carry foreign text. */
function known(meta: Record<string, unknown> = {}): Record<string, unknown> {
  const keep = ['workflowId', 'workflowType', 'activityType', 'attempt', 'taskQueue', 'runId'];
  return Object.fromEntries(Object.entries(meta).filter(([key]) => keep.includes(key)));
}
