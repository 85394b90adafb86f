/** The sandbox's facts between the two spellings: instants in RFC 3339 outside, in epoch ms inside. */
import { z } from 'zod';
import { ownAward } from '../../registry/policies/schema.ts';
import type { SandboxDomain, StoryInput, StoryPatch } from '../../registry/sandbox/control.ts';
import type { OwnAward } from '../../rules/tlds.ts';
import type { SandboxNameDoc } from '../../store/sandbox-names.ts';
import { defined } from '../defined.ts';
import { instant, nameservers } from '../schemas.ts';
import { factsView, iso } from '../views.ts';

/** RFC 5731's length of a registrar's id. */
const clid = z.string().min(3).max(16);
/** An EPP result code that refuses (RFC 5730 section 3). */
const refusingCode = z.int().min(2000).max(2999);

/** What happens to a name besides its script; see registry/sandbox/facts.ts. */
const act = z.discriminatedUnion(
  'what',
  [
    z.strictObject({
      what: z.literal('renewed'),
      at: instant,
      years: z.int().min(1).max(10).optional(),
      nameservers: nameservers.optional(),
    }),
    z.strictObject({ what: z.literal('transferred'), at: instant, to: clid, nameservers: nameservers.optional() }),
    z.strictObject({ what: z.literal('restored'), at: instant, nameservers: nameservers.optional() }),
    z.strictObject({ what: z.literal('taken_back'), at: instant, to: clid.optional() }),
    z.strictObject({ what: z.literal('expiry_moved'), at: instant, expires_at: instant }),
    z.strictObject({
      what: z.enum(['deleted', 'restore_requested', 'restore_failed', 'purged', 'vanished', 'returned']),
      at: instant,
    }),
  ],
  'must be what can happen to a name, such as renewed, transferred or restore_requested',
);
const happens = z.array(act).max(20);

export const putBody = z.strictObject({
  registered_at: instant.optional(),
  expires_at: instant.optional(),
  registrar: clid.optional(),
  owner: z.enum(['lets_go', 'renews']).optional(),
  owner_acts_at: instant.optional(),
  registrar_deletes_at: instant.optional(),
  drops_at: instant.optional(),
  nameservers: nameservers.optional(),
  caught_by_other: z.union([z.boolean(), clid], 'must be true, false or a registrar id').optional(),
  create_result: refusingCode.nullable().optional(),
  cutoff_s: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .optional(),
  restore_rights_days: z.int().min(0).max(365).optional(),
  ...ownAward,
  test_clock: z.string().min(1).max(100).optional(),
  policy: z.string().trim().toLowerCase().min(1).max(63).optional(),
  happens: happens.optional(),
});
export type PutBody = z.infer<typeof putBody>;

export const patchBody = z
  .strictObject({ create_result: refusingCode.nullable().optional(), happens: happens.optional() })
  .refine((body) => Object.keys(body).length > 0, 'must change create_result or happens');
export type PatchBody = z.infer<typeof patchBody>;

/** The registry's part of what was put. */
export function storyOf({
  cutoff_s: _ours,
  restore_rights_days: _andOurs,
  award: _award,
  offer_s: _offer,
  payment_s: _payment,
  auction: _auction,
  create_result,
  happens: acts,
  ...facts
}: PutBody): StoryInput {
  return defined({ ...facts, create_result: create_result ?? undefined, ...actsOf(acts) });
}

const actsOf = (acts: PutBody['happens']): Pick<StoryInput, 'happens'> =>
  acts ? { happens: acts.map((one) => defined(one)) } : {};

const actView = (one: NonNullable<StoryInput['happens']>[number]) => ({
  ...one,
  at: iso(one.at),
  ...('expires_at' in one && { expires_at: iso(one.expires_at) }),
});

/** The registry's part of what was patched. */
export const patchOf = ({ create_result, happens: acts }: PatchBody): StoryPatch =>
  defined({ create_result, ...actsOf(acts) });

/** What it has of its own. */
export const awardView = ({ award, offer_s, payment_s, auction }: OwnAward) => ({
  award: award ?? null,
  offer_s: offer_s ?? null,
  payment_s: payment_s ?? null,
  auction: auction ?? null,
});

const orNull = (at: number | null | undefined): string | null => (at === null || at === undefined ? null : iso(at));

export function sandboxView(entry: SandboxNameDoc, { facts, now, state, stages, ...domain }: SandboxDomain) {
  return {
    object: 'sandbox_domain',
    name: entry._id,
    registered_at: orNull(facts?.registered_at),
    expires_at: orNull(facts?.expires_at),
    registrar: facts?.registrar ?? null,
    owner: facts?.owner ?? null,
    owner_acts_at: orNull(facts?.owner_acts_at),
    registrar_deletes_at: orNull(facts?.registrar_deletes_at),
    drops_at: orNull(domain.drops_at),
    nameservers: facts?.nameservers ?? [],
    caught_by_other: facts?.caught_by_other ?? false,
    create_result: facts?.create_result ?? null,
    cutoff_s: entry.cutoff_s,
    restore_rights_days: entry.restore_rights_days ?? null,
    ...awardView(entry),
    test_clock: entry.test_clock,
    policy: entry.policy ?? null,
    happens: (facts?.happens ?? []).map(actView),
    now: iso(now),
    next_transition: orNull(domain.next_transition),
    state: factsView(state),
    stages: stages.map(({ stage, from, to }) => ({ stage, from: orNull(from), to: orNull(to) })),
  };
}
