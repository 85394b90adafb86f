/**
 * How policy data is written, here and in an operator's own file: days, hours and zones as the registries say them, each fact with
 * who says so, the day it was read and how far it can be trusted. What nobody says is "unknown".
 */
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { AWARDS, CONFIDENCES, type Translated } from '../../rules/tlds.ts';

const said = {
  source: z.string().min(1, 'must say who says so'),
  read_on: z.iso.date('must be the day it was read, as 2026-11-23'),
  confidence: z.enum(CONFIDENCES, `must be one of ${CONFIDENCES.join(', ')}`),
  note: z.string().min(1).optional(),
};

const unknown = z.literal('unknown');
const zone = z
  .string()
  .refine((name) => name.includes('/') && IANAZone.isValidZone(name), 'must be an IANA time zone, such as Europe/Rome');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 14:00');
const minutes = z.number().positive('must be more than 0 minutes').max(1_440);
const days = z.number().min(0, 'must not be negative').max(3_660, 'must be at most ten years');

export const tldName = z
  .string()
  .transform((value) => value.replace(/^\./, '').toLowerCase())
  .pipe(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a TLD in ASCII, such as com or xn--p1ai'));

/** So many days, between so many, at least so many; or to a day of the month. 0 days: there is no such stage. */
const stage = z.union(
  [
    unknown,
    z.strictObject({
      days: z.union([
        days,
        z.tuple([days, days]).refine(([least, most]) => least <= most, 'must give the least first'),
        z.tuple([days, unknown]),
      ]),
      ...said,
    }),
    z.strictObject({ to_day_of_month: z.int().min(1).max(28), zone, ...said }),
  ],
  'must be "unknown", or days or to_day_of_month with who says so',
);

const schedule = z
  .strictObject({
    every: z.enum(['hour', 'day', 'week', 'month']),
    on: z.int().min(1).max(28).optional(),
    zone: z.union([unknown, zone]),
    times: z.union([unknown, z.array(timeOfDay).min(1)]),
    minutes: z.union([unknown, minutes], 'must be a number of minutes above 0, or "unknown"'),
  })
  .refine(({ every, on }) => (every === 'week' || every === 'month') === (on !== undefined), {
    path: ['on'],
    message: 'must be given for a week (1 is Monday) or a month, and for nothing else',
  })
  .refine(({ every, on = 1 }) => every !== 'week' || on <= 7, { path: ['on'], message: 'must be 1 (Monday) to 7' })
  .refine(({ every, times }) => every !== 'hour' || times !== 'unknown', {
    path: ['times'],
    message: 'must give the minutes of the hour, as 00:45',
  })
  .refine(({ times }) => times === 'unknown' || times.every((time, at) => at === 0 || (times[at - 1] ?? '') < time), {
    path: ['times'],
    message: 'must be in the order of the day',
  });

const sentence = z.string().min(1);
const translated = z
  .union([sentence, z.strictObject({ en: sentence, de: sentence.optional() })], 'must be a sentence, or {en, de?}')
  .transform((given): Translated => {
    const { en, de } = typeof given === 'string' ? { en: given } : { de: undefined, ...given };
    return { en, ...(de !== undefined && { de }) };
  });
const batch = { schedule, host: z.string().min(1).optional(), way_in_for_some: translated.optional() };
const wayIn = { way_in: z.string().min(1, 'must say how names are had there'), minutes: minutes.optional(), ...said };

const drop = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('ordered_batch'), ...batch, ...said }),
    z.strictObject({ kind: z.literal('random_batch'), ...batch, ...said }),
    z.strictObject({ kind: z.literal('batch'), ...batch, ...said }),
    z.strictObject({ kind: z.literal('session'), schedule, limits: z.string().min(1).optional(), ...said }),
    z.strictObject({ kind: z.literal('monthly'), schedule, ...said }),
    z.strictObject({ kind: z.literal('exact_instant'), ...said }),
    z.strictObject({ kind: z.literal('random_window'), minutes, ...said }),
    z.strictObject({
      kind: z.literal('known_day'),
      zone: z.union([unknown, zone]),
      at: z.union([unknown, timeOfDay]),
      ...said,
    }),
    z.strictObject({ kind: z.literal('poll'), ...said }),
    z.strictObject({ kind: z.literal('unknown') }),
    z.strictObject({ kind: z.literal('application_window'), ...wayIn }),
    z.strictObject({ kind: z.literal('registry_auction'), ...wayIn }),
    z.strictObject({ kind: z.literal('exclusive_queue'), ...wayIn }),
    z.strictObject({ kind: z.literal('exclusive_option'), ...wayIn }),
  ],
  'must be a drop mode, such as ordered_batch, poll or unknown',
);

