/**
 * Operator: what a registrar paid in, and what was paid out to it. The reference is the payment's own: the same one again is the same
 * payment. What a registrar holds is not shown here: an operator could read a bidder's maximum from it.
 */
import { z } from 'zod';
import { usd } from '../../rules/money.ts';
import type { EntryDoc } from '../../store/ledger-entries.ts';
import { deposit, refund, type Payment } from '../../store/ledger.ts';
import { findRegistrar } from '../../store/registrars.ts';
import { reaches } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import { param, type Call, type Handled, type Route } from '../http.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { money, reason as reference } from '../schemas.ts';
import { wakeUnpaid } from '../unpaid.ts';
import { entryId } from './account.ts';

const body = z.strictObject({
  amount: money.refine(({ amount }) => amount > 0, 'must be more than nothing'),
  reference,
  mode: z.enum(['test', 'live']).optional(),
});

type Kind = 'deposit' | 'refund';

const paymentView = (doc: EntryDoc, { registrar, livemode }: Payment) => ({
  id: entryId(doc._id),
  object: 'account_entry',
  kind: doc.kind,
  registrar,
  livemode,
  amount: usd(doc.amount),
  reference: doc.reference ?? null,
  balance: usd(doc.balance),
  owed: usd(doc.owed),
  created: doc.at.toISOString(),
});

async function pay(kind: Kind, deps: RouteDeps, call: Call): Promise<Handled> {
  const { now, sandbox } = deps;
  const given = read(body, call.body);
  if (given instanceof Problem) return given;
  const livemode = modeOf(call, given.mode);
  if (livemode instanceof Problem) return livemode;
  if (!livemode && !sandbox) return problem('test_mode_off', { param: 'mode' });
  const registrar = param(call, 'id');
  if (!(await findRegistrar(registrar))) return problem('registrar_not_found');
  const payment: Payment = {
    operation: `${kind}:${registrar}:${livemode ? 'live' : 'test'}:${given.reference}`,
    registrar,
    livemode,
    amount: given.amount,
    reference: given.reference,
    at: now(),
  };
  const answer = await (kind === 'deposit' ? deposit(payment) : refund(payment));
  switch (answer.kind) {
    case 'booked':
      if (kind === 'deposit') await wakeUnpaid(deps, registrar);
      return { status: 201, body: paymentView(answer.entry, payment) };
    case 'insufficient':
      return problem('refund_exceeds_balance');
    case 'another':
      return problem('reference_reused', { param: 'reference' });
  }
}

/** Live or not. A key of both modes says which it means: money is not guessed. */
function modeOf({ principal }: Call, mode: 'test' | 'live' | undefined): boolean | Problem {
  const [one, other] = principal.kind === 'operator' ? principal.modes : [];
  const meant = mode ?? (other === undefined ? one : undefined);
  if (meant === undefined)
    return problem('invalid_parameter', {
      param: 'mode',
      detail: 'This key is of both modes: say "test" or "live".',
    });
  return reaches(principal, meant === 'live') ? meant === 'live' : problem('wrong_mode', { param: 'mode' });
}

export function paymentRoutes(deps: RouteDeps): Route[] {
  const access = { operator: 'admin' } as const;
  return [
    {
      method: 'POST',
      path: '/v1/registrars/:id/deposits',
      access,
      handle: (call) => pay('deposit', deps, call),
    },
    { method: 'POST', path: '/v1/registrars/:id/refunds', access, handle: (call) => pay('refund', deps, call) },
  ];
}
