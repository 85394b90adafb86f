/**
 * How likely it is that a name's owner keeps it: signs for and against, each in words, and what they come to. Signs, not proof: an
 * owner may renew on the last day, and whatever is said here decides nothing. Instants in epoch ms.
 */
import type { Registration, Stage } from './stage.ts';

const DAY_MS = 86_400_000;

/** What the name's DNS answered; `unknown` where it did not. */
export interface DnsSigns {
  addresses: boolean | 'unknown';
  mail: boolean | 'unknown';
  nameservers: readonly string[] | 'unknown';
}

/** Name servers of a parking service, or of a registrar's page for names that ran out. */
export interface Parked {
  operator: string;
  for: 'parking' | 'expired';
}

export interface OutlookFacts {
  now: number;
  stage: Stage;
  /** Undefined: the registry did not tell. */
  registration: Registration | undefined;
  /** When the owner's term ends, or ended. */
  expiresAt: number | undefined;
  /** Undefined: nobody was asked. */
  dns: DnsSigns | undefined;
  parked: Parked | undefined;
  transferredAt: number | undefined;
  /** How often we saw the owner keep it. */
  renewalsSeen: number;
}

export interface Sign {
  sign:
    | 'beyond_restore'
    | 'being_restored'
    | 'deleted'
    | 'in_grace'
    | 'expired_long_ago'
    | 'on_hold'
    | 'expiry_page'
    | 'parked'
    | 'answers_at_address'
    | 'takes_mail'
    | 'no_answer'
    | 'dns_not_asked'
    | 'paid_ahead'
    | 'transferred_lately'
    | 'old'
    | 'renewed_before';
  /** Above zero it speaks for a renewal, below it against; nothing speaks where nobody could be asked. */
  weight: number;
  /** For people, in English. */
  explanation: string;
}

export type Likelihood = 'low' | 'medium' | 'high' | 'unknown';

/** From here on signs outweigh what speaks against them. */
const CLEAR = 3;
const LONG_EXPIRED_DAYS = 20;
const LATELY_DAYS = 365;
const AHEAD_DAYS = 400;
const OLD_YEARS = 5;

const days = (ms: number): number => Math.floor(ms / DAY_MS);
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Weightiest first. Empty: nothing is known that speaks either way. */
export function signsOf(facts: OutlookFacts): Sign[] {
  const signs = [...ofStage(facts), ...ofUse(facts), ...ofHistory(facts)];
  return signs.toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
}

function ofStage({ stage, expiresAt, now, registration }: OutlookFacts): Sign[] {
  const found: Sign[] = [];
  const say = (sign: Sign['sign'], weight: number, explanation: string) => found.push({ sign, weight, explanation });
  if (stage === 'pending_delete')
    say('beyond_restore', -20, 'It is pending delete: no owner can restore it from there.');
  if (stage === 'pending_restore') say('being_restored', 6, 'Its registrar has asked to restore it.');
  if (stage === 'redemption') say('deleted', -4, 'Its registrar has deleted it; the owner can still restore it.');
  if (stage === 'auto_renew_grace') say('in_grace', -1, 'Its term has ended and its owner has not renewed it yet.');
  if (expiresAt !== undefined && stage === 'auto_renew_grace' && now - expiresAt > LONG_EXPIRED_DAYS * DAY_MS)
    say('expired_long_ago', -2, `Its term ended ${plural(days(now - expiresAt), 'day')} ago.`);
  // After a delete the name is out of the zone anyway: the hold adds nothing.
  const held = registration?.statuses.some((status) => status === 'clientHold' || status === 'serverHold');
  if (held && (stage === 'registered' || stage === 'auto_renew_grace'))
    say('on_hold', -2, 'It is on hold: its registrar or registry has taken it out of the DNS.');
  return found;
}

function ofUse({ dns, parked, stage }: OutlookFacts): Sign[] {
  if (parked?.for === 'expired')
    return [
      {
        sign: 'expiry_page',
        weight: -3,
        explanation: `Its name servers are those of ${parked.operator} for expired names.`,
      },
    ];
  if (parked)
    return [
      {
        sign: 'parked',
        weight: -1,
        explanation: `It is parked with ${parked.operator}: offered for sale, or showing advertisements.`,
      },
    ];
  if (!dns) return [];
  const found: Sign[] = [];
  if (dns.addresses === true)
    found.push({
      sign: 'answers_at_address',
      weight: 2,
      explanation: 'It has an address in the DNS: a site or service may be in use.',
    });
  if (dns.mail === true)
    found.push({ sign: 'takes_mail', weight: 2, explanation: 'It takes mail: somebody may depend on it.' });
  // A name that was deleted is out of the zone whatever it was used for.
  const inZone = stage === 'registered' || stage === 'auto_renew_grace';
  if (inZone && dns.addresses === false && dns.mail === false)
    found.push({ sign: 'no_answer', weight: -2, explanation: 'It has neither an address nor mail in the DNS.' });
  if (found.length === 0 && (dns.addresses === 'unknown' || dns.mail === 'unknown'))
    found.push({
      sign: 'dns_not_asked',
      weight: 0,
      explanation: 'Its DNS could not be asked: whether it is in use is not known.',
    });
  return found;
}

function ofHistory({ registration, expiresAt, now, stage, transferredAt, renewalsSeen }: OutlookFacts): Sign[] {
  const found: Sign[] = [];
  const say = (sign: Sign['sign'], weight: number, explanation: string) => found.push({ sign, weight, explanation });
  if (stage === 'registered' && expiresAt !== undefined && expiresAt - now > AHEAD_DAYS * DAY_MS)
    say('paid_ahead', 3, `It is paid for ${plural(days(expiresAt - now), 'day')} ahead.`);
  if (transferredAt !== undefined && transferredAt <= now && now - transferredAt < LATELY_DAYS * DAY_MS)
    say('transferred_lately', 1, `It moved to another registrar ${plural(days(now - transferredAt), 'day')} ago.`);
  const { registeredAt = 0 } = registration ?? {};
  const years = registeredAt === 0 ? 0 : Math.floor(days(now - registeredAt) / 365.25);
  if (years >= OLD_YEARS) say('old', 1, `It has been registered for ${plural(years, 'year')}.`);
  if (renewalsSeen > 0)
    say('renewed_before', 2, `Its owner kept it ${plural(renewalsSeen, 'time')} while it was watched here.`);
  return found;
}

/** Nothing known is `unknown`, not the middle. */
export function likelihoodOf(signs: readonly Sign[]): Likelihood {
  if (signs.every(({ weight }) => weight === 0)) return 'unknown';
  const sum = signs.reduce((total, { weight }) => total + weight, 0);
  if (sum >= CLEAR) return 'high';
  return sum <= -CLEAR ? 'low' : 'medium';
}

/** Others who wait for a name, as those may know it who do not wait themselves. */
export const MANY = 5;
export type Crowd = 'none' | 'some' | 'many';
export const crowdOf = (others: number): Crowd => (others === 0 ? 'none' : others < MANY ? 'some' : 'many');
