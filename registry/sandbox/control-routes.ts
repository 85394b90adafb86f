/** The sandbox from behind the counter: writing a name's story, moving test clocks, reading the book of creates. */
import { json, Router, type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { isResultCode } from './answers.ts';
import { readName, sameSecret } from './commands.ts';
import { instant, storyInput, storyPatch } from './facts.ts';
import { nextTransition, project, purgeOf, stagesOf } from './projection.ts';
import type { SandboxRegistry } from './registry.ts';

const clockInput = z.strictObject({ now: instant });
const clockId = /^[\w.:-]{1,100}$/;

/** All under the bearer token. Refusals are `{code, param?, detail}` with 4xx. */
export function controlRoutes(registry: SandboxRegistry, token: string): Router {
  const routes = Router();
  routes.use((request, response, next) => {
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (sameSecret(given, token)) next();
    else
      refuse(
        response,
        401,
        'unauthorized',
        undefined,
        'the bearer token of $BACKORDER_HOME/sandbox/control-token is needed',
      );
  });
  routes.use(json({ limit: '100kb' }));
  addDomains(routes, registry);
  addClocks(routes, registry);
  return routes;
}

function addDomains(routes: Router, registry: SandboxRegistry): void {
  routes.put('/domains/:name', named, async (request, response) => {
    const name = nameIn(request);
    const read = storyInput.safeParse(request.body);
    if (!read.success) return refuseBody(response, read.error);
    const { create_result } = read.data;
    if (create_result !== undefined && !isResultCode(create_result))
      return refuse(response, 422, 'invalid_facts', 'create_result', 'is no EPP result code');
    const refusal = await registry.put(name, read.data);
    if (refusal) return refuse(response, 422, refusal.code, refusal.param, refusal.detail);
    return show(name, response);
  });
  routes.patch('/domains/:name', named, async (request, response) => {
    const read = storyPatch.safeParse(request.body);
    if (!read.success) return refuseBody(response, read.error);
    const { create_result = null } = read.data;
    if (create_result !== null && !isResultCode(create_result))
      return refuse(response, 422, 'invalid_facts', 'create_result', 'is no EPP result code');
    const amended = await registry.amend(nameIn(request), read.data);
    if (amended === false) return notFound(response);
    if (amended !== true) return refuse(response, 422, amended.code, amended.param, amended.detail);
    return show(nameIn(request), response);
  });
  routes.get('/domains/:name', named, (request, response) => show(nameIn(request), response));
  routes.get('/domains/:name/book', named, (request, response) => {
    const { entries, refused } = registry.book(nameIn(request));
    response.json({ name: nameIn(request), entries, refused });
  });

  function show(name: string, response: Response): void {
    const facts = registry.factsOf(name);
    if (!facts) return notFound(response);
    const now = registry.nowOf(name);
    response.json({
      name,
      facts: facts.story ?? null,
      now,
      state: project(facts, now),
      next_transition: nextTransition(facts, now),
      drops_at: purgeOf(facts),
      stages: stagesOf(facts),
    });
  }
}

function addClocks(routes: Router, registry: SandboxRegistry): void {
  routes.put('/clocks/:id', async (request, response) => {
    const { id } = request.params;
    const read = clockInput.safeParse(request.body);
    if (!clockId.test(id))
      return refuse(response, 422, 'invalid_clock', 'id', 'must be 1 to 100 of letters, digits, _ . : -');
    if (!read.success) return refuseBody(response, read.error);
    if (!(await registry.setClock(id, read.data.now)))
      return refuse(response, 422, 'clock_backwards', 'now', 'a clock only moves forward');
    return response.json({ id, now: read.data.now });
  });
  routes.delete('/clocks/:id', async (request, response) => {
    await registry.removeClock(request.params.id);
    response.status(204).end();
  });
  routes.get('/clocks/:id/next', (request, response) => {
    const now = registry.clockNow(request.params.id);
    if (now === undefined) return notFound(response);
    const after = request.query['after'] === undefined ? now : Number(request.query['after']);
    if (!Number.isFinite(after)) return refuse(response, 422, 'invalid_parameter', 'after', 'must be epoch ms');
    return response.json(registry.nextOf(request.params.id, after));
  });
  routes.get('/clocks/:id/names', (request, response) => {
    if (registry.clockNow(request.params.id) === undefined) return notFound(response);
    return response.json({ names: registry.namesOf(request.params.id) });
  });
}

function named(request: Request, response: Response, next: NextFunction): void {
  const read = readName(String(request.params['name']));
  if ('name' in read) next();
  else refuse(response, 422, 'invalid_domain', 'name', 'must be a name directly under .test');
}

const nameIn = (request: Request): string => String(request.params['name']).toLowerCase();

const notFound = (response: Response): void => refuse(response, 404, 'not_found', undefined, 'nothing of that name');

function refuseBody(response: Response, error: z.ZodError): void {
  const issue = error.issues[0];
  const param = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  refuse(response, 422, 'invalid_facts', param || undefined, issue?.message ?? 'is not valid');
}

function refuse(response: Response, status: number, code: string, param: string | undefined, detail: string): void {
  response.status(status).json({ code, ...(param === undefined ? {} : { param }), detail });
}
