/** The HTTP application, from its parts: nothing here starts or connects, so that a test can call it with parts of its own. */
import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { kindOf } from '../logging.ts';
import type { KeyStore } from './auth.ts';
import type { RouteDeps } from './deps.ts';
import { healthRoutes, type Health } from './health.ts';
import type { Route } from './http.ts';
import { randomId } from './ids.ts';
import type { Turns } from './idempotency.ts';
import { mount, refuse } from './mount.ts';
import { isOutage } from './outages.ts';
import { problem, type Problem } from './problems.ts';
import { auctionRoutes } from './routes/auctions.ts';
import { bidRoutes } from './routes/bids.ts';
import { accountRoutes } from './routes/account.ts';
import { codecRoutes, type CodecSettings } from './routes/codec.ts';
import { customerRoutes } from './routes/customers.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { awardRoutes } from './routes/domains-award.ts';
import { dropListRoutes } from './routes/drop-lists.ts';
import { domainRoutes } from './routes/domains.ts';
import { similarRoutes } from './routes/domains-similar.ts';
import { keyRoutes } from './routes/keys.ts';
import { offerRoutes } from './routes/offers.ts';
import { paymentRoutes } from './routes/payments.ts';
import { problemRoutes } from './routes/problems.ts';
import { registrarRoutes } from './routes/registrars.ts';
import { registrationRoutes } from './routes/registration.ts';
import { reportRoutes } from './routes/report.ts';
import { reservationRoutes } from './routes/reservations.ts';
import { sandboxRoutes } from './routes/sandbox.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { strikeRoutes } from './routes/strikes.ts';
import { testClockRoutes } from './routes/test-clocks.ts';
import { tldRoutes } from './routes/tlds.ts';

export interface AppDeps extends RouteDeps {
  adminKey: string;
  keys: KeyStore;
  turns: Turns;
  ratePerMinute: number;
  health: Health;
  codec: CodecSettings;
  log: Logger;
}

export const allRoutes = (deps: RouteDeps): Route[] => [
  ...registrarRoutes(deps),
  ...keyRoutes(deps),
  ...tldRoutes(deps),
  ...sandboxRoutes(deps),
  ...testClockRoutes(deps),
  ...reservationRoutes(deps),
  ...registrationRoutes(deps),
  ...reportRoutes(deps),
  ...decisionRoutes(deps),
  ...offerRoutes(deps),
  ...auctionRoutes(deps),
  ...bidRoutes(deps),
  ...domainRoutes(deps),
  ...similarRoutes(deps),
  ...awardRoutes(deps),
  ...customerRoutes(deps),
  ...accountRoutes(deps),
  ...paymentRoutes(deps),
  ...strikeRoutes(deps),
  ...dropListRoutes(deps),
];

export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('etag');
  app.use(helmet(), identified, logged(deps.log));
  app.use(healthRoutes(deps.health));
  app.use(problemRoutes());
  app.use('/codec', signInRoutes(deps), codecRoutes(deps));
  app.use('/v1', mount(allRoutes(deps).map(underV1), { ...deps, sandbox: deps.sandbox !== undefined }));
  app.use((request, response) => refuse(request, response, problem('not_found')));
  app.use(onError(deps.log));
  return app;
}

const underV1 = (route: Route): Route => ({ ...route, path: route.path.slice('/v1'.length) });

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** A request keeps the id its sender gave it, where that can do no harm in a log. */
function identified(request: Request, response: Response, next: () => void): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomId('req');
  response.locals['requestId'] = id;
  response.set('x-request-id', id);
  next();
}

/** A path as it may be logged. A customer's id is its registrar's own, an address or a name with some; and what is mistyped may hold one anywhere. */
const impersonal = (url: string): string => {
  const path = (url.split('?', 1)[0] ?? '').replace(/(\/customers\/).*$/i, '$1…');
  return path.replace(/[^/]+/g, (segment) => (/@|%40/.test(segment) ? '…' : segment));
};

/** One line a request: method, path and outcome. No headers, no bodies, and no query, which may name a person. */
const logged = (log: Logger) =>
  pinoHttp<Request, Response>({
    logger: log,
    genReqId: (_request, response) => String(response.locals['requestId'] ?? randomUUID()),
    autoLogging: { ignore: ({ url }) => url === '/livez' || url === '/readyz' },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
    customProps: (_request, response) => ({ key: (response.locals['principal'] as { key?: string } | undefined)?.key }),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: impersonal(url),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
    // The error itself is logged where it is turned into a problem.
    customErrorObject: (_request, _response, _error, { err: _known, ...line }: { err?: unknown }) => line,
  });

/** Its kind and its place are enough. */
function errorFacts(error: unknown) {
  const { stack } = (error ?? {}) as { stack?: string };
  const at = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { ...kindOf(error), at: at?.slice(0, 8).map((line) => line.trim()) };
}

/** What express and its body parser throw (`type`), outages, and what nobody expected. */
function problemOf(error: unknown): Problem {
  if (isOutage(error)) return problem('engine_unavailable');
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  if (type === 'entity.too.large') return problem('body_too_large');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported') return problem('unsupported_media_type');
  if (isUndecodable(error)) return problem('undecodable_body');
  if (status === 400) return problem(type === undefined ? 'not_found' : 'malformed_json');
  return problem('internal_error');
}

/** What zlib says of a body that is not in the encoding its header names. */
const isUndecodable = (error: unknown): boolean => String((error as { code?: unknown } | null)?.code).startsWith('Z_');

const onError =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const refusal = problemOf(error);
    const id = response.locals['requestId'] as string;
    if (refusal.status === 503) log.warn({ type: (error as Error).name, request: id }, refusal.code);
    else if (refusal.status >= 500) log.error({ ...errorFacts(error), request: id }, refusal.code);
    if (response.headersSent) response.destroy();
    else refuse(request, response, refusal);
  };
