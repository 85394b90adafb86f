/** Names of the sandbox: their script, told to the simulated registry, and what the engine keeps of them. */
import { SandboxRefused, type SandboxControl } from '../../registry/sandbox/control.ts';
import {
  changeSandboxName,
  claimSandboxName,
  countNamesUnder,
  deleteSandboxName,
  findSandboxName,
  type SandboxNameDoc,
} from '../../store/sandbox-names.ts';
import { domainWorkflowId, type Tick } from '../../workflows/messages.ts';
import { reaches, type Principal } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, param, type Call, type Handled, type Route } from '../http.ts';
import { iso } from '../views.ts';
import { knownName, TEST_TLD } from '../names.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { underClock } from '../under-clock.ts';
import { readyClock, usableClock } from './test-clocks.ts';
import { awardView, patchBody, patchOf, putBody, sandboxView, storyOf, type PutBody } from './sandbox-view.ts';

const MAX_NAMES_PER_CLOCK = 100;
const CUTOFF_ON_A_CLOCK_S = 900;

type Sandbox = SandboxControl;

/** The name and the sandbox, for keys that reach it. */
function sandboxName(deps: RouteDeps, call: Call): { name: string; sandbox: Sandbox } | Problem {
  const { sandbox } = deps;
  if (!sandbox) return problem('test_mode_off');
  if (!reaches(call.principal, false)) return problem('wrong_mode');
  const known = knownName(param(call, 'name'), deps);
  if (known instanceof Problem) return known;
  if (known.tld !== TEST_TLD)
    return problem('tld_not_supported', { param: 'name', detail: `The sandbox has names under .${TEST_TLD} only.` });
  return { name: known.name, sandbox };
}

const makerOf = (principal: Principal): string | null =>
  principal.kind === 'registrar' ? principal.registrar._id : null;

const mayScript = (principal: Principal, entry: SandboxNameDoc): boolean =>
  principal.kind === 'operator' || entry.registrar === principal.registrar._id;

/** Calls of the sandbox registry; what it refuses is the caller's, that it does not answer is an outage. */
async function told<T>(call: Promise<T>): Promise<T | Problem> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof SandboxRefused)) throw error;
    const extra = { detail: error.message, ...(error.param !== undefined && { param: error.param }) };
    if (error.status === 404) return problem('sandbox_name_not_found');
    return error.code === 'unknown_clock' ? problem('clock_not_found', extra) : problem('invalid_facts', extra);
  }
}

async function put(deps: RouteDeps, call: Call): Promise<Handled> {
  const at = sandboxName(deps, call);
  if (at instanceof Problem) return at;
  const body = read(putBody, call.body);
  if (body instanceof Problem) return body;
  const { name, sandbox } = at;
  const { engine } = deps;
  const before = await findSandboxName(name);
  if (before && !mayScript(call.principal, before)) return problem('sandbox_name_taken');
  const clock = body.test_clock ?? null;
  const refused = clock === null ? undefined : await clockRefused(call, clock, before);
  if (refused) return refused;
  const watched = (await engine.stateOf(domainWorkflowId(name))) === 'running';
  if (watched && (before?.test_clock ?? null) !== clock) return problem('sandbox_name_in_use', { param: 'test_clock' });
  const notReady = clock === null || watched ? undefined : await readyClock(engine, clock);
  if (notReady) return notReady;
  const maker = makerOf(call.principal);
  return underClock(engine, watched && clock !== null ? clock : undefined, name, async (tick) => {
    const written = await write(sandbox, { name, maker, body, clock, principal: call.principal });
    if (watched && !(written instanceof Problem)) await engine.check(name, tick satisfies Tick | undefined);
    return written;
  });
}

async function clockRefused(call: Call, clock: string, before: SandboxNameDoc | null): Promise<Problem | undefined> {
  const usable = await usableClock(call.principal, clock);
  if (usable instanceof Problem) return problem('clock_not_found', { param: 'test_clock' });
  if (before?.test_clock === clock) return undefined;
  return (await countNamesUnder(clock)) >= MAX_NAMES_PER_CLOCK ? problem('too_many_names') : undefined;
}

