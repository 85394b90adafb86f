/** Operator: registrars, made and changed. */
import { z } from 'zod';
import { isPage } from '../../mail/clean.ts';
import { ownVersion } from '../../registry/policies/award.ts';
import { ownAward } from '../../registry/policies/schema.ts';
import { usd } from '../../rules/money.ts';
import {
  changeRegistrar,
  findRegistrar,
  insertRegistrar,
  listRegistrars,
  type RegistrarDoc,
} from '../../store/registrars.ts';
import { scopeOf } from '../auth.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { created, list, ok, page, param, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { requestedId } from '../ids.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { email, money, pageQuery, personName } from '../schemas.ts';
import { awardView } from './sandbox-view.ts';

const NO_REPLY_TO = 'must be an address where `notices.to` is `registrar`: the notices go there';
const noticesShape = z.strictObject({
  to: z.enum(['customer', 'registrar', 'nobody']).optional(),
  from_name: personName.nullable().optional(),
  reply_to: email.nullable().optional(),
  act_url: z.string().max(500).refine(isPage, 'must be an https:// address without a user name').nullable().optional(),
});
const addressed = (has: (reply_to: string | null | undefined) => boolean) =>
  noticesShape.refine(({ to, reply_to }) => to !== 'registrar' || has(reply_to), {
    path: ['reply_to'],
    message: NO_REPLY_TO,
  });
/** A change that says nothing of it is held against what is stored. */
const notices = addressed((reply_to) => reply_to !== null);
const firstNotices = addressed((reply_to) => typeof reply_to === 'string');
const settings = {
  billing: z.enum(['postpaid', 'prepaid']).optional(),
  credit_limit: z.strictObject({ test: money.optional(), live: money.optional() }).optional(),
  spend_caps: z
    .strictObject({ per_name: money.nullable().optional(), per_month: money.nullable().optional() })
    .optional(),
  notices: notices.optional(),
  max_open: z.int().min(1).nullable().optional(),
  suspended: z.boolean().optional(),
  ...ownAward,
};
const createBody = z.strictObject({ name: personName, ...settings, notices: firstNotices.optional() });
const changeBody = z.strictObject({ name: personName.optional(), ...settings });
const listQuery = z.strictObject(pageQuery);

const NO_CAPS = { per_name: null, per_month: null };
const TEST_CREDIT = usd(1_000_000);

export const registrarView = ({ _id, created: at, ...doc }: RegistrarDoc) => ({
  id: _id,
  object: 'registrar',
  ...doc,
  ...awardView(doc),
  award_version: ownVersion(doc),
  spend_caps: { ...NO_CAPS, ...doc.spend_caps },
  created: at.toISOString(),
});

async function create({ secret, now }: RouteDeps, call: Call): Promise<Handled> {
  const body = read(createBody, call.body);
  if (body instanceof Problem) return body;
  const doc = await insertRegistrar({
    _id: requestedId('rgr', secret, scopeOf(call.principal), call.idempotencyKey),
    name: body.name,
    billing: body.billing ?? 'postpaid',
    credit_limit: { test: TEST_CREDIT, live: usd(0), ...defined(body.credit_limit ?? {}) },
    spend_caps: { ...NO_CAPS, ...defined(body.spend_caps ?? {}) },
    notices: { to: 'customer', from_name: null, reply_to: null, act_url: null, ...defined(body.notices ?? {}) },
    max_open: body.max_open ?? null,
    suspended: body.suspended ?? false,
    ...awardView(body),
    created: new Date(now()),
  });
  return created(registrarView(doc), `/v1/registrars/${doc._id}`);
}

async function listAll(call: Call): Promise<Handled> {
  const query = read(listQuery, call.query);
  if (query instanceof Problem) return query;
  const after = readCursor(query.cursor);
  if (after instanceof Problem) return after;
  const rows = await listRegistrars(after, query.limit + 1);
  const { shown, nextCursor } = page(rows, query.limit, (doc) => [doc.created.getTime(), doc._id]);
  return ok(list(shown.map(registrarView), nextCursor));
}

async function change(call: Call): Promise<Handled> {
  const body = read(changeBody, call.body);
  if (body instanceof Problem) return body;
  const { notices: told, credit_limit, spend_caps, ...plain } = body;
  const doc = await changeRegistrar(param(call, 'id'), {
    ...defined(plain),
    ...(told && { notices: defined(told) }),
    ...(credit_limit && { credit_limit: defined(credit_limit) }),
    ...(spend_caps && { spend_caps: defined(spend_caps) }),
  });
  if (doc === 'no_reply_to')
    return problem('invalid_parameter', { param: 'notices.reply_to', detail: `\`notices.reply_to\` ${NO_REPLY_TO}.` });
  return doc ? ok(registrarView(doc)) : problem('registrar_not_found');
}

export function registrarRoutes(deps: RouteDeps): Route[] {
  const access = { operator: 'admin' } as const;
  return [
    { method: 'POST', path: '/v1/registrars', access, handle: (call) => create(deps, call) },
    { method: 'GET', path: '/v1/registrars', access, handle: listAll },
    {
      method: 'GET',
      path: '/v1/registrars/:id',
      access,
      handle: async (call) => {
        const doc = await findRegistrar(param(call, 'id'));
        return doc ? ok(registrarView(doc)) : problem('registrar_not_found');
      },
    },
    { method: 'PATCH', path: '/v1/registrars/:id', access, handle: change },
  ];
}
