/** Which errors mean that something we need is out of reach, rather than that we are wrong. */
import mongoose from 'mongoose';
import { RegistryUnreachable } from '../registry/gateway.ts';
import { EngineUnavailable } from './temporal.ts';

export function isOutage(error: unknown): boolean {
  if (error instanceof EngineUnavailable || error instanceof RegistryUnreachable) return true;
  if (!(error instanceof Error)) return false;
  // The driver's own errors; what the server answered is a MongoServerError, and that is our mistake.
  if (error.name.startsWith('Mongo') && error.name !== 'MongoServerError')
    return error.name !== 'MongooseError' || isUnconnected(error);
  return error instanceof mongoose.Error.MongooseServerSelectionError;
}

/** Mongoose has no class of its own for a call before the first connection. */
const isUnconnected = (error: Error): boolean => /initial connection|buffering timed out/i.test(error.message);