interface Script {
  name: string;
  maker: string | null;
  body: PutBody;
  clock: string | null;
  principal: Principal;
}

/** Takes the name first, so that of two makers at once only one is heard by the registry. */
async function write(sandbox: Sandbox, { name, maker, body, clock, principal }: Script): Promise<Handled> {
  const cutoff_s = body.cutoff_s ?? (clock === null ? 0 : CUTOFF_ON_A_CLOCK_S);
  const { policy = null, restore_rights_days = null } = body;
  const settings = { test_clock: clock, cutoff_s, ...awardView(body), restore_rights_days, policy };
  const isNew = (await findSandboxName(name)) === null;
  const entry = await claimSandboxName({ _id: name, registrar: maker, ...settings });
  if (!mayScript(principal, entry)) return problem('sandbox_name_taken');
  const domain = await told(sandbox.put(name, storyOf(body)));
  if (domain instanceof Problem) {
    if (isNew) await deleteSandboxName(name);
    return domain;
  }
  await changeSandboxName(name, settings);
  return ok(sandboxView({ ...entry, ...settings }, domain));
}

/** The name's entry, where this key may see its script. */
async function ownEntry(
  deps: RouteDeps,
  call: Call,
): Promise<{ entry: SandboxNameDoc; name: string; sandbox: Sandbox } | Problem> {
  const at = sandboxName(deps, call);
  if (at instanceof Problem) return at;
  const entry = await findSandboxName(at.name);
  return entry && mayScript(call.principal, entry) ? { entry, ...at } : problem('sandbox_name_not_found');
}

async function show(deps: RouteDeps, call: Call): Promise<Handled> {
  const own = await ownEntry(deps, call);
  if (own instanceof Problem) return own;
  const domain = await own.sandbox.get(own.name);
  return domain ? ok(sandboxView(own.entry, domain)) : problem('sandbox_name_not_found');
}

async function patch(deps: RouteDeps, call: Call): Promise<Handled> {
  const body = read(patchBody, call.body);
  if (body instanceof Problem) return body;
  const own = await ownEntry(deps, call);
  if (own instanceof Problem) return own;
  const { engine } = deps;
  const { entry, name, sandbox } = own;
  const amend = async (): Promise<Handled> => {
    const domain = await told(sandbox.amend(name, patchOf(body)));
    return domain instanceof Problem ? domain : ok(sandboxView(entry, domain));
  };
  const watched = body.happens && (await engine.stateOf(domainWorkflowId(name))) === 'running';
  if (!watched) return amend();
  return underClock(engine, entry.test_clock ?? undefined, name, async (tick) => {
    const amended = await amend();
    if (!(amended instanceof Problem)) await engine.check(name, tick satisfies Tick | undefined);
    return amended;
  });
}

/** Every create the registry was sent for the name, ours and others'. */
async function book(deps: RouteDeps, call: Call): Promise<Handled> {
  const own = await ownEntry(deps, call);
  if (own instanceof Problem) return own;
  const { entries, refused } = await own.sandbox.book(own.name);
  const data = entries.map(({ at, name_now, ...entry }) => ({ ...entry, at: iso(at), name_now: iso(name_now) }));
  return ok({ object: 'list', data, has_more: false, next_cursor: null, refused });
}

export function sandboxRoutes(deps: RouteDeps): Route[] {
  const path = '/v1/sandbox/domains/:name';
  const writes = { registrar: 'reservations', operator: 'any' } as const;
  const reads = { registrar: 'any', operator: 'any' } as const;
  return [
    { method: 'PUT', path, access: writes, handle: (call) => put(deps, call) },
    { method: 'GET', path, access: reads, handle: (call) => show(deps, call) },
    { method: 'PATCH', path, access: writes, handle: (call) => patch(deps, call) },
    { method: 'GET', path: `${path}/book`, access: reads, handle: (call) => book(deps, call) },
  ];
}
