/**
 * The one connection to MongoDB. Nothing is buffered: a store out of reach says so within a second, and the caller (Temporal, or
 * a client with its idempotency key) tries again. Only single-document atomicity and unique indexes are relied on.
 */
import { setTimeout } from 'node:timers/promises';
import mongoose from 'mongoose';
import { ConfigError } from '../config.ts';

mongoose.set('bufferCommands', false);
mongoose.set('autoIndex', false);
// Indexes are made below, and collections with them: two at once, the embedded server may leave one without its own index.
mongoose.set('autoCreate', false);

export interface Store {
  /** Rejects when MongoDB does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The driver watches the server over a connection of its own, and until that answers nothing else is tried. Left at its 30 s, one
 * answer lost there (a failover, a connection a firewall forgot) would be half a minute's outage of all.
 */
const ANSWER_MS = 2_000;

const OPTIONS = {
  serverSelectionTimeoutMS: 800,
  connectTimeoutMS: ANSWER_MS,
  socketTimeoutMS: 10_000,
  maxPoolSize: 20,
};

/**
 * Goes on trying until MongoDB answers, then makes sure of the indexes; from then on a client that stays silent is replaced.
 * Rejects only when it is told to stop before that, and with ConfigError where no server could ever be reached by this address.
 */
export async function openStore(
  uri: string,
  onRetry?: (error: Error) => void,
  toldToEnd?: AbortSignal,
): Promise<Store> {
  refuseUnreadable(uri);
  for (;;) {
    toldToEnd?.throwIfAborted();
    try {
      await mongoose.connect(uri, OPTIONS);
      for (const model of Object.values(mongoose.models)) await model.createIndexes();
      break;
    } catch (error) {
      onRetry?.(error as Error);
      await mongoose.disconnect();
      await setTimeout(500, undefined, { signal: toldToEnd }).catch(() => undefined);
    }
  }
  const closing = new AbortController();
  const watched = replaceSilentClients(uri, closing.signal, onRetry);
  const store = opened();
  return {
    ping: store.ping,
    close: async () => {
      closing.abort();
      await watched;
      await store.close();
    },
  };
}

/** Else it would be tried for ever, as a server that is away. What the driver says of it may repeat the password. */
function refuseUnreadable(uri: string): void {
  const must = 'MONGODB_URI: must be mongodb://user:password@host:port/database';
  try {
    void new mongoose.mongo.MongoClient(uri, OPTIONS);
  } catch {
    throw new ConfigError(`${must}; escape what is special in a password (@ is %40)`);
  }
  // The driver would take one of its own, of which no backup knows.
  if (!/^[^/]+:\/\/[^/]+\/[^?]/.test(uri)) throw new ConfigError(`${must}; it names no database`);
}

const WATCH_MS = 2_000;
const SILENCES = 3;

/**
 * The driver (mongodb 7.8) can lose for good the connection it watches the server over: a "hello" written to a socket that has just
 * closed waits for a drain that never comes, no server is selected ever after, and nothing but another client helps.
 */
async function replaceSilentClients(
  uri: string,
  closing: AbortSignal,
  onRetry?: (error: Error) => void,
): Promise<void> {
  const pause = (ms: number) => setTimeout(ms, undefined, { signal: closing, ref: false }).catch(() => undefined);
  for (let silences = 0; !closing.aborted; await pause(WATCH_MS)) {
    const trouble = await Promise.race([
      opened()
        .ping()
        .catch((error: Error) => error),
      pause(ANSWER_MS).then(() => new Error('silent')),
    ]);
    silences = trouble ? silences + 1 : 0;
    if (silences < SILENCES || closing.aborted) continue;
    onRetry?.(trouble as Error);
    const silent = mongoose.connection.getClient();
    await mongoose.connection.close({ skipCloseClient: true } as unknown as boolean);
    // It may wait for ever for its own connection: nobody waits for it.
    void silent.close(true).catch(() => undefined);
    await mongoose.connect(uri, OPTIONS).catch(() => undefined);
    silences = 0;
  }
}

/** For a program that only reads: one try, and no index is made. Rejects when MongoDB does not answer. */
export async function openToRead(uri: string): Promise<Store> {
  await mongoose.connect(uri, { serverSelectionTimeoutMS: 3_000, socketTimeoutMS: 60_000, maxPoolSize: 4 });
  return opened();
}

function opened(): Store {
  return {
    ping: async () => {
      if (!mongoose.connection.db) throw new Error('not connected');
      await mongoose.connection.db.admin().ping();
    },
    close: () => mongoose.disconnect(),
  };
}

/**
 * MongoDB refused an insert because the id or a unique key is there already. The embedded server at times knows it by its storage alone,
 * and says so without the code.
 */
export const isDuplicate = (error: unknown): boolean => {
  const { code, message } = (error ?? {}) as { code?: number; message?: string };
  return code === 11_000 || /^Unknown error: Document with key .* already existed in /.test(message ?? '');
};
