/** What stages, dates and outcomes are called when a customer reads of them: plain, and never surer than what is known. */
import { DateTime } from 'luxon';
import type { NextStep } from '../rules/forecast.ts';
import type { LostReason, MissedReason } from '../rules/reservation.ts';
import type { Stage } from '../rules/stage.ts';
import type { DropWindow } from '../rules/tlds.ts';
import type { Kept } from '../rules/watch.ts';
import { oneLine } from './clean.ts';

/** `18 April 2026, 18:00 UTC`; seconds only where there are any. */
export function utc(at: number): string {
  const instant = DateTime.fromMillis(at, { zone: 'utc', locale: 'en' });
  return instant.toFormat(instant.second === 0 ? "d LLLL yyyy, HH:mm 'UTC'" : "d LLLL yyyy, HH:mm:ss 'UTC'");
}

/** Both forms where they differ: look-alike letters show in the ASCII one. */
export function shownName({ name, unicode }: { name: string; unicode: string }): string {
  return oneLine(unicode === name ? name : `${unicode} (${name})`, 520);
}

/** `title` follows the name in a subject; `meaning` says what can still happen. */
export const STAGE_WORDS: Record<Stage, { title: string; meaning: (name: string) => string }> = {
  registered: {
    title: 'still registered',
    meaning: (name) => `${name} is registered, and its owner can go on renewing it.`,
  },
  auto_renew_grace: {
    title: 'past its expiry',
    meaning: (name) =>
      `The owner’s registration of ${name} has run out. The owner’s registrar may still let the owner renew it, for some days or weeks.`,
  },
  redemption: {
    title: 'in redemption',
    meaning: (name) =>
      `${name} has been deleted by the owner’s registrar and is in redemption: the owner can still have it restored, usually for an extra fee.`,
  },
  pending_restore: {
    title: 'being restored',
    meaning: (name) =>
      `The owner’s registrar has asked the registry to restore ${name}. If that is completed, the owner keeps it; if not, it goes back to redemption.`,
  },
  pending_delete: {
    title: 'about to be released',
    meaning: (name) =>
      `${name} is in pending delete, the last stage before release. The owner can no longer restore it.`,
  },
  available: {
    title: 'released',
    meaning: (name) => `The registry answers that nobody holds ${name} at this moment.`,
  },
  registered_by_us: {
    title: 'registered through us',
    meaning: (name) => `${name} has been registered through us. Whose it becomes is being decided.`,
  },
  registered_by_other: {
    title: 'registered elsewhere',
    meaning: (name) => `${name} was released and has been registered through another registrar.`,
  },
  unknown: {
    title: 'stage not known',
    meaning: (name) => `The registry’s last answer does not tell where ${name} stands.`,
  },
};

const ESTIMATE = 'This is an estimate from the registry’s usual rules, not a date the registry has given.';

export function nextWords({ what, at }: NextStep): string | undefined {
  switch (what) {
    case 'expiry':
      return `The owner’s registration runs until ${utc(at)}. The owner can renew before then, and for some time after.`;
    case 'redemption':
      return `If the owner does not renew, we expect the owner’s registrar to delete it by about ${utc(at)} (an estimate).`;
    case 'pending_delete':
      return `If it is not restored, we expect pending delete to begin by about ${utc(at)} (an estimate).`;
    case 'drop':
      // The window says the same, and how sure it is.
      return undefined;
    case 'registry_check':
      return `We go on asking the registry, the next time by ${utc(at)}.`;
  }
}

/** When it is released, as far as known, and what is then done. `dryRun`: nothing is registered for it. */
export function dropWords({ earliest, latest, confidence }: DropWindow, dryRun: boolean): string {
  const when = earliest === latest ? `at ${utc(earliest)}` : `between ${utc(earliest)} and ${utc(latest)}`;
  const then = dryRun ? '' : ' We then try to register it at once. Others may do the same.';
  return confidence === 'published'
    ? `Its release has been published for a time ${when}.${then}`
    : `If nobody acts, we expect the registry to release it ${when}. ${ESTIMATE}${then}`;
}

export const KEPT_WORDS: Record<Kept, (name: string) => string> = {
  renewed: (name) => `The registration of ${name} has been renewed, so it is not released this time.`,
  restored: (name) => `${name} has been restored for its owner, so it is not released this time.`,
  transferred: (name) =>
    `${name} is no longer on its way to release: the registration has been moved to another registrar.`,
  kept_unknown: (name) =>
    `${name} is no longer on its way to release. The registry’s answers do not tell how it was kept.`,
};

/** `caughtBy` is the sponsoring registrar as the registry names it. */
export const LOST_WORDS: Record<LostReason, (name: string, caughtBy: string | undefined) => string> = {
  caught_by_other: (name, caughtBy) =>
    `Somebody else registered ${name} first. ` +
    (caughtBy === undefined
      ? 'It is now with another registrar.'
      : `The registry now shows ${oneLine(caughtBy, 100)} as its registrar.`),
  behind_in_order: (name) =>
    `${name} was registered through us, but a reservation placed before yours came first, and the name went to that one.`,
  dry_run: () =>
    'Your reservation was a dry run, as asked: the name was followed to the end, and nothing was registered for you.',
  not_catchable: (name) =>
    `${name} could not be registered: our request to the registry could not be completed, and our support has ended the attempt.`,
};

export const MISSED_WORDS: Record<MissedReason, (name: string, waitUntil: number | undefined) => string> = {
  kept: (name) =>
    `${name} has been kept by its owner or for its owner. You had asked for the reservation to end in that case, and it has ended.`,
  wait_until: (name, waitUntil) =>
    `${name} was not released in the time you were willing to wait` +
    `${waitUntil === undefined ? '' : ` (until ${utc(waitUntil)})`}, and the reservation has ended.`,
};

export const NO_PROMISE =
  'A reservation is not a promise: the owner may keep the name, somebody else may register it first, and a reservation placed before yours comes before it.';
