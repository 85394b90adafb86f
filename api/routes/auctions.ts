/** Auctions: listed, read, and watched. Private to those who are in them. */
import { z } from 'zod';
import { findAuction, listAuctions, type AuctionDoc } from '../../store/auctions.ts';
import { auctionPush, auctionView, isMine } from '../auction-views.ts';
import { reaches, type Principal } from '../auth.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, page, param, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { knownName } from '../names.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { pageQuery } from '../schemas.ts';

const listQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(['open', 'closed']).optional(),
  domain: z.string().max(300).optional(),
});

/** Another's is as if it were not there. */
export const isVisible = (principal: Principal, doc: AuctionDoc): boolean =>
  reaches(principal, doc.livemode) &&
  (principal.kind === 'operator' || doc.entrants.some((entrant) => isMine(principal, entrant)));

export async function ownAuction(
  call: Call,
  find: (id: string) => Promise<AuctionDoc | null> = findAuction,
): Promise<AuctionDoc | Problem> {
  const doc = await find(param(call, 'id'));
  return doc && isVisible(call.principal, doc) ? doc : problem('auction_not_found');
}

async function listOwn(deps: RouteDeps, call: Call): Promise<Handled> {
  const query = read(listQuery, call.query);
  if (query instanceof Problem) return query;
  const after = readCursor(query.cursor);
  if (after instanceof Problem) return after;
  const named = query.domain === undefined ? undefined : knownName(query.domain, deps);
  if (named instanceof Problem) return named;
  const { principal } = call;
  const [test, live] = [reaches(principal, false), reaches(principal, true)];
  const rows = await listAuctions(
    defined({
      registrar: principal.kind === 'registrar' ? principal.registrar._id : undefined,
      livemode: test === live ? undefined : live,
      status: query.status,
      name: named?.name,
    }),
    after,
    query.limit + 1,
  );
  const { shown, nextCursor } = page(rows, query.limit, (doc) => [doc.started.getTime(), doc._id]);
  return ok(
    list(
      shown.map((doc) => auctionView(principal, doc, doc.as_of)),
      nextCursor,
    ),
  );
}

async function readOne(deps: RouteDeps, call: Call): Promise<Handled> {
  const doc = await ownAuction(call);
  if (doc instanceof Problem) return doc;
  const live = doc.status === 'open' ? await deps.auctions.describe(doc._id) : undefined;
  return ok(auctionView(call.principal, doc, live ? new Date(deps.now()) : doc.as_of, live));
}

/** Where it stands at once, and again at every change; the last event says that it is closed. */
async function watch(deps: RouteDeps, call: Call): Promise<Handled> {
  const doc = await ownAuction(call);
  if (doc instanceof Problem) return doc;
  const { principal } = call;
  return {
    ...ok(null),
    stream: (send) => {
      let sentRev = -1;
      let shown = '';
      let pushes = 0;
      const push = async (now: AuctionDoc) => {
        const at = await nowOf(deps, now);
        if (now.rev <= sentRev) return;
        sentRev = now.rev;
        const last = now.status === 'closed';
        const { time_left_ms, ...stands } = auctionPush(principal, now, at);
        // A publication that shows nothing new was of something that is nobody else's business.
        if (shown === (shown = JSON.stringify(stands))) return;
        send({ id: String(++pushes), event: last ? 'closed' : 'auction', data: { ...stands, time_left_ms }, last });
      };
      void push(doc);
      return deps.feed.watch(doc._id, (now) => void push(now));
    },
  };
}

/** The time an auction lives by; as it was when it last spoke, where its clock does not answer. */
async function nowOf({ engine, now }: RouteDeps, { test_clock, as_of }: AuctionDoc): Promise<number> {
  if (test_clock === undefined) return now();
  return (await engine.describeClock(test_clock))?.now ?? as_of.getTime();
}

const READ = { registrar: 'any', operator: 'any' } as const;

export const auctionRoutes = (deps: RouteDeps): Route[] => [
  { method: 'GET', path: '/v1/auctions', access: READ, handle: (call) => listOwn(deps, call) },
  { method: 'GET', path: '/v1/auctions/:id', access: READ, handle: (call) => readOne(deps, call) },
  { method: 'GET', path: '/v1/auctions/:id/stream', access: READ, handle: (call) => watch(deps, call) },
];
