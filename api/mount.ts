/** Routes mounted on Express: who may call, how often, with what body; then the route's function; then one place that answers. */
import express, { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { authenticate, authorize, type KeyStore, type Principal } from './auth.ts';
import { concernOf } from './concerns.ts';
import type { Call, Handled, Route } from './http.ts';
import { isIdempotencyKey, once, sealWith, type Turns } from './idempotency.ts';
import { streamTo } from './streams.ts';
import { problem, Problem, problemBody } from './problems.ts';
import { within } from './within.ts';

const BODY_LIMIT = '100kb';
/** What a hanging call may still do is found by the same Idempotency-Key. Under the lease of an idempotency lock: whoever gets the turn next finds nobody at work. */
const HANDLE_LIMIT_MS = 9_000;
const MAX_DEPTH = 20;
export const KEY_LIMIT_MS = 3_000;

export interface MountDeps {
  adminKey: string;
  secret: string;
  keys: KeyStore;
  turns: Turns;
  sandbox: boolean;
  ratePerMinute: number;
  now(): number;
}

export const requestIdOf = (response: Response): string => String(response.locals['requestId']);
const principalOf = (response: Response): Principal => response.locals['principal'] as Principal;

export function refuse(request: Request, response: Response, refusal: Problem): void {
  const { extra } = refusal;
  if (refusal.status === 401) response.set('www-authenticate', 'Bearer realm="backorder"');
  if (refusal.status === 503) response.set('retry-after', String(extra.retryAfterS ?? 1));
  else if (extra.retryAfterS !== undefined) response.set('retry-after', String(extra.retryAfterS));
  if (extra.allow) response.set('allow', extra.allow.join(', '));
  const path = request.originalUrl.split('?')[0] ?? '/';
  response
    .status(refusal.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(refusal, path, requestIdOf(response))));
}

export function mount(routes: readonly Route[], deps: MountDeps): Router {
  const router = Router();
  router.use(
    known(deps),
    limited(deps.ratePerMinute),
    unlessFile(routes, typed),
    unlessFile(routes, express.json({ limit: BODY_LIMIT, type: 'application/json' })),
  );
  const methods = new Map<string, Route[]>();
  for (const route of routes) methods.set(route.path, [...(methods.get(route.path) ?? []), route]);
  const seal = sealWith(deps.secret);
  for (const [path, sharing] of methods) {
    const at = router.route(path);
    for (const route of sharing) at[lower(route.method)](handler(route, deps, seal));
    const allow = sharing.map(({ method }) => method);
    at.all((request, response) => refuse(request, response, problem('method_not_allowed', { allow })));
  }
  return router;
}

/** A file is left for its route to read. */
function unlessFile(routes: readonly Route[], handle: RequestHandler): RequestHandler {
  const files = routes.filter(({ takesFile }) => takesFile);
  return (request, response, next) =>
    files.some(({ method, path }) => method === request.method && path === request.path.replace(/\/$/, ''))
      ? next()
      : handle(request, response, next);
}

const lower = (method: Route['method']) => method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who calls, before anything of the body is read. */
const known =
  ({ adminKey, keys, now }: MountDeps): RequestHandler =>
  async (request, response, next) => {
    const asked = authenticate(request.headers.authorization, { adminKey, keys, now: new Date(now()) });
    const principal = await within(KEY_LIMIT_MS, asked);
    if (principal instanceof Problem) return refuse(request, response, principal);
    response.locals['principal'] = principal;
    return next();
  };

/** So many calls of each key; `response.locals.principal` is known by now. */
export const limited = (perMinute: number): RequestHandler =>
  rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    keyGenerator: (_request, response) => principalOf(response).key,
    handler: (request, response) => refuse(request, response, problem('rate_limited')),
  });

/** A body of another type is refused: express.json would pass it over, and the call would look empty. */
export function typed(request: Request, response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is('application/json')) refuse(request, response, problem('unsupported_media_type'));
  else next();
}

/** By level, for a body of brackets alone would overflow whatever goes down into it. */
function isDeeper(value: unknown, levels: number): boolean {
  let layer: unknown[] = [value];
  for (let at = 0; at <= levels && layer.length > 0; at++)
    layer = layer.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  return layer.length > 0;
}

function handler(
  { access, handle, method, takesFile }: Route,
  deps: MountDeps,
  seal: ReturnType<typeof sealWith>,
): RequestHandler {
  const changes = method !== 'GET';
  return async (request, response) => {
    const principal = principalOf(response);
    const barred = authorize(principal, { access, changes, sandbox: deps.sandbox });
    if (barred) return refuse(request, response, barred);
    const idempotencyKey = method === 'POST' ? request.headers['idempotency-key'] : undefined;
    if (idempotencyKey !== undefined && !isIdempotencyKey(String(idempotencyKey)))
      return refuse(request, response, problem('invalid_idempotency_key'));
    if (isDeeper(request.body, MAX_DEPTH))
      return refuse(request, response, problem('malformed_json', { detail: 'The body is nested too deeply.' }));
    const call: Call = {
      principal,
      path: `${request.baseUrl}${request.path}`,
      params: request.params as Record<string, string>,
      query: request.query,
      body: request.body ?? {},
      prefersAsync: /(^|,)\s*respond-async\s*(,|;|$)/i.test(String(request.headers['prefer'] ?? '')),
      prefersHtml: request.accepts(['json', 'html']) === 'html',
      ...(idempotencyKey !== undefined && { idempotencyKey: String(idempotencyKey) }),
    };
    const turns = { turns: deps.turns, seal, now: deps.now, concerns: concernOf(call, deps.secret) };
    const takeTurn = async (body: unknown, act: () => Promise<Handled>): Promise<Handled> => {
      const { handled, replayed } = await once({ ...call, body }, method, turns, () => within(HANDLE_LIMIT_MS, act()));
      if (replayed) response.set('idempotency-replayed', 'true');
      return handled;
    };
    // A file takes as long as it takes to arrive; what comes of it is bounded like any other call.
    const handled = takesFile
      ? await handle({ ...call, file: { stream: request, once: takeTurn } })
      : await takeTurn(call.body, () => handle(call));
    return answer(request, response, handled);
  };
}

function answer(request: Request, response: Response, handled: Handled): void {
  if (handled instanceof Problem) return refuse(request, response, handled);
  response.status(handled.status).set({ 'cache-control': 'no-store', ...handled.headers });
  if (handled.stream) streamTo(response, handled.stream);
  else if (handled.html !== undefined) response.type('html').send(handled.html);
  else response.json(handled.body);
}
