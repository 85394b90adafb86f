/**
 * An auction between those who reserved, from its opening bid to its result. Bids are Updates: a validator refuses without a trace, a
 * handler that never waits takes up the rest, each at the instant of the task that brings it. It ends to the millisecond: what comes at
 * `endsAt` or later is too late, however late the timer.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { closingAt, minimumOf } from '../rules/bidding.ts';
import { supported } from './attempt.ts';
import { teller } from './auction-telling.ts';
import { BidBook, type Refusal } from './bid-book.ts';
import { clockTime, realTime, type Time } from './clock.ts';
import { auctionDetails } from './details.ts';
import { lengthOfRun } from './handing-over.ts';
import {
  bidsUpdate,
  bidUpdate,
  carriedAuction,
  describeAuction,
  takenBids,
  tickSignal,
  type AuctionCarried,
  type AuctionInput,
  type AuctionResult,
  type BidAnswer,
  type BidMessage,
} from './messages.ts';

/** A request to cancel it changes nothing: who bid is bound, and so is the house. */
export function auction(input: AuctionInput): Promise<AuctionResult> {
  return CancellationScope.nonCancellable(() => hold(input));
}

// It ends by the code it began with: what a bid is worth must not change under those who bid. Workers without a version may not ask for that.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'PINNED' } : {}),
  auction,
);

async function hold(input: AuctionInput): Promise<AuctionResult> {
  const book = new BidBook(input, input.carried?.kept);
  const run = lengthOfRun();
  let closed = false;
  const tell = teller({ input, book, time: () => time, support: () => support, isClosed: () => closed });
  const time: Time = input.clock
    ? clockTime(input.clock, input.carried?.time ?? input.time, () => tell.idle())
    : realTime();
  const support = supported(time, () => {});
  const show = () => setCurrentDetails(auctionDetails(input, book, closed, support.attention()));

  const takeUp = (messages: readonly BidMessage[]): BidAnswer[] => {
    run.read();
    const answers = messages.map((message) => {
      time.heard(message.tick);
      const { leader } = book;
      const answer = book.take(message, time.now());
      // The validator has just said otherwise: only a bug comes here, and it must not pass for a bid.
      if ('kind' in answer) throw refused(answer);
      tell.heardBid(leader);
      return answer;
    });
    show();
    return answers;
  };
  const validator = (messages: readonly BidMessage[]) => refuseBad(book, messages, time.now());
  setHandler(bidUpdate, (message) => takeUp([message])[0] as BidAnswer, {
    validator: (message) => validator([message]),
  });
  setHandler(bidsUpdate, takeUp, { validator });
  setHandler(describeAuction, () => viewOf(input, book, closed));
  setHandler(takenBids, ({ ids }) =>
    ids.flatMap((id) => {
      const answer = book.answerTo(id);
      return answer ? [{ id, answer }] : [];
    }),
  );
  const carry = (): AuctionCarried => ({ kept: book.kept, told: tell.carry(), time: time.last() });
  setHandler(carriedAuction, () => ({ carried: carry(), over: closed }));
  setHandler(tickSignal, (tick) => {
    run.read();
    time.heard(tick);
  });
  show();
  const telling = tell.run();

  let reminded = input.carried?.told.closing ?? false;
  for (;;) {
    const { endsAt, terms } = book.auction;
    const remindAt = reminded ? undefined : closingAt(terms.policy, endsAt);
    if (time.now() >= endsAt) break;
    if (remindAt !== undefined && time.now() >= remindAt) {
      reminded = true;
      tell.remind();
    } else if (run.mayEnd()) await handOver();
    else
      await time.until(
        remindAt ?? endsAt,
        remindAt === undefined ? `${input.name}: the auction ends` : `${input.name}: remind of the end`,
        () => book.auction.endsAt !== endsAt || run.mayEnd(),
      );
  }

  closed = true;
  tell.changed();
  show();
  await condition(() => tell.idle() && allHandlersFinished());
  await tell.rest();
  await telling;
  const { parent } = workflowInfo();
  // Under a test clock a child keeps its place until its arbiter takes it over: time must not move between the two.
  if (!parent) await time.leave();
  const { endsAt, extensions } = book.auction;
  return { id: input.id, endedAt: endsAt, extensions, book: book.book, time: time.last() };

  /** Bids that come while the last publication is under way are taken up still, and published by the next run. */
  async function handOver(): Promise<never> {
    await tell.rest();
    await condition(allHandlersFinished);
    return continueAsNew<typeof auction>({ ...input, carried: carry() });
  }
}

function refuseBad(book: BidBook, messages: readonly BidMessage[], now: number): void {
  const refusal = book.refusalOf(messages, now);
  if (refusal) throw refused(refusal);
  const isLate = ({ id, givenUpAt }: BidMessage) => !book.answerTo(id) && realTime().now() >= givenUpAt;
  if (messages.some(isLate)) throw ApplicationFailure.nonRetryable('given_up', 'given_up');
}

const refused = (refusal: Refusal) =>
  ApplicationFailure.nonRetryable(
    refusal.kind,
    refusal.kind,
    ...(refusal.kind === 'below_minimum' ? [refusal.minimum] : []),
  );

const viewOf = ({ id, name }: AuctionInput, book: BidBook, closed: boolean) => ({
  id,
  name,
  status: closed ? ('closed' as const) : ('open' as const),
  price: book.money(book.auction.price),
  minimum: book.money(minimumOf(book.auction)),
  leader: book.leader,
  startedAt: book.auction.terms.startedAt,
  endsAt: book.auction.endsAt,
  extensions: book.auction.extensions,
  bids: book.count - book.raises,
});
