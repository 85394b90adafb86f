/** What a registrar may say of a reservation, when it is made and later. */
import { z } from 'zod';
import { STAGES } from '../../rules/stage.ts';
import { STATUSES } from '../../rules/reservation.ts';
import * as s from '../schemas.ts';

export const createBody = z.strictObject({
  domain: z.string().min(1).max(500),
  customer: s.customer,
  registrant: s.registrant.optional(),
  nameservers: s.nameservers.optional(),
  budget: s.money,
  on_renewal: s.onRenewal.default('keep_waiting'),
  wait_until: s.instant.optional(),
  acceptance: s.acceptance.default('automatic'),
  bidding: s.bidding.default('manual'),
  dry_run: z.boolean().default(false),
  metadata: s.metadata.default({}),
  test_clock: z.string().max(100).optional(),
});
export type CreateBody = z.infer<typeof createBody>;

export const changeBody = z.strictObject({
  budget: s.money.optional(),
  on_renewal: s.onRenewal.optional(),
  acceptance: s.acceptance.optional(),
  customer: z
    .strictObject({
      email: s.email.optional(),
      name: s.personName.optional(),
      locale: s.locale.optional(),
      time_zone: s.timeZone.optional(),
    })
    .optional(),
  registrant: s.registrant.optional(),
  nameservers: s.nameservers.optional(),
  metadata: s.metadataPatch.optional(),
});

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const listQuery = z.strictObject({
  ...s.pageQuery,
  status: z.enum(STATUSES).optional(),
  stage: z.enum(STAGES).optional(),
  domain: z.string().min(1).max(500).optional(),
  customer: z.string().min(1).max(200).optional(),
  needs_attention: flag.optional(),
  registrar: z.string().min(1).max(100).optional(),
  email: s.email.optional(),
});

export const eventsQuery = z.strictObject({
  limit: s.pageQuery.limit,
  cursor: z.coerce.number().int().min(0).optional(),
  after: z.coerce.number().int().min(0).optional(),
});

export const cancelBody = z.strictObject({ reason: s.reason.optional() });
export const decisionBody = z.strictObject({ attention: z.string().min(1).max(100), reason: s.reason });
