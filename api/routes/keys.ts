/** Operator: keys, a registrar's and its own. A secret is shown once, in the answer that makes it. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  findKey,
  insertKey,
  listKeys,
  OPERATOR_SCOPES,
  REGISTRAR_SCOPES,
  revokeKey,
  type KeyDoc,
} from '../../store/keys.ts';
import { findRegistrar } from '../../store/registrars.ts';
import { hashOfKey } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import { created, list, ok, param, type Call, type Handled, type Route } from '../http.ts';
import { randomId } from '../ids.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { personName } from '../schemas.ts';

const common = { name: personName, mode: z.enum(['test', 'live']) };
const registrarKey = z.strictObject({ ...common, scopes: z.array(z.enum(REGISTRAR_SCOPES)).min(1) });
const operatorKey = z.strictObject({ ...common, scopes: z.array(z.enum(OPERATOR_SCOPES)).min(1) });
/** How long the old key still works beside the new one. */
const rollBody = z.strictObject({ overlap_s: z.int().min(0).max(604_800).default(0) });

const keyView = ({ _id, registrar, name, mode, scopes, hint, created: at, revoked }: KeyDoc) => ({
  id: _id,
  object: 'key',
  registrar,
  name,
  mode,
  scopes,
  hint,
  created: at.toISOString(),
  revoked: revoked?.toISOString() ?? null,
});

type Wanted = Pick<KeyDoc, 'registrar' | 'name' | 'mode' | 'scopes'>;

async function make(wanted: Wanted, now: Date): Promise<{ doc: KeyDoc; secret: string }> {
  const secret = `bk_${wanted.mode}_${randomBytes(32).toString('base64url')}`;
  const scopes = [...new Set(wanted.scopes)];
  const rest = { hash: hashOfKey(secret), hint: secret.slice(-4), created: now, revoked: null };
  const doc: KeyDoc = { _id: randomId('key'), ...wanted, scopes, ...rest };
  await insertKey(doc);
  return { doc, secret };
}

/** Whose keys a call is about: a registrar's that exists, or the operator's (null). */
async function ownerIn(call: Call): Promise<string | null | Problem> {
  const id = call.params['id'];
  if (id === undefined) return null;
  return (await findRegistrar(id)) ? id : problem('registrar_not_found');
}

async function create({ now, sandbox }: RouteDeps, call: Call): Promise<Handled> {
  const registrar = await ownerIn(call);
  if (registrar instanceof Problem) return registrar;
  const body = registrar === null ? read(operatorKey, call.body) : read(registrarKey, call.body);
  if (body instanceof Problem) return body;
  if (body.mode === 'test' && !sandbox) return problem('test_mode_off', { param: 'mode' });
  const { doc, secret } = await make({ registrar, ...body }, new Date(now()));
  return created({ ...keyView(doc), secret }, `${call.path}/${doc._id}`);
}

async function listOf(call: Call): Promise<Handled> {
  const registrar = await ownerIn(call);
  if (registrar instanceof Problem) return registrar;
  return ok(list((await listKeys(registrar)).map(keyView), null));
}

async function revoke({ now }: RouteDeps, call: Call): Promise<Handled> {
  const doc = await revokeKey(call.params['id'] ?? null, param(call, 'key'), new Date(now()));
  return doc ? ok(keyView(doc)) : problem('key_not_found');
}

async function roll({ now }: RouteDeps, call: Call): Promise<Handled> {
  const body = read(rollBody, call.body);
  if (body instanceof Problem) return body;
  const at = now();
  const old = await findKey(call.params['id'] ?? null, param(call, 'key'));
  if (!old || (old.revoked && old.revoked.getTime() <= at)) return problem('key_not_found');
  const { registrar, name, mode, scopes } = old;
  const { doc, secret } = await make({ registrar, name, mode, scopes }, new Date(at));
  await revokeKey(registrar, old._id, new Date(at + body.overlap_s * 1_000));
  return created({ ...keyView(doc), secret }, call.path.replace(`${old._id}/roll`, doc._id));
}

export function keyRoutes(deps: RouteDeps): Route[] {
  const access = { operator: 'admin' } as const;
  return ['/v1/registrars/:id/keys', '/v1/operator_keys'].flatMap((path): Route[] => [
    { method: 'POST', path, access, handle: (call) => create(deps, call) },
    { method: 'GET', path, access, handle: listOf },
    { method: 'DELETE', path: `${path}/:key`, access, handle: (call) => revoke(deps, call) },
    { method: 'POST', path: `${path}/:key/revoke`, access, handle: (call) => revoke(deps, call) },
    { method: 'POST', path: `${path}/:key/roll`, access, handle: (call) => roll(deps, call) },
  ]);
}
