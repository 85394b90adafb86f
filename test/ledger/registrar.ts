/** A registrar with an account, as the store keeps it. */
import { randomUUID } from 'node:crypto';
import { usd, type Money } from '../../rules/money.ts';
import { insertRegistrar, type SpendCaps } from '../../store/registrars.ts';

export const AT = Date.parse('2026-03-10T12:00:00Z');

/** Answers its account in test mode. */
export async function openAccount(creditLimit: Money, caps?: Partial<SpendCaps>) {
  const _id = `rgr_${randomUUID().slice(0, 8)}`;
  await insertRegistrar({
    _id,
    name: 'North',
    billing: 'prepaid',
    credit_limit: { test: creditLimit, live: usd(0) },
    spend_caps: { per_name: null, per_month: null, ...caps },
    notices: { to: 'nobody', from_name: null, reply_to: null, act_url: null },
    max_open: null,
    suspended: false,
    created: new Date(AT),
  });
  return { registrar: _id, livemode: false };
}