const list = z.union([
  unknown,
  z.strictObject({ to: z.literal('nobody'), ...said }),
  z.strictObject({ to: z.enum(['registrars', 'everyone']), tells: z.enum(['instant', 'start']), ...said }),
]);

const MONTH_S = 30 * 86_400;
const length = z.int().min(1, 'must be at least a second').max(MONTH_S, 'must be at most 30 days');

/** The last step is for any price: `below` is null. */
const steps = z
  .array(z.strictObject({ below: z.int().min(1).nullable(), step: z.int().min(1, 'must be at least 1') }))
  .min(1)
  .max(20)
  .refine((all) => all.every(({ below }, at) => (below === null) === (at === all.length - 1)), {
    message: 'must end with the step for any price ("below": null), and no other may be for any',
  })
  .refine((all) => all.every(({ below }, at) => at === 0 || below === null || (all[at - 1]?.below ?? 0) < below), {
    message: 'must be in the order of the prices',
  });

const auctionShape = {
  duration_s: length,
  soft_close_s: z.int().min(0).max(86_400, 'must be at most a day'),
  max_extensions: z.int().min(0).max(100),
  closing_s: z.int().min(0).max(MONTH_S),
  steps,
};
const TOO_SOFT = { path: ['soft_close_s'], message: 'must not be longer than duration_s' };
const auction = z
  .strictObject(auctionShape)
  .refine(({ duration_s, soft_close_s }) => soft_close_s <= duration_s, TOO_SOFT);

const award = z.enum(AWARDS, `must be one of ${AWARDS.join(', ')}`);

/** What a registrar, or a name of the sandbox, may have of its own; null is what its TLD has. */
export const ownAward = {
  award: award.nullable().optional(),
  offer_s: length.nullable().optional(),
  payment_s: length.nullable().optional(),
  auction: z
    .strictObject(auctionShape)
    .partial()
    .refine(({ duration_s = MONTH_S, soft_close_s = 0 }) => soft_close_s <= duration_s, TOO_SOFT)
    .nullable()
    .optional(),
};

const terms = {
  list_price: z.strictObject({ amount: z.int().min(1), currency: z.literal('USD', 'must be USD') }),
  award,
  offer_s: length,
  payment_s: length,
  auction,
  cutoff_s: z.int().min(0),
  lead_s: z.int().min(0),
};

/** One TLD in full. */
export const policyEntry = z
  .strictObject({
    tld: tldName,
    grace: stage,
    redemption: stage,
    pending_delete: stage,
    add_grace: stage,
    /** From the drop on, how long whoever had the name before can still have it back. */
    restore_rights: stage.default('unknown'),
    /** False: EPP's `pendingDelete` is all the registry tells of redemption and pending delete. */
    tells_rgp: z.boolean().default(true),
    drop,
    list,
    ...terms,
  })
  .refine(({ cutoff_s, lead_s }) => cutoff_s >= lead_s, {
    path: ['cutoff_s'],
    message: 'must not be shorter than lead_s: joins close before catching starts',
  });
export type PolicyEntry = z.infer<typeof policyEntry>;

/** What the shipped data says: everything but the terms, which are the house's. */
export type ShippedEntry = Omit<z.input<typeof policyEntry>, keyof typeof terms>;

/** An operator's file. An entry changes the shipped policy of its TLD, or that of the TLD it is `like`, in the fields it gives. */
export const policyFile = z.strictObject({
  version: z.string().regex(/^[\w.-]{1,40}$/, 'must be 1 to 40 of letters, digits, _ . -'),
  policies: z.array(z.looseObject({ tld: tldName, like: tldName.optional() })),
});
