/** Operator: who let an award lapse, and lifting a strike that should not count. */
import { z } from 'zod';
import { findStrike, liftStrike, listStrikes, type StrikeDoc } from '../../store/strikes.ts';
import { reaches } from '../auth.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, page, param, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { pageQuery, reason } from '../schemas.ts';

const id = z.string().min(1).max(100).optional();
const listQuery = z.strictObject({
  ...pageQuery,
  registrar: id,
  reservation: id,
  lifted: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});
const liftBody = z.strictObject({ reason: reason.optional() });

const strikeView = ({ _id, registrar, livemode, reservation, auction, reason: why, at, lifted }: StrikeDoc) => ({
  id: _id,
  object: 'strike',
  registrar,
  livemode,
  reservation,
  auction,
  reason: why,
  created: at.toISOString(),
  lifted: lifted && { at: lifted.at.toISOString(), by: lifted.by, reason: lifted.reason },
});

async function all({ principal, query: asked }: Call): Promise<Handled> {
  const query = read(listQuery, asked);
  if (query instanceof Problem) return query;
  const after = readCursor(query.cursor);
  if (after instanceof Problem) return after;
  const test = reaches(principal, false);
  const live = reaches(principal, true);
  const { registrar, reservation, lifted, limit } = query;
  const filter = defined({ registrar, reservation, lifted, livemode: test === live ? undefined : live });
  const rows = await listStrikes(filter, after, limit + 1);
  const { shown, nextCursor } = page(rows, limit, (doc) => [doc.at.getTime(), doc._id]);
  return ok(list(shown.map(strikeView), nextCursor));
}

async function seen(call: Call): Promise<StrikeDoc | undefined> {
  const doc = await findStrike(param(call, 'id'));
  return doc && reaches(call.principal, doc.livemode) ? doc : undefined;
}

async function one(call: Call): Promise<Handled> {
  const doc = await seen(call);
  return doc ? ok(strikeView(doc)) : problem('strike_not_found');
}

async function lift({ now }: RouteDeps, call: Call): Promise<Handled> {
  const body = read(liftBody, call.body);
  if (body instanceof Problem) return body;
  const doc = (await seen(call)) && (await liftStrike(param(call, 'id'), call.principal.key, now(), body.reason));
  return doc ? ok(strikeView(doc)) : problem('strike_not_found');
}

export function strikeRoutes(deps: RouteDeps): Route[] {
  const access = { operator: 'support' } as const;
  return [
    { method: 'GET', path: '/v1/strikes', access, handle: all },
    { method: 'GET', path: '/v1/strikes/:id', access, handle: one },
    { method: 'DELETE', path: '/v1/strikes/:id', access, handle: (call) => lift(deps, call) },
  ];
}
