/** The notices in English. */
import { formatMoney } from '../../rules/money.ts';
import type { Wording } from './wording.ts';

export const EN: Wording = {
  language: 'en',
  formats: { day: 'd LLLL yyyy', minute: 'd LLLL yyyy, HH:mm ZZZZ', second: 'd LLLL yyyy, HH:mm:ss ZZZZ' },
  money: formatMoney,
  inOurLanguage: ({ en }) => en,

  greeting: (person) => (person === undefined ? 'Hello,' : `Hello ${person},`),
  forCustomer: (customer) =>
    `This is for your customer ${customer}, and was sent to you instead. It is written to them.`,
  registrar: 'the registrar you placed it with',
  canDo: {
    waiting: (registrar) =>
      `You need to do nothing now. To change or cancel the reservation, write to ${registrar}. It can be cancelled until shortly before the release.`,
    bound: (registrar) =>
      `You need to do nothing now. The reservation can no longer be cancelled. For questions, write to ${registrar}.`,
    ended: (registrar) => `For questions, write to ${registrar}.`,
    fund: (registrar) => `To have the money put there, or to cancel the reservation, write to ${registrar}.`,
    bid: (registrar) =>
      `You can bid until the auction ends, through ${registrar}. A bid can be raised and not withdrawn, and the reservation can no longer be cancelled.`,
    answer: (registrar) => `To accept or decline in time, write to ${registrar}.`,
    pay: (registrar) => `To have it paid in time, write to ${registrar}.`,
  },
  act: {
    waiting: 'See your reservation',
    bound: 'See your reservation',
    ended: 'See your reservation',
    fund: 'See what is to be covered',
    bid: 'Bid',
    answer: 'Accept or decline',
    pay: 'Pay',
  },
  noPromise:
    'A reservation is not a promise: the owner may keep the name, somebody else may register it first, and a reservation placed before yours comes before it. Nothing is guaranteed.',
  reserveAgain: 'If you still want the name, you can place a new reservation for the next time it may be released.',
  hasEnded: 'Since then the reservation has ended.',
  reservationEnded: 'Your reservation has ended.',
  movedOn: 'The name has moved on since then; where it stands now is told in a message of its own.',
  dryRun: 'This reservation is a dry run: the name is followed, and nothing is registered for it.',

  stages: {
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
  },
  deleted: {
    title: 'deleted by its registrar',
    meaning: (name) =>
      `${name} has been deleted by the owner’s registrar, and is released unless it is restored. Its registry does not tell whether the owner can still have it restored.`,
  },
  next: {
    expiry: (when) =>
      `The owner’s registration runs until ${when}. The owner can renew before then, and for some time after.`,
    redemption: (when) =>
      `If the owner does not renew, we expect the owner’s registrar to delete it by about ${when} (an estimate).`,
    pending_delete: (when) =>
      `If it is not restored, we expect pending delete to begin by about ${when} (an estimate).`,
    registry_check: (when) => `We go on asking the registry, the next time by ${when}.`,
  },
  released: {
    trying: 'We are trying to register it now, and go on trying for as long as nobody has it. Others may do the same.',
    dryRun: 'For a dry run no request to register it is sent.',
  },

  placed: {
    subject: (name) => `Your reservation of ${name}`,
    text: (name) =>
      `Your reservation of ${name} is placed. We watch the name, and try to register it for you when it is released.`,
    dryRun: (name) => `Your reservation of ${name} is placed. We watch the name, and tell you what becomes of it.`,
    onRenewal: {
      keep_waiting: 'If the owner keeps the name, your reservation goes on waiting for the next time.',
      close: 'If the owner keeps the name, your reservation ends, as you asked.',
    },
    waitUntil: (when) => `It waits until ${when} at the longest.`,
  },
  expiring: {
    subject: (name, when) => `${name}: registered until ${when}`,
    text: (name, when, days) =>
      `The owner’s registration of ${name} runs until ${when}, ${
        days === 0 ? 'a few hours from now' : `${days === 1 ? 'one day' : `${days} days`} from now at the most`
      }.`,
    canRenew: 'The owner can renew it before then, and usually for some time after. Most owners do.',
    otherwise: (name) =>
      `If ${name} is not renewed, it is not released at once: it first passes the stages its registry has, and we tell you of each.`,
  },
  dateMoved: (when) => `This replaces the date we told you before, ${when}: the registry now gives another.`,
  ranUntil: (name, when) => `The registration of ${name} ran until ${when}.`,
  kept: {
    subject: (name) => `${name}: not released this time`,
    text: {
      renewed: (name) => `The registration of ${name} has been renewed, so it is not released this time.`,
      restored: (name) => `${name} has been restored for its owner, so it is not released this time.`,
      transferred: (name) =>
        `${name} is no longer on its way to release: the registration has been moved to another registrar.`,
      kept_unknown: (name) =>
        `${name} is no longer on its way to release. The registry’s answers do not tell how it was kept.`,
    },
    until: (when) => `By the registry’s answer it is now registered until ${when}.`,
    waitsOn: 'Your reservation goes on waiting, and keeps its place.',
  },
  drop: {
    subject: {
      published: (name, when) => `${name}: release published for ${when}`,
      estimated: (name, when) => `${name}: release expected about ${when}`,
      uncertain: (name, when) => `${name}: release possible about ${when}`,
    },
    movedSubject: (name) => `${name}: another time of release`,
    at: (when) => `at ${when}`,
    between: (from, to) => `between ${from} and ${to}`,
    text: {
      published: (period) => `Its release has been published for a time ${period}.`,
      estimated: (period) =>
        `If nobody acts, we expect the registry to release it ${period}. This is an estimate from the registry’s usual rules, not a date the registry has given.`,
      uncertain: (period) =>
        `If nobody acts, the registry may release it ${period}. This is uncertain: what is known of the registry’s rules is old, second-hand or contradictory, and the registry has given no date.`,
    },
    before: (period) => `This replaces what was known before: ${period}.`,
    thenWeTry: 'We then try to register it at once. Others may do the same.',
    itIsTime: 'That time has come: we try to register it as soon as we see it released. Others may do the same.',
  },
  calendar: {
    title: {
      published: (name) => `${name}: published release`,
      estimated: (name) => `${name}: expected release (estimate)`,
      uncertain: (name) => `${name}: possible release (uncertain)`,
    },
    invited: 'An entry for your calendar is attached. It moves when the expected time moves.',
    cancelled: 'The entry for your calendar that we sent you is withdrawn with this message.',
  },
  unfunded: {
    subject: (name) => `${name}: the price is not covered`,
    text: (name, amount, due) =>
      `The account that your reservation of ${name} is charged to does not cover ${amount}. That much must be there by ${due}.`,
    otherwise:
      'If it is not there by then, your reservation is passed over, and others may get the name. Nothing is charged unless the name becomes yours.',
  },
  auction: {
    started: {
      subject: (name) => `${name}: the auction has begun`,
      text: (name, price, endsAt) =>
        `${name} has been registered through us, and others have reserved it too. Those who did can now bid for it, and nobody else can. It stands at ${price}, and the auction ends at ${endsAt}; a late bid may extend it.`,
    },
    outbid: {
      subject: (name) => `${name}: you have been outbid`,
      text: (name, price, endsAt) =>
        `Somebody else now leads in the auction of ${name}, at ${price}. It ends at ${endsAt}; a late bid may extend it.`,
    },
    closing: {
      subject: (name) => `${name}: the auction ends soon`,
      text: (name, price, endsAt) =>
        `The auction of ${name} ends at ${endsAt}; a late bid may extend it. It stands at ${price}.`,
    },
    closed: {
      subject: (name) => `${name}: the auction has ended`,
      text: (name, price, endsAt) =>
        `The auction of ${name} ended at ${endsAt}, at ${price}. Whose the name becomes follows in a message of its own, once it is paid.`,
    },
    hardLimit: 'Your budget is a hard limit: nothing is ever bid or charged above it.',
    budget: {
      bid: 'Your budget has been bid for you: you pay no more of it than it takes to outbid the others.',
      insufficient:
        'Your budget was not bid: the money for all of it is not there. Your claim stands at the list price, and you can bid less.',
      over_cap:
        'Your budget was not bid: with all of it more would be spent than is allowed. Your claim stands at the list price, and you can bid less.',
    },
    aboveBudget: 'The next bid would be above your budget. To go on bidding, raise the budget first.',
  },
  offered: {
    subject: (name) => `${name} is offered to you`,
    text: (name, price, by) =>
      `${name} has been registered through us and is offered to you for ${price}. The offer stands until ${by}.`,
    otherwise: 'If you decline it, or say nothing by then, it goes to whoever is next, and you owe nothing.',
  },
  unpaid: {
    subject: (name) => `${name}: payment is required`,
    text: (name, price, by) =>
      `${name} is yours for ${price}, and the account that your reservation is charged to does not cover that. It must be there by ${by}.`,
    otherwise:
      'If it is not paid by then, the name goes to somebody else, and a fee may be owed by the registrar for the award that lapsed.',
  },
  won: {
    subject: (name) => `${name} is registered for you`,
    text: (name, price) => `${name} was released, and has been registered for you. The price is ${price}.`,
    held: (until) =>
      `Whoever had the name before can still have it back until ${until}. Until then it stays with us: it cannot be transferred away, and should the registry take it back, you get back what was paid.`,
    keepIt: 'You need to do nothing to have it. It runs until the date below: renew it in time if you want to keep it.',
    rights:
      'Having a registration does not settle every right in a name: somebody with an earlier right, such as a trade mark, can still dispute it.',
  },
  delivered: {
    subject: (name) => `${name} is delivered`,
    text: (name) =>
      `The time in which whoever had ${name} before could have it back is over. It can now be transferred, too.`,
  },
  takenBack: {
    subject: (name) => `${name} was taken back by its registry`,
    text: {
      gone: (name, when) =>
        `${name} had been registered for you, and its registry no longer has that registration since ${when} at the latest.`,
      other_sponsor: (name, when) =>
        `${name} had been registered for you, and its registry shows it with another registrar since ${when} at the latest.`,
      other_registration: (name, when) =>
        `${name} had been registered for you, and its registry has undone that: since ${when} at the latest it shows another registration of the name.`,
    },
    refunded: (amount) => `What was paid for it, ${amount}, has been given back to the account that it was taken from.`,
  },
  lost: {
    subject: (name) => `${name} could not be registered for you`,
    dryRunSubject: (name) => `${name}: your dry run has ended`,
    text: {
      caught_by_other: (name, caughtBy) =>
        `Somebody else registered ${name} first. ${
          caughtBy === undefined
            ? 'It is now with another registrar.'
            : `The registry now shows ${caughtBy} as its registrar.`
        }`,
      behind_in_order: (name) =>
        `${name} was registered through us, but a reservation placed before yours came first, and the name went to that one.`,
      outbid: (name) => `${name} was registered through us, and somebody else bid more for it.`,
      unfunded: (name) =>
        `The price of ${name} was not covered in time, so your reservation was passed over when the name was released.`,
      declined: (name) => `${name} was offered to you, and was not accepted in time or was declined. You owe nothing.`,
      defaulted: (name) =>
        `The award of ${name} was not paid in time, by you or under the same customer, e-mail address or registrant. The name goes on to others.`,
      blocked: (name) =>
        `${name} was registered through us and several wanted it. Your reservation could not bid for it, because earlier awards to you, or to other customers of the registrar you placed it with, were not paid.`,
      dry_run: () =>
        'Your reservation was a dry run, as asked: the name was followed to the end, and nothing was registered for you.',
      no_race: (name) =>
        `${name} was not released to whoever asks first: its registry gives it away in a way of its own.`,
      not_catchable: (name) =>
        `${name} could not be registered: our request to the registry could not be completed, and our support has ended the attempt.`,
    },
  },
  missed: {
    subject: (name) => `${name}: your reservation has ended`,
    text: {
      kept: (name) =>
        `${name} is not released this time. You had asked for the reservation to end in that case, and it has ended.`,
      wait_until: (name, waitUntil) =>
        `${name} was not released in the time you were willing to wait${
          waitUntil === undefined ? '' : ` (until ${waitUntil})`
        }, and the reservation has ended.`,
    },
  },
  cancelled: {
    subject: (name) => `${name}: your reservation is cancelled`,
    text: {
      by_registrar: (name) =>
        `Your reservation of ${name} has been cancelled by the registrar you placed it with. We no longer watch the name for you, and do not register it for you.`,
      by_support: (name) =>
        `Your reservation of ${name} has been cancelled by our support. We no longer watch the name for you, and do not register it for you.`,
    },
  },
  rejected: {
    subject: (name) => `${name} could not be reserved`,
    text: (name) => `Your reservation of ${name} was received, and could then not be placed. Nothing is owed for it.`,
    reasons: {
      domain_available: (name) =>
        `The registry answers that nobody holds ${name}: it needs no reservation, and can be registered at once by whoever comes first.`,
      already_ours: (name) => `${name} is registered through us already, so there is no release to wait for.`,
      reserved_by_registry: (name) => `The registry withholds ${name}: it cannot be registered by anybody.`,
      no_race: (name) => `The registry gives ${name} away in a way of its own, not to whoever asks first.`,
      premium: (name) => `The registry sells ${name} at a price of its own, which a reservation does not cover.`,
      queue_full: (name) => `There are already as many reservations of ${name} as we take.`,
      past_cutoff: (name) => `The release of ${name} was so near that no further reservation could be taken.`,
      already_reserved: (name) => `There is a reservation of ${name} for you already; that one goes on as it is.`,
    },
  },

  labels: {
    budget: 'Budget',
    reservation: 'Reservation',
    asOf: 'As of',
    price: 'Price',
    awarded: 'Awarded',
    registeredUntil: 'Registered until',
    sponsor: 'Registrar, as the registry names it',
    roid: 'The registry’s id of the registration (ROID)',
    needed: 'To be covered',
    neededBy: 'Covered by',
    standsAt: 'Stands at',
    nextBid: 'Next bid from',
    auctionEnds: 'Auction ends',
    answerBy: 'Answer by',
    payBy: 'Pay by',
    refunded: 'Given back',
  },
  testSubject: '[test]',
  footer: {
    test: 'This is a test: the name and its registry are simulated, and so are the dates.',
    times: (zone) => `All times are in ${zone}. This message was sent automatically.`,
    proof: 'Keep this message: its last line proves what was on record of this reservation so far.',
  },
};
