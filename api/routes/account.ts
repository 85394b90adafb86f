/** A registrar's own money in the mode of its key: what there is, and how it came about. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ENTRY_KINDS } from '../../rules/ledger.ts';
import { usd } from '../../rules/money.ts';
import { accountAt } from '../../store/accounts.ts';
import { accountOf, listEntries, type AccountKey, type EntryDoc } from '../../store/ledger-entries.ts';
import type { RegistrarPrincipal } from '../auth.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, page, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { pageQuery } from '../schemas.ts';

const noQuery = z.strictObject({});
const entriesQuery = z.strictObject({
  ...pageQuery,
  reservation: z.string().min(1).max(100).optional(),
  kind: z.enum(ENTRY_KINDS).optional(),
});

/** Operations are named after what they are for, which is nobody's to read. */
export const entryId = (operation: string): string =>
  `ent_${createHash('sha256').update(operation).digest('hex').slice(0, 26)}`;

const entryView = (doc: EntryDoc) => ({
  id: entryId(doc._id),
  object: 'account_entry',
  seq: doc.seq,
  kind: doc.kind,
  amount: usd(doc.amount),
  balance: usd(doc.balance),
  held: usd(doc.held),
  owed: usd(doc.owed),
  credit_limit: usd(doc.credit_limit),
  reservation: doc.reservation ?? null,
  domain: doc.name ?? null,
  auction: doc.auction ?? null,
  held_for_reservation: doc.reservation === undefined ? null : usd(doc.hold?.amount ?? 0),
  settles: doc.settles === undefined ? null : entryId(doc.settles),
  reference: doc.reference ?? null,
  reason: doc.reason ?? null,
  created: doc.at.toISOString(),
});

const keyOf = ({ registrar, livemode }: RegistrarPrincipal): AccountKey => ({ registrar: registrar._id, livemode });

async function account({ now }: RouteDeps, call: Call): Promise<Handled> {
  const query = read(noQuery, call.query);
  if (query instanceof Problem) return query;
  if (call.principal.kind !== 'registrar') return problem('forbidden');
  const key = keyOf(call.principal);
  const { balance, held, owed, creditLimit, available, spentThisMonth } = await accountAt(key, now());
  const { billing, spend_caps } = call.principal.registrar;
  return ok({
    object: 'account',
    livemode: key.livemode,
    billing,
    balance,
    held,
    owed,
    credit_limit: creditLimit,
    available,
    spend_caps: { per_name: null, per_month: null, ...spend_caps },
    spent_this_month: spentThisMonth,
    as_of: new Date(now()).toISOString(),
  });
}

async function entries(call: Call): Promise<Handled> {
  const query = read(entriesQuery, call.query);
  if (query instanceof Problem) return query;
  if (call.principal.kind !== 'registrar') return problem('forbidden');
  const before = readCursor(query.cursor);
  if (before instanceof Problem) return before;
  const filter = defined({ reservation: query.reservation, kind: query.kind });
  const rows = await listEntries(accountOf(keyOf(call.principal)), filter, before?.at, query.limit + 1);
  const { shown, nextCursor } = page(rows, query.limit, ({ seq, _id }) => [seq, entryId(_id)]);
  return ok(list(shown.map(entryView), nextCursor));
}

export function accountRoutes(deps: RouteDeps): Route[] {
  const access = { registrar: 'any' } as const;
  return [
    { method: 'GET', path: '/v1/account', access, handle: (call) => account(deps, call) },
    { method: 'GET', path: '/v1/account/entries', access, handle: entries },
  ];
}
