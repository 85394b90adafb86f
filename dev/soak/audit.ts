/** All that must hold between registry, store, Temporal, API, mail and the ledger. */
import { auditAuctionAwards, auditAuctions, auditBids } from './audit-auctions.ts';
import { auditMail } from './audit-mail.ts';
import { auditCharges, auditHolds, auditReasons } from './audit-money.ts';
import { auditRegistry } from './audit-registry.ts';
import { auditShown } from './audit-shown.ts';
import { auditAnswers, auditOutcomes, auditQueues } from './audit-store.ts';
import { auditTemporal } from './audit-temporal.ts';
import { auditTimelines } from './audit-timeline.ts';
import type { Audit, Books, Violation } from './books.ts';

const AUDITS: readonly Audit[] = [
  auditRegistry,
  auditAnswers,
  auditOutcomes,
  auditQueues,
  auditTimelines,
  auditTemporal,
  auditBids,
  auditAuctions,
  auditAuctionAwards,
  auditCharges,
  auditHolds,
  auditReasons,
  auditMail,
  auditShown,
];

/** One line for each thing that cannot all be true. Empty: the books agree. */
export const audit = (books: Books): Violation[] => AUDITS.flatMap((each) => each(books));
