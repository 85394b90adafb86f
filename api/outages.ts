/** Which errors mean that something we need is out of reach, rather than that we are wrong. */
import mongoose from 'mongoose';
import { RegistryUnreachable } from '../registry/gateway.ts';
import { LedgerBusy } from '../store/ledger-operation.ts';
import { EngineUnavailable } from './temporal.ts';

/**
 * What the server answers when it cannot, by MongoDB's error codes: stepping down, shutting down, out of disk; the embedded one then
 * gives no code. Anything else that it answers is our mistake.
 */
const SERVERS_TROUBLE = new Set([undefined, 91, 189, 10_107, 11_600, 11_602, 13_435, 13_436, 14_031]);

/** What the system says of a connection, where a driver passes it on as it came. */
const BROKEN_CONNECTION = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

export function isOutage(error: unknown): boolean {
  if (error instanceof EngineUnavailable || error instanceof RegistryUnreachable || error instanceof LedgerBusy)
    return true;
  if (!(error instanceof Error)) return false;
  if (BROKEN_CONNECTION.has((error as NodeJS.ErrnoException).code ?? '')) return true;
  if (error.name === 'MongoServerError') return SERVERS_TROUBLE.has((error as { code?: number }).code);
  // The driver's own errors. Not all of its network errors are named like the others.
  if (error instanceof mongoose.mongo.MongoNetworkError) return true;
  if (error.name.startsWith('Mongo')) return error.name !== 'MongooseError' || isUnconnected(error);
  return error instanceof mongoose.Error.MongooseServerSelectionError;
}

/** Mongoose has no class of its own for a call before the first connection. */
const isUnconnected = (error: Error): boolean => /initial connection|buffering timed out/i.test(error.message);
