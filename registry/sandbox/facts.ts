/** What is known of one sandbox name: the story somebody wrote for it, and what was done to it by EPP since. */
import { z } from 'zod';
import { addYears, DAY_MS } from './calendar.ts';
import type { Life } from './life.ts';

/** Epoch ms until 2200: a film is walked year by year. */
export const instant = z.number().int().min(0).max(7_258_118_400_000);
const clid = z.string().min(3).max(16);
const resultCode = z.number().int().min(2000).max(2599);

const hosts = z.array(z.string().min(1).max(255)).max(13);
const years = z.number().int().min(1).max(10);
/** What happens to a name besides what its owner and its registry do by themselves, and when. */
export const actInput = z.discriminatedUnion('what', [
  /** By the registrar's renew command: so many years more. In auto-renew grace they come on top of the automatic one. */
  z.strictObject({ what: z.literal('renewed'), at: instant, years: years.optional(), nameservers: hosts.optional() }),
  z.strictObject({ what: z.literal('transferred'), at: instant, to: clid, nameservers: hosts.optional() }),
  /** The registrar deletes it: redemption begins. */
  z.strictObject({ what: z.literal('deleted'), at: instant }),
  z.strictObject({ what: z.literal('restore_requested'), at: instant }),
  z.strictObject({ what: z.literal('restored'), at: instant, nameservers: hosts.optional() }),
  /** The deletion goes on as if nobody had asked. */
  z.strictObject({ what: z.literal('restore_failed'), at: instant }),
  /** Freed at once, whatever the stage. */
  z.strictObject({ what: z.literal('purged'), at: instant }),
  /** The registry corrects its date, either way. */
  z.strictObject({ what: z.literal('expiry_moved'), at: instant, expires_at: instant }),
  /** Info and RDAP know of no such name, while check says that it cannot be had. */
  z.strictObject({ what: z.literal('vanished'), at: instant }),
  z.strictObject({ what: z.literal('returned'), at: instant }),
  /** After the drop: the registry gives it back to whoever had it before, at `to` or the registrar it had then. */
  z.strictObject({ what: z.literal('taken_back'), at: instant, to: clid.optional() }),
]);
export type Act = z.infer<typeof actInput>;
export const MAX_ACTS = 20;

/** The story as a caller gives it; instants in epoch ms. */
export const storyInput = z.strictObject({
  registered_at: instant.optional(),
  expires_at: instant.optional(),
  registrar: clid.optional(),
  owner: z.enum(['lets_go', 'renews']).optional(),
  owner_acts_at: instant.optional(),
  registrar_deletes_at: instant.optional(),
  drops_at: instant.optional(),
  nameservers: hosts.optional(),
  /** True means `other-catcher`. */
  caught_by_other: z.union([z.boolean(), clid]).optional(),
  /** What the registry answers to any create once the name is free. */
  create_result: resultCode.optional(),
  test_clock: z.string().min(1).max(100).optional(),
  /** A TLD whose registry's policy the name lives by. */
  policy: z.string().min(1).max(63).optional(),
  happens: z.array(actInput).max(MAX_ACTS).optional(),
});
export type StoryInput = z.infer<typeof storyInput>;

/** `happens` is added to what was to happen already. */
export const storyPatch = z.strictObject({
  create_result: resultCode.nullable().optional(),
  happens: z.array(actInput).max(MAX_ACTS).optional(),
});
export type StoryPatch = z.infer<typeof storyPatch>;

/** The story, complete. */
export interface Story extends StoryInput {
  registered_at: number;
  expires_at: number;
  registrar: string;
  owner: 'lets_go' | 'renews';
  /** What `policy` said when the story was put. */
  life?: Life;
}

/** One thing done by EPP; `at` in the name's own time. */
export type Happening =
  | {
      kind: 'create';
      at: number;
      roid: string;
      clid: string;
      expiresAt: number;
      nameservers: string[];
      registrant?: string;
      contacts: { type: string; id: string }[];
      authInfo: string;
    }
  | { kind: 'renew'; at: number; expiresAt: number }
  | UpdateHappening
  | { kind: 'delete'; at: number };

/** Changes one registration for as long as it lasts. */
export interface UpdateHappening {
  kind: 'update';
  at: number;
  roid: string;
  nameservers: string[];
  registrant?: string;
  authInfo?: string;
}

export interface DomainFacts {
  name: string;
  story?: Story;
  /** In the order in which it happened. */
  happened: Happening[];
}

/** One create that reached the registry: who, when in real time and in the name's, and what it was answered. */
export interface BookEntry {
  clid: string;
  cltrid: string;
  at: number;
  name_now: number;
  code: number;
  roid?: string;
}

export type Refusal = { kind: 'refused'; code: string; param?: string; detail: string };

/** Fills in what the caller left out, so that the story no longer depends on when it was put. */
export function completeStory(given: StoryInput, now: number): { kind: 'story'; story: Story } | Refusal {
  const expires_at = given.expires_at ?? (given.drops_at ?? now + 110 * DAY_MS) - 80 * DAY_MS;
  const registered_at = given.registered_at ?? Math.min(expires_at, given.drops_at ?? expires_at) - 730 * DAY_MS;
  const story: Story = {
    ...given,
    registered_at: Math.max(0, registered_at),
    expires_at,
    registrar: given.registrar ?? 'other-registrar',
    owner: given.owner ?? 'lets_go',
  };
  const refuse = (param: string, detail: string): Refusal => ({
    kind: 'refused',
    code: 'invalid_facts',
    param,
    detail,
  });
  if (story.expires_at <= story.registered_at) return refuse('expires_at', 'must be after registered_at');
  if (story.expires_at > addYears(story.registered_at, 100))
    return refuse('expires_at', 'is more than 100 years after registered_at');
  for (const param of ['owner_acts_at', 'registrar_deletes_at', 'drops_at'] as const)
    if ((story[param] ?? Infinity) <= story.registered_at) return refuse(param, 'must be after registered_at');
  if (story.drops_at !== undefined && (story.registrar_deletes_at ?? -1) >= story.drops_at)
    return refuse('drops_at', 'must be after registrar_deletes_at');
  for (const [index, act] of (story.happens ?? []).entries()) {
    if (act.at <= story.registered_at) return refuse(`happens.${index}.at`, 'must be after registered_at');
    if (act.what === 'expiry_moved' && act.expires_at <= act.at)
      return refuse(`happens.${index}.expires_at`, 'must be after at');
  }
  return { kind: 'story', story };
}
