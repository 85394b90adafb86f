/**
 * The one connection to MongoDB. Nothing is buffered: a store out of reach says so within a second, and the caller (Temporal, or
 * a client with its idempotency key) tries again. Only single-document atomicity and unique indexes are relied on.
 */
import mongoose from 'mongoose';

mongoose.set('bufferCommands', false);
mongoose.set('autoIndex', false);

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

/** Goes on trying until MongoDB answers, then makes sure of the indexes. */
export async function openStore(uri: string, onRetry?: (error: Error) => void): Promise<Store> {
  for (;;) {
    try {
      const limits = { serverSelectionTimeoutMS: 800, connectTimeoutMS: ANSWER_MS, socketTimeoutMS: 10_000 };
      await mongoose.connect(uri, { ...limits, maxPoolSize: 20 });
      for (const model of Object.values(mongoose.models)) await model.createIndexes();
      break;
    } catch (error) {
      onRetry?.(error as Error);
      await mongoose.disconnect();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return opened();
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

/** MongoDB refused an insert because the id or a unique key is there already. */
export const isDuplicate = (error: unknown): boolean => (error as { code?: number } | null)?.code === 11_000;
