/**
 * The settings of a stack that is thrown away: free ports, a home of its own, and of the developer's settings none that would make it
 * use, or break, a server that is not.
 */
import { freePorts } from './ports.ts';

const THEIRS = ['TEMPORAL_ADDRESS', 'TEMPORAL_CONFIG_FILE', 'TEMPORAL_PROFILE', 'MONGODB_URI', 'SMTP_URL'];

export const throwawayEnvironment = async (home: string): Promise<Record<string, string | undefined>> => ({
  LOG_LEVEL: 'info',
  ...Object.fromEntries(THEIRS.map((name) => [name, undefined])),
  NODE_ENV: 'test',
  ...(await freePorts()),
  BACKORDER_HOME: home,
});
