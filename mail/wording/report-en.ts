/** Reports in English. */
import type { ReportWording } from './report.ts';

export const REPORT_EN: ReportWording = {
  title: (name) => `Report on the reservation of ${name}`,
  soFar: 'The reservation has not ended. This is what has happened so far.',
  sections: {
    result: 'What came of it',
    drop: 'Who has the name, and since when',
    tried: 'What we tried',
    timeline: 'What happened',
    similar: 'Similar names',
    proof: 'Proof',
  },
  asOf: (when) => `As of ${when}.`,

  holder: {
    us: (sponsor) => `The registry names ${sponsor}, which is us, as the registrar of the name.`,
    other: (sponsor) => `The registry names ${sponsor} as the registrar of the name.`,
    at: (when) => `By the registry it was registered at ${when}.`,
  },
  after: {
    exact: (lag, from, to) =>
      `It was registered ${lag} after its release: from ${from}, the instant the registry had published, to ${to}, the instant the registry gives the new registration.`,
    atMost: (lag, from, to) =>
      `It was registered at most ${lag} after its release: at ${from}, by our clock, the registry still answered with the old registration, and it gives the new one the instant ${to}. When in between the name was released the registry did not tell us.`,
    toTheSecond: 'The registry’s instant has no fraction of a second; what is missing may have been cut off.',
    unknown: {
      not_registered: 'Who registered the name after its release is not known to us.',
      no_registration_instant: 'When it was registered the registry did not tell us.',
      no_drop_instant:
        'How long after its release that was is not known: the registry did not publish the instant of the release, and none of our answers shows it.',
    },
  },

  tried: {
    none: 'We sent no request to register the name.',
    creates: (count, isAll) =>
      isAll
        ? `Requests to register the name that we sent to the registry: ${count}.`
        : `Requests to register the name that we sent to the registry: at least ${count}. Not all of them are on record here.`,
    columns: { answer: 'The registry’s answer (EPP)', count: 'Times', first: 'First sent', last: 'Last sent' },
    beside: {
      drop: (when) =>
        `Times by our clock; in brackets, how long before (−) or after (+) the published release at ${when}.`,
      registration: (when) =>
        `Times by our clock; in brackets, how long before (−) or after (+) the registration at ${when}, as the registry gives it.`,
    },
    code: (code) => `${code}`,
    means: {
      1000: 'accepted',
      1001: 'accepted, to be carried out later',
      2201: 'not allowed: somebody has the name',
      2202: 'not allowed: somebody has the name',
      2302: 'refused: somebody has the name, perhaps still its old owner',
      2304: 'refused: the name cannot be registered in its present state',
      2306: 'refused by the registry’s rules',
      2400: 'failed at the registry',
      2500: 'failed at the registry, which ended the connection',
      2502: 'refused: too many connections or requests',
    },
    noAnswer: 'no answer came; the registry was then asked who has the name',
    notReached: 'not sent: the registry could not be reached',
    refused: (code) => `A request for this reservation was refused for good, with the code ${code}.`,
  },

  placed: (stage) => `The reservation was placed. The name: ${stage}.`,
  expiring: (when, days) =>
    `The owner’s registration was to run out at ${when}, ${
      days === 0 ? 'within hours' : `in ${days === 1 ? 'one day' : `${days} days`} at the most`
    }.`,
  expired: (when) =>
    when === undefined ? 'The owner’s registration ran out.' : `The owner’s registration had run until ${when}.`,
  stage: (stage) => `The registry’s answer changed. The name: ${stage}.`,
  drop: {
    published: (period) => `The release was published for a time ${period}.`,
    estimated: (period) => `The release was expected ${period} (an estimate).`,
    uncertain: (period) => `The release was possible ${period} (uncertain).`,
  },
  dropMoved: (period) => `Until then we had told you: ${period}.`,
  keptUntil: (when) => `It was then registered until ${when}.`,
  catching: (period) =>
    period === undefined
      ? 'We began to try to register the name.'
      : `We began to try to register the name, whose release we expected ${period}.`,
  caught: 'The name was registered through us; whose it would be was then decided.',
  registeredBy: (sponsor) =>
    `The registry answered that the name is registered anew, with ${sponsor} as its registrar.`,
  expiryMoved: (from, to) => `The end of the registration moved from ${from} to ${to}.`,
  transferred: (from, to) => `The name moved from the registrar ${from} to the registrar ${to}.`,
  awardStands: {
    stands: 'The registration stood when we last had to make sure of that.',
    left: 'The name was transferred to another registrar with the code that was shown for it.',
  },
  attention: 'A step could not be carried out and waited for our support.',
  decision: {
    retry: 'Our support had the step tried again.',
    skip: 'Our support had the step passed over.',
    accepted: 'The offer was accepted.',
    declined: 'The offer was declined.',
    lapsed: 'The offer was not answered in time.',
  },
  unfunded: (amount, due) => `The account did not cover ${amount}, which had to be there by ${due}.`,
  offered: (price, by) => `The name was offered for ${price}, until ${by}.`,
  unpaid: (price, by) =>
    `The name was awarded for ${price}, which the account did not cover: payment was due by ${by}.`,
  auction: {
    started: (price, endsAt) => `The auction began at ${price}, to end at ${endsAt}.`,
    outbid: (price, endsAt) => `Somebody else took the lead, at ${price}; the auction was to end at ${endsAt}.`,
    extended: (price, endsAt) => `A late bid moved the end of the auction to ${endsAt}; it stood at ${price}.`,
    closing: (price, endsAt) => `The auction came near its end at ${endsAt}; it stood at ${price}.`,
    closed: (price, endsAt) => `The auction ended at ${endsAt}, at ${price}.`,
  },
  award: {
    by: (rule, version, claims) => `Decided ${rule} (${version}); reservations considered: ${claims}.`,
    rules: { in_order: 'in the order of reservation', auction_when_contested: 'by auction where several may have it' },
    verdict: {
      take: (price) => `The name was to go to one of them for ${price}.`,
      auction: () => 'Those that may have it were to bid.',
      nobody: () => 'None of them could have it.',
    },
    mine: {
      first_in_order: 'This one, as the first in order.',
      next_in_order: 'This one, as the next in order.',
      highest_bid: 'This one, by the highest bid.',
      bids: 'This one may bid.',
      outbid: 'This one was outbid.',
      behind_in_order: 'This one was behind in order.',
      unfunded: 'This one was passed over, as its price was not covered at the cut-off.',
      dry_run: 'This one was a dry run.',
      declined: 'This one had declined.',
      lapsed: 'This one had not answered its offer in time.',
      defaulted: 'This one had not paid in time.',
      tied_to_default: 'This one was passed over, as another of the same customer had not paid in time.',
      blocked: 'This one was kept from bidding, after awards that were not paid.',
      left: 'This one had been ended.',
    },
  },
  reason: (words) => `The reason given: “${words}”.`,
  notice: {
    sent: (what) => `E-mail about ${what}: taken over by the mail server.`,
    overtaken: (what) => `E-mail about ${what}: not sent, as it was no longer news.`,
    refused: (what, code) =>
      code === undefined
        ? `E-mail about ${what}: refused for good.`
        : `E-mail about ${what}: refused for good (${code}).`,
    givenUp: (what) => `E-mail about ${what}: given up after three days.`,
    about: {
      'reservation.placed': 'the placing of the reservation',
      'reservation.expiring': 'the expiry that came near',
      'reservation.expired': 'the expiry',
      'reservation.stage_changed': 'the change of stage',
      'reservation.drop_scheduled': 'the time of the release',
      'reservation.renewed': 'the name having been kept',
      'reservation.caught': 'the registration through us',
      'reservation.unfunded': 'the price not covered',
      'reservation.offered': 'the offer',
      'reservation.payment_required': 'the payment due',
      'auction.started': 'the start of the auction',
      'auction.outbid': 'having been outbid',
      'auction.closing': 'the coming end of the auction',
      'auction.closed': 'the end of the auction',
      'reservation.won': 'the outcome',
      'reservation.delivered': 'the delivery',
      'reservation.taken_back': 'the name having been taken back',
      'reservation.lost': 'the outcome',
      'reservation.missed': 'the outcome',
      'reservation.cancelled': 'the cancelling',
      'reservation.rejected': 'the refusal',
    },
    aboutOther: 'this reservation',
  },
  recorded: (type) => `Recorded: ${type}.`,

  similar: {
    columns: { name: 'Name', why: 'Why', state: 'Its registry' },
    reasons: {
      other_tld: 'the same name, another ending',
      ascii: 'spelled in letters every keyboard has',
      hyphen: 'with or without a hyphen',
      number: 'one or many',
      synonym: 'another word for much the same',
      prefix: 'with a word before it',
      suffix: 'with a word after it',
    },
    states: {
      available: 'answers that it can be registered',
      premium: 'sells it at a price of its own',
      taken: 'answers that it is taken',
      unknown: 'did not say',
    },
    asOf: (when) =>
      `As their registries answered at ${when}. Whoever comes first can register a free name: this may have changed since.`,
    none: 'None came to mind.',
    away: 'Similar names could not be looked up just now. Everything else is here.',
    someAway: 'Not every registry answered just now.',
    elsewhere:
      'Which similar names are free changes by the minute, so none are listed in this copy. Your registrar can show you those that are free when you ask.',
  },
  proof:
    'Each entry of the record carries a hash over itself and the one before. This line names the last one this report rests on: whoever keeps it can show whether anything before it was changed.',
  earlier: (count) => `Earlier entries that are not listed here: ${count}.`,
  times: (zone) => `All times are in ${zone}.`,
  attached: 'What happened, entry by entry, is attached as a report that can be read and printed in any browser.',
};
