/**
 * What a reply to `<domain:create>` means (RFC 5730, section 3), who owns the name afterwards, and how fast to ask.
 * The text of a 2302 is the same whoever owns the name, on purpose: only codes, sponsor and ROID are read.
 */
import { isAnother, type RegistryAnswer } from './stage.ts';
import type { DropWindow } from './tlds.ts';

/** One catch per drop: the name and the registration that must go first; `again` where that came back and goes once more. */
export const catchId = (name: string, roidBefore: string | undefined, again = 0): string =>
  `${name}#${roidBefore ?? 'none'}${again === 0 ? '' : `~${again + 1}`}`;

export type CreateMeaning =
  | 'created'
  /** 1001: accepted, not ours yet; info tells when it is. */
  | 'pending'
  /** Somebody has it, perhaps still the old owner, perhaps we by an attempt that never answered. */
  | 'exists'
  /** Losers of a race and commands cut off both look like this: ask who owns it. */
  | 'unclear'
  /** Too many sessions or commands: wait. */
  | 'busy'
  /** Reserved, blocked, or on some registries still pending delete: retry slowly in the window, final after it. */
  | 'withheld'
  /** Will not change by trying again. */
  | 'refused';

export function meaningOf(code: number): CreateMeaning {
  if (code === 1000) return 'created';
  if (code === 1001) return 'pending';
  switch (code) {
    case 2302:
    case 2201:
    case 2202:
      return 'exists';
    case 2400:
    case 2500:
      return 'unclear';
    case 2502:
      return 'busy';
    case 2304:
    case 2306:
      return 'withheld';
    default:
      // Success of another kind than a create has (RFC 5730 section 3): carried out, or not.
      return code < 2000 ? 'unclear' : 'refused';
  }
}

export type Ownership =
  | { kind: 'ours'; roid: string; sponsor: string; registeredAt: number; expiresAt: number }
  | { kind: 'others'; sponsor: string; registeredAt: number }
  /** Still the registration that was there before the drop. */
  | { kind: 'not_dropped' }
  /** A create was accepted and is not carried out yet (RFC 5731 pendingCreate): neither ours nor lost. */
  | { kind: 'undecided' }
  | { kind: 'nobody' }
  | { kind: 'withheld' };

/** Won means: the sponsor is one of ours and the ROID is not the one from before the drop. */
export function ownershipOf(answer: RegistryAnswer, clids: string[], roidBefore: string | undefined): Ownership {
  if (answer.kind === 'free') return { kind: 'nobody' };
  if (answer.kind === 'withheld') return { kind: 'withheld' };
  const { roid, sponsor, registeredAt, expiresAt, statuses } = answer.registration;
  if (roidBefore !== undefined && !isAnother(answer.registration, roidBefore)) return { kind: 'not_dropped' };
  if (statuses.includes('pendingCreate')) return { kind: 'undecided' };
  return clids.includes(sponsor)
    ? { kind: 'ours', roid, sponsor, registeredAt, expiresAt }
    : { kind: 'others', sponsor, registeredAt };
}

const HOT_MS = 30_000;
const WARM_UP_MS = 150;

/** The pause before the next create, ms. Where the instant is published creates follow each other without one around it. */
export function pauseMs(now: number, { earliest, latest }: Pick<DropWindow, 'earliest' | 'latest'>): number {
  const exact = latest === earliest;
  if (now < earliest - WARM_UP_MS) return Math.min(exact ? 250 : 1_000, earliest - WARM_UP_MS - now);
  return exact && now < earliest + HOT_MS ? 0 : 1_000;
}

/** How long after the window the catch still tries before it says the name did not drop. */
export const PATIENCE_MS = 60_000;
