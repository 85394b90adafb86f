/**
 * Temporal's codec server protocol, for those who operate it: the Web UI and `temporal --codec-endpoint` post what a history
 * holds and get it back with budgets and maxima opened. It only decodes: what goes into a workflow comes through the API.
 */
import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { CannotUnseal, SEALED_MARK } from '../../temporal/sealing.ts';
import { authenticate, authorize, type OperatorPrincipal } from '../auth.ts';
import { KEY_LIMIT_MS, limited, refuse, typed } from '../mount.ts';
import { sessionOf, type SessionDeps } from '../operator-session.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { within } from '../within.ts';

export interface CodecSettings {
  unseal: Pick<PayloadCodec, 'decode'>;
  /** Whose page may ask from a browser; undefined: nobody's. */
  uiOrigin: string | undefined;
  /** Cookies go over TLS alone. */
  secureCookie: boolean;
}

export interface CodecDeps extends SessionDeps {
  codec: CodecSettings;
  ratePerMinute: number;
}

/** What Temporal sends at most in one message, in base64. */
const BODY_LIMIT = '6mb';

/** Bytes as protobuf's JSON has them: base64 of either alphabet. */
const bytes = z.string().regex(/^[\w+/-]*={0,2}$/, 'must be base64');
const payloads = z.object({
  payloads: z.array(z.looseObject({ metadata: z.record(z.string(), bytes).optional(), data: bytes.optional() })),
});
type SentPayload = z.infer<typeof payloads>['payloads'][number];

export function codecRoutes(deps: CodecDeps): Router {
  const routes = Router();
  routes.use(sharedWith(deps.codec.uiOrigin));
  const body = [typed, express.json({ limit: BODY_LIMIT })];
  routes.post('/decode', operatorsOnly(deps), limited(deps.ratePerMinute), ...body, decode(deps.codec.unseal));
  routes.all('/decode', (request, response) =>
    refuse(request, response, problem('method_not_allowed', { allow: ['POST'] })),
  );
  routes.use(tooLarge);
  return routes;
}

/** CORS for one origin, with credentials. Another one is told nothing, and its browser keeps the answer from it. */
const sharedWith =
  (origin: string | undefined): RequestHandler =>
  (request, response, next) => {
    response.vary('origin');
    if (origin !== undefined && request.headers.origin === origin)
      response.set({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
    if (request.method !== 'OPTIONS') return next();
    response.set({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, authorization, x-namespace',
      'access-control-max-age': '600',
    });
    return void response.status(204).end();
  };

/** By key (the CLI's --codec-auth) or by the cookie of a signed-in browser. */
const operatorsOnly =
  (deps: CodecDeps): RequestHandler =>
  async (request, response, next) => {
    const operator = await within(KEY_LIMIT_MS, operatorOf(request, deps));
    if (operator instanceof Problem) return refuse(request, response, operator);
    response.locals['principal'] = operator;
    return next();
  };

async function operatorOf(request: Request, deps: CodecDeps): Promise<OperatorPrincipal | Problem> {
  const { authorization } = request.headers;
  const principal =
    authorization === undefined
      ? ((await sessionOf(request, deps))?.operator ??
        problem('unauthenticated', { detail: 'Sign in at /codec/sign-in, or send an operator key as "Bearer <key>".' }))
      : await authenticate(authorization, { ...deps, now: new Date(deps.now()) });
  if (principal instanceof Problem) return principal;
  const barred = authorize(principal, { access: { operator: 'any' }, changes: false, sandbox: true });
  if (barred || principal.kind !== 'operator') return barred ?? problem('forbidden');
  // What is sealed does not say which mode it is of.
  return principal.modes.includes('live')
    ? principal
    : problem('forbidden', { detail: 'This call needs an operator key of live mode.' });
}

const decode =
  (unseal: CodecSettings['unseal']): RequestHandler =>
  async (request: Request, response: Response) => {
    const sent = read(payloads, request.body ?? {});
    if (sent instanceof Problem) return refuse(request, response, sent);
    try {
      const opened = await Promise.all(sent.payloads.map((payload) => open(payload, unseal)));
      response.set('cache-control', 'no-store').json({ payloads: opened });
    } catch (error) {
      if (!(error instanceof CannotUnseal)) throw error;
      refuse(request, response, problem('cannot_unseal', { detail: `${error.message}.` }));
    }
  };

async function open(payload: SentPayload, unseal: CodecSettings['unseal']): Promise<SentPayload> {
  if (payload.metadata?.[SEALED_MARK] === undefined) return payload;
  const metadata = mapValues(payload.metadata, (value) => Buffer.from(value, 'base64'));
  const [opened] = await unseal.decode([{ metadata, data: Buffer.from(payload.data ?? '', 'base64') }]);
  return {
    ...payload,
    metadata: mapValues(opened?.metadata ?? {}, base64),
    data: base64(opened?.data ?? Buffer.alloc(0)),
  };
}

const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
const mapValues = <A, B>(of: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));

const tooLarge: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if ((error as { type?: string }).type !== 'entity.too.large') return next(error);
  return refuse(request, response, problem('body_too_large', { detail: 'A body may have 6 MB here.' }));
};
