/** The shapes that several calls take. Limits are said here and nowhere else. */
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { CURRENCIES, type Money } from '../rules/money.ts';

const LATEST = '2200-01-01T00:00:00Z';

/** RFC 3339 in, epoch ms out. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 instant, such as 2026-03-01T14:00:00Z' })
  .transform((text) => Date.parse(text))
  .refine((at) => at >= 0 && at < Date.parse(LATEST), `must be between 1970 and ${LATEST}`);

const unsupportedCurrency = {
  params: { code: 'unsupported_currency' },
  message: `must be one of ${CURRENCIES.join(', ')}`,
};

export const money = z
  .strictObject({
    amount: z.int('must be an integer in the currency’s minor unit').min(0),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  })
  .refine(({ currency }) => (CURRENCIES as readonly string[]).includes(currency), {
    ...unsupportedCurrency,
    path: ['currency'],
  })
  .transform((given) => given as Money);

export const email = z.email('must be an e-mail address').max(254);
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line of text');

export const personName = line(200);
export const locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag, such as en or pt-BR');

/** Names alone: an offset such as +01:00 knows no summer time, and notices speak of dates months ahead. */
export const timeZone = z
  .string()
  .max(64)
  .refine(
    (zone) => /^[A-Za-z]/.test(zone) && IANAZone.isValidZone(zone),
    'must be a time zone of the IANA database, such as Europe/Berlin',
  );

export const customer = z.strictObject({
  id: line(200),
  email: email.optional(),
  name: personName.optional(),
  locale: locale.optional(),
  time_zone: timeZone.optional(),
});

/** RFC 5733 in JSON, or the handle of a contact that the registry has already. */
export const registrant = z.union(
  [
    z.strictObject({ handle: z.string().regex(/^[\x21-\x7e]{3,16}$/) }),
    z.strictObject({
      name: line(255),
      org: line(255).optional(),
      street: z.array(line(255)).min(1).max(3),
      city: line(255),
      postal_code: line(16).optional(),
      country: z.string().regex(/^[A-Z]{2}$/),
      phone: z.string().regex(/^\+[0-9]{1,3}\.?[0-9]{4,14}$/),
      email,
    }),
  ],
  'must be {handle} or {name, org?, street[], city, postal_code?, country, phone, email}',
);

const hostName = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i, 'must be a host name')
  .transform((name) => name.toLowerCase());
export const nameservers = z.array(hostName).min(1).max(13);

const MAX_METADATA_KEYS = 50;
/** The first character keeps `__proto__` and `$` out. */
const metadataKey = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, 'must be 1 to 40 letters, digits, _ or -');
const fewKeys = (given: object) => Object.keys(given).length <= MAX_METADATA_KEYS;
export const metadata = z.record(metadataKey, z.string().max(500)).refine(fewKeys, 'has at most 50 keys');
export const metadataPatch = z
  .record(metadataKey, z.string().max(500).nullable())
  .refine(fewKeys, 'has at most 50 keys');

export const acceptance = z.enum(['automatic', 'ask']);
export const bidding = z.enum(['manual', 'up_to_budget']);
export const onRenewal = z.enum(['keep_waiting', 'close']);

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(500).optional(),
  // The contract has it; references are ids until there is something to expand.
  expand: z.unknown().optional(),
  'expand[]': z.unknown().optional(),
};

export const reason = line(500);
export const nothing = z.strictObject({});
