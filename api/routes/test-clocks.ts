/** Test clocks: made, read, moved, deleted. A clock belongs to its maker; an operator's may be used by all. */
import pLimit from 'p-limit';
import { z } from 'zod';
import type { SandboxControl } from '../../registry/sandbox/control.ts';
import { openUnderClock } from '../../store/reservation-queries.ts';
import { deleteNamesUnder } from '../../store/sandbox-names.ts';
import {
  deleteTestClock,
  endTestClock,
  findTestClock,
  insertTestClock,
  listTestClocks,
  rememberClock,
  type TestClockDoc,
} from '../../store/test-clocks.ts';
import type { ClockView } from '../../workflows/messages.ts';
import { reaches, scopeOf, type Principal } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import type { Engine } from '../engine.ts';
import { created, list, ok, page, param, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { requestedId } from '../ids.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { instant, pageQuery, personName } from '../schemas.ts';
import { clockProblem } from '../under-clock.ts';
import { attentionView, iso } from '../views.ts';
import { CLOCK_DELETED, leaveQueue } from '../leave.ts';
import { decisionBody } from './reservation-schemas.ts';

const createBody = z.strictObject({ frozen_time: instant, name: personName.optional() });
const advanceBody = z.strictObject({ frozen_time: instant });
const listQuery = z.strictObject(pageQuery);

const owns = (principal: Principal, doc: TestClockDoc): boolean =>
  principal.kind === 'operator' || doc.registrar === principal.registrar._id;

/** A clock this key may put names under. */
export async function usableClock(principal: Principal, id: string): Promise<TestClockDoc | Problem> {
  const doc = await findTestClock(id);
  return doc && (doc.registrar === null || owns(principal, doc)) ? doc : problem('clock_not_found');
}

/** Undefined: it stands still. Rejects where nobody says so. */
export async function readyClock(engine: Engine, clock: string): Promise<Problem | undefined> {
  const view = await engine.awaitClock(clock);
  if (view?.status === 'ready') return undefined;
  return clockProblem(view?.status === 'advancing' ? 'advancing' : 'gone');
}

function clockView(doc: TestClockDoc, live: ClockView | undefined, principal: Principal) {
  const now = live?.now ?? doc.frozen_at;
  const target = live?.target ?? doc.target;
  return {
    id: doc._id,
    object: 'test_clock',
    livemode: false,
    name: doc.name,
    created: doc.created.toISOString(),
    frozen_time: iso(now),
    target: target > now ? iso(target) : null,
    status: live?.status ?? (target > now ? 'advancing' : 'ready'),
    // Whoever shares an operator's clock learns nothing of the names others have under it.
    waiting_for: owns(principal, doc) ? (live?.waitingFor ?? []) : [],
    needs_attention: live?.attention ? attentionView(live.attention) : null,
  };
}

/** The clock as it is now. Where it stands still is remembered for when nobody answers: one that has just arrived is not ready yet. */
async function lookAt({ engine }: RouteDeps, doc: TestClockDoc): Promise<ClockView | undefined> {
  const live = await engine.describeClock(doc._id);
  if (live?.status === 'ready' && live.now !== doc.frozen_at)
    await rememberClock(doc._id, { frozen_at: live.now, target: live.target });
  return live;
}

/** For keys that reach test mode, where there is one. */
function allowed(deps: RouteDeps, { principal }: Call): SandboxControl | Problem {
  if (!deps.sandbox) return problem('test_mode_off');
  return reaches(principal, false) ? deps.sandbox : problem('wrong_mode');
}

async function create(deps: RouteDeps, call: Call): Promise<Handled> {
  const sandbox = allowed(deps, call);
  if (sandbox instanceof Problem) return sandbox;
  const body = read(createBody, call.body);
  if (body instanceof Problem) return body;
  const { principal } = call;
  const id = requestedId('clk', deps.secret, scopeOf(principal), call.idempotencyKey);
  const frozen = body.frozen_time;
  const doc = await insertTestClock({
    _id: id,
    registrar: principal.kind === 'registrar' ? principal.registrar._id : null,
    name: body.name ?? null,
    frozen_at: frozen,
    target: frozen,
    created: new Date(deps.now()),
  });
  await sandbox.setClock(id, doc.frozen_at);
  await deps.engine.startClock(id, doc.frozen_at);
  return created(clockView(doc, undefined, principal), `/v1/test_clocks/${id}`);
}

async function listAll(deps: RouteDeps, call: Call): Promise<Handled> {
  const sandbox = allowed(deps, call);
  if (sandbox instanceof Problem) return sandbox;
  const query = read(listQuery, call.query);
  if (query instanceof Problem) return query;
  const after = readCursor(query.cursor);
  if (after instanceof Problem) return after;
  const { principal } = call;
  const rows = await listTestClocks(
    principal.kind === 'registrar' ? principal.registrar._id : null,
    after,
    query.limit + 1,
  );
  const { shown, nextCursor } = page(rows, query.limit, (doc) => [doc.created.getTime(), doc._id]);
  const atOnce = pLimit(8);
  const seen = await Promise.all(
    shown.map((doc) => atOnce(async () => clockView(doc, await lookAt(deps, doc), principal))),
  );
  return ok(list(seen, nextCursor));
}

async function withClock(
  deps: RouteDeps,
  call: Call,
  handle: (doc: TestClockDoc, sandbox: SandboxControl) => Promise<Handled>,
): Promise<Handled> {
  const sandbox = allowed(deps, call);
  if (sandbox instanceof Problem) return sandbox;
  const doc = await usableClock(call.principal, param(call, 'id'));
  return doc instanceof Problem ? doc : handle(doc, sandbox);
}

async function advance(deps: RouteDeps, call: Call, doc: TestClockDoc): Promise<Handled> {
  const body = read(advanceBody, call.body);
  if (body instanceof Problem) return body;
  const to = body.frozen_time;
  const moving = await deps.engine.advance(doc._id, to);
  if (moving !== 'moving') {
    // An answer that got lost is asked for again with the same key: it goes there, or is there already.
    const live = call.idempotencyKey === undefined ? undefined : await deps.engine.describeClock(doc._id);
    return live?.target === to ? ok(clockView(doc, live, call.principal)) : clockProblem(moving);
  }
  await rememberClock(doc._id, { target: to });
  return ok({
    ...clockView({ ...doc, target: to }, await deps.engine.describeClock(doc._id), call.principal),
    status: 'advancing',
    target: iso(to),
  });
}

/** Support has the step tried again that it stopped at. */
async function retry(deps: RouteDeps, call: Call, doc: TestClockDoc): Promise<Handled> {
  const body = read(decisionBody, call.body);
  if (body instanceof Problem) return body;
  const attention = (await deps.engine.awaitClock(doc._id))?.attention;
  if (!attention) return problem('nothing_to_decide');
  if (attention.id !== body.attention) return problem('attention_changed', { param: 'attention' });
  const answer = await deps.engine.decide(attention.workflow, { ...body, action: 'retry' });
  if (answer !== 'decided') return problem(answer === 'gone' ? 'nothing_to_decide' : answer);
  return ok(clockView(doc, await lookAt(deps, doc), call.principal));
}

/**
 * Its open reservations leave their queues first: a claim without a clock would wait for ever. One that is placed meanwhile is seen
 * once the clock takes no more, or sees by itself that it does not (`place`).
 */
async function remove(deps: RouteDeps, call: Call, doc: TestClockDoc, sandbox: SandboxControl): Promise<Handled> {
  if (!owns(call.principal, doc)) return problem('forbidden', { detail: 'Only its maker may delete a test clock.' });
  const kept = await emptyClock(deps, call, doc);
  if (kept) return kept;
  await endTestClock(doc._id);
  await deps.engine.closeClock(doc._id);
  const late = await emptyClock(deps, call, doc);
  if (late) return late;
  await sandbox.removeClock(doc._id);
  await deleteNamesUnder(doc._id);
  await deleteTestClock(doc._id);
  return ok({ id: doc._id, object: 'test_clock', deleted: true });
}

/** One after the other: each enters the clock, which must have settled before the next does. */
async function emptyClock(deps: RouteDeps, { principal }: Call, doc: TestClockDoc): Promise<Problem | undefined> {
  for (const reservation of await openUnderClock(doc._id)) {
    const own = principal.kind === 'registrar' && principal.registrar._id === reservation.registrar;
    const left = await leaveQueue(deps, reservation, own ? { by: 'by_registrar' } : CLOCK_DELETED);
    if (left && left.code !== 'reservation_ended') return left;
  }
  return undefined;
}

export function testClockRoutes(deps: RouteDeps): Route[] {
  const writes = { registrar: 'reservations', operator: 'any' } as const;
  const reads = { registrar: 'any', operator: 'any' } as const;
  const one = '/v1/test_clocks/:id';
  const show = async (call: Call, doc: TestClockDoc) => ok(clockView(doc, await lookAt(deps, doc), call.principal));
  return [
    { method: 'POST', path: '/v1/test_clocks', access: writes, handle: (call) => create(deps, call) },
    { method: 'GET', path: '/v1/test_clocks', access: reads, handle: (call) => listAll(deps, call) },
    { method: 'GET', path: one, access: reads, handle: (call) => withClock(deps, call, (doc) => show(call, doc)) },
    {
      method: 'POST',
      path: `${one}/advance`,
      access: writes,
      handle: (call) => withClock(deps, call, (doc) => advance(deps, call, doc)),
    },
    {
      method: 'POST',
      path: `${one}/retry`,
      access: { operator: 'support' },
      handle: (call) => withClock(deps, call, (doc) => retry(deps, call, doc)),
    },
    {
      method: 'DELETE',
      path: one,
      access: writes,
      handle: (call) => withClock(deps, call, (doc, sandbox) => remove(deps, call, doc, sandbox)),
    },
  ];
}
