/** A page for operators' browsers: shown a key once, the Temporal UI in the same browser may have payloads opened for hours. */
import express, { Router, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { principalOfKey } from '../auth.ts';
import { KEY_LIMIT_MS } from '../mount.ts';
import { closeSession, openSession, sessionOf, type Session } from '../operator-session.ts';
import { PROBLEMS, Problem, type ProblemCode } from '../problems.ts';
import { within } from '../within.ts';
import type { CodecDeps } from './codec.ts';

const PATH = '/codec/sign-in';
/** Of one address. Keys cannot be guessed; this keeps somebody from trying at our cost. */
const WRONG_KEYS_PER_MINUTE = 10;

export function signInRoutes(deps: CodecDeps): Router {
  const routes = Router();
  const limit = rateLimit({
    windowMs: 60_000,
    limit: WRONG_KEYS_PER_MINUTE,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // Behind a proxy all share its address, which makes this stricter, not weaker.
    validate: { xForwardedForHeader: false },
    handler: (_request, response) =>
      show(response, form('rate_limited', 'Too many wrong keys. Try again in a minute.')),
  });
  routes.get('/sign-in', async (request, response) => {
    const session = await within(KEY_LIMIT_MS, sessionOf(request, deps));
    show(response, session ? signedIn(session, deps.codec.uiOrigin) : form());
  });
  routes.post('/sign-in', limit, express.urlencoded({ extended: false, limit: '2kb' }), (request, response) =>
    signIn(request, response, deps),
  );
  routes.post('/sign-out', (_request, response) => {
    closeSession(response, deps);
    response.redirect(303, PATH);
  });
  return routes;
}

async function signIn(request: Request, response: Response, deps: CodecDeps): Promise<void> {
  const { key: given } = (request.body ?? {}) as Record<string, unknown>;
  const key = typeof given === 'string' ? given.trim() : '';
  const principal = await within(KEY_LIMIT_MS, principalOfKey(key, { ...deps, now: new Date(deps.now()) }));
  if (principal instanceof Problem) return show(response, form(principal.code, 'This is not a valid key.'));
  if (principal.kind !== 'operator') return show(response, form('forbidden', 'This key is not an operator’s.'));
  if (!principal.modes.includes('live')) return show(response, form('forbidden', 'This key is of test mode only.'));
  openSession(response, principal, key, deps);
  response.redirect(303, PATH);
}

interface Page {
  status: number;
  body: string;
}

const form = (code?: ProblemCode, said = ''): Page => ({
  status: code === undefined ? 200 : PROBLEMS[code].status,
  body: `<form method="post" action="${PATH}">
    <p>Temporal keeps budgets and maxima sealed. Sign in to see them in its Web UI.</p>
    ${said === '' ? '' : `<p role="alert">${said}</p>`}
    <label>Operator key <input name="key" type="password" autocomplete="off" required autofocus></label>
    <button>Sign in</button>
  </form>`,
});

const signedIn = ({ operator, until }: Session, uiOrigin: string | undefined): Page => ({
  status: 200,
  body: `<p role="status">Signed in with the key <code>${operator.key}</code> until ${new Date(until).toISOString()}.</p>
  <p>Once in each browser: in the Temporal UI’s codec server settings choose the browser’s own setting, with the endpoint
  <code>/codec</code> of this address, and switch on <em>Include cross-origin credentials</em>.</p>
  ${uiOrigin === undefined ? '' : `<p><a href="${uiOrigin}">To the Temporal UI</a></p>`}
  <form method="post" action="/codec/sign-out"><button>Sign out</button></form>`,
});

function show(response: Response, { status, body }: Page): void {
  response
    .status(status)
    .set({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    })
    .type('html').send(`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Backorder: operators</title>
  <style>body { font: 1rem/1.5 system-ui; max-width: 36rem; margin: 4rem auto; padding: 0 1rem } [role=alert] { color: #a00 }</style>
</head>
<body>
  <h1>Backorder</h1>
  ${body}
</body>
</html>
`);
}
