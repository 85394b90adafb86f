/** Which answers of the store mean "not now": a client then tries again with its key, instead of being told that something broke. */
import mongoose from 'mongoose';
import { isOutage } from '../../api/outages.ts';

/** A network error of the driver by class, with a name of its own. */
const pooled = Object.assign(new mongoose.mongo.MongoNetworkError('driver text'), {});
Object.defineProperty(pooled, 'name', { value: 'PoolClearedOnNetworkError' });
const named = (name: string, code?: number) => Object.assign(new Error('driver text'), { name, code });

test.each([
  ['a server that gives no code, as the embedded one on a full disk', named('MongoServerError'), true],
  ['a server that is out of disk', named('MongoServerError', 14_031), true],
  ['a server that shuts down', named('MongoServerError', 11_600), true],
  ['no server', named('MongoServerSelectionError'), true],
  ['a connection that broke', named('MongoNetworkError'), true],
  ['a connection that was closed under a request', Object.assign(new Error('write'), { code: 'EPIPE' }), true],
  ['a pool that was cleared under a request', pooled, true],
  ['a duplicate key', named('MongoServerError', 11_000), false],
  ['a query it does not understand', named('MongoServerError', 2), false],
  ['a mistake of ours', new TypeError('x is undefined'), false],
])('%s is told from a mistake', (_what, error, expected) => {
  expect(isOutage(error)).toBe(expected);
});
