/**
 * What a reservation's timeline tells of its drop: what was tried, whose the name is now, and how long after the drop it was
 * registered, as far as anybody's instants go. What they do not tell stays unknown. Instants in epoch ms.
 */
import type { DropWindow } from './tlds.ts';
import type { DropAccount, Tried } from './tried.ts';

export interface ReportedEvent {
  seq: number;
  type: string;
  data: Record<string, unknown>;
}

/** Of the last drop alone: a name that was kept has another story from there. */
export function accountIn(events: readonly ReportedEvent[]): DropAccount {
  let account: DropAccount = {};
  for (const { type, data } of events) {
    if (type === 'reservation.renewed') account = {};
    const drop = data['drop'] as DropWindow | null | undefined;
    if (type === 'attempt.catching' && drop) account = { drop };
    if (type === 'attempt.made') account = { ...account, ...(drop && { drop }), tried: data as unknown as Tried };
    if (type === 'observation.registered')
      account = { ...account, ...(drop && { drop }), registered: data as unknown as Registered };
  }
  return account;
}
type Registered = NonNullable<DropAccount['registered']>;

export type Lag =
  /** From the instant the registry published to the one it gives the new registration. */
  | { kind: 'exact'; ms: number; from: number; to: number }
  /** From when it last answered us that the old registration was there. */
  | { kind: 'at_most'; ms: number; from: number; to: number }
  | { kind: 'unknown'; why: 'not_registered' | 'no_registration_instant' | 'no_drop_instant' };

/** The instant a registry published for one name; a window is none. */
const publishedIn = ({ drop }: DropAccount): number | undefined =>
  drop?.source === 'drop_list' && drop.earliest === drop.latest ? drop.earliest : undefined;

/** A registry that tells whole seconds may have cut off what is missing. */
export const isToTheSecond = (at: number): boolean => at % 1_000 === 0;

export function lagOf(account: DropAccount): Lag {
  const { tried, registered } = account;
  if (!registered) return { kind: 'unknown', why: 'not_registered' };
  const to = registered.registeredAt;
  if (to === undefined) return { kind: 'unknown', why: 'no_registration_instant' };
  const published = publishedIn(account);
  if (published !== undefined && to >= published) return { kind: 'exact', ms: to - published, from: published, to };
  const held = tried?.heldAt;
  const latest = to + (isToTheSecond(to) ? 999 : 0);
  if (held === undefined || latest < held) return { kind: 'unknown', why: 'no_drop_instant' };
  return { kind: 'at_most', ms: latest - held, from: held, to };
}

/** What our instants are told beside: the published drop, else the new registration. Undefined: neither is known. */
export function referenceOf(account: DropAccount): { what: 'drop' | 'registration'; at: number } | undefined {
  const published = publishedIn(account);
  if (published !== undefined) return { what: 'drop', at: published };
  const at = account.registered?.registeredAt;
  return at === undefined ? undefined : { what: 'registration', at };
}
