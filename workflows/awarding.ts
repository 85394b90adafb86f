/** From the caught name to the last answer: whose it is, who is asked, who pays, and what becomes of a name that nobody takes. */
import {
  decideAward,
  type AuctionStanding,
  type AwardReason,
  type AwardDecision,
  type AwardFacts,
  type AwardTerms,
  type Passed,
} from '../rules/award.ts';
import { ranking, recompute } from '../rules/bidding.ts';
import type { Claim } from '../rules/queue.ts';
import type { LostReason, ShownDecision, WonReason } from '../rules/reservation.ts';
import type { Sight } from '../rules/watch.ts';
import type { PaidAward } from '../activities/arbiter.ts';
import { blockedOf, holdAuction, tellEntrants } from './contest.ts';
import type { Desk } from './desk.ts';
import type { AuctionResult } from './messages.ts';
import { letGo } from './letting-go.ts';
import { collect, offerName } from './offering.ts';
import { endEarlierWatch, watchAward } from './watching-award.ts';
import { forget, lookAlone } from './watching.ts';

export type CaughtName = PaidAward['caught'];

/** The award of one name, as far as it has come. */
interface Award {
  catchId: string;
  terms: AwardTerms;
  /** All that were considered, also those that have left. */
  claims: Claim[];
  passed: Record<string, Passed>;
  decisions: number;
  auction?: AuctionResult | undefined;
}

export async function awardName(desk: Desk, caught: CaughtName, terms: AwardTerms): Promise<void> {
  desk.phase = 'awarding';
  await endEarlierWatch(desk, caught.catchId);
  seeAsOurs(desk, desk.sight as Sight, caught);
  const { account } = desk;
  desk.tellAll(() => ({ kind: 'caught', at: desk.time.now(), name: desk.view(), ...(account && { account }) }));
  const award = awardOf(desk, caught.catchId, terms);
  for (;;) {
    noteWhoLeft(desk, award);
    const facts = factsOf(award);
    const decision = decideAward(facts);
    const asks = await publishDecision(desk, award, facts, decision);
    endThoseWithoutAChance(desk, decision);
    switch (decision.verdict.kind) {
      case 'nobody':
        return nobodyTakesIt(desk, caught);
      case 'auction':
        await contest(desk, award);
        break;
      case 'take': {
        const { winner } = decision.verdict;
        const reason = decision.considered.find(({ reservation }) => reservation === winner)?.reason as WonReason;
        if (await takes(desk, award, decision.verdict, asks))
          return settle(desk, { ...decision.verdict, caught, reason, contested: award.auction !== undefined });
      }
    }
  }
}

const awardOf = (desk: Desk, catchId: string, terms: AwardTerms): Award => ({
  ...{ catchId, terms, claims: desk.claims, passed: {}, decisions: 0 },
});

/** Nobody could have the name, so that nothing was sent for it: that is a decision too, on record like any other. */
export async function awardToNobody(desk: Desk, terms: AwardTerms): Promise<void> {
  const award = awardOf(desk, `${desk.name}#unsent-${desk.time.now()}`, terms);
  const facts = factsOf(award);
  const decision = decideAward(facts);
  await publishDecision(desk, award, facts, decision);
  endThoseWithoutAChance(desk, decision);
  forget(desk);
}

/** Somebody paid, and the arbiter was ended before all had heard of it: whose the name is stands, and those who wait are told. */
export async function goOnWithAward(desk: Desk, paid: PaidAward, sight: Sight | undefined): Promise<void> {
  desk.phase = 'awarding';
  desk.awardedTo = paid.winner;
  // What the name lives by is wanted here: whatever the registry says of it by now, the award stands until its watch finds otherwise.
  const seen = sight ?? (await lookAlone(desk));
  if (!seen) return;
  seeAsOurs(desk, seen, paid.caught);
  endThoseWithoutAChance(desk, paid);
  if (paid.untold) return settle(desk, paid);
  endTheOthers(desk, paid.contested);
}

function seeAsOurs(desk: Desk, { drop: _, ...sight }: Sight, { expiresAt }: CaughtName): void {
  desk.sight = { ...sight, stage: 'registered_by_us', seenAt: desk.time.now(), expiresAt };
  desk.index();
}

/** Those that may bid do so. */
async function contest(desk: Desk, award: Award): Promise<void> {
  const { terms, passed } = award;
  const funded = desk.claims.filter(({ reservation }) => terms.funded.includes(reservation));
  const blocked = await blockedOf(
    desk,
    funded.map(({ reservation }) => reservation),
  );
  for (const reservation of blocked) passed[reservation] = 'blocked';
  const entrants = funded.filter(({ reservation }) => !blocked.includes(reservation));
  // Where strikes leave one it is no contest: the next decision says so.
  if (entrants.length < 2) return;
  award.auction = await holdAuction(desk, entrants, terms);
  const came = standingOf(award);
  if (!award.auction || !came) return;
  const { id, endedAt } = award.auction;
  tellEntrants(desk, { type: 'closed', auction: id, price: came.price, endsAt: endedAt });
}

/** What the auction came to, or would have without those who are out. */
function standingOf({ auction, passed }: Award): AuctionStanding | undefined {
  if (!auction) return undefined;
  const came = recompute(auction.book, Object.keys(passed));
  return came && { order: came.order.map(({ reservation }) => reservation), price: came.price };
}

function factsOf(award: Award): AwardFacts {
  const { terms, passed } = award;
  const auction = standingOf(award);
  const claims = award.claims.map(({ reservation, ordinal, dryRun }) => ({ reservation, ordinal, dryRun }));
  return { terms, claims, passed: { ...passed }, ...(auction && { auction }) };
}

function noteWhoLeft(desk: Desk, { claims, passed, terms }: Award): void {
  const open = new Set(desk.claims.map(({ reservation }) => reservation));
  for (const { reservation } of claims)
    if (!open.has(reservation) && terms.funded.includes(reservation)) passed[reservation] ??= 'left';
}

/**
 * Told to those it is about, and kept in the books: of others each learns their place and the reason. Answers whether whoever is to have
 * the name wants to be asked first; who cannot be looked up is asked.
 */
async function publishDecision(desk: Desk, award: Award, facts: AwardFacts, decision: AwardDecision): Promise<boolean> {
  const at = desk.time.now();
  const step = ++award.decisions;
  const { catchId } = award;
  for (const { reservation } of desk.claims)
    desk.tell(reservation, { kind: 'decided', at, decision: shownTo(reservation, decision) });
  const recorded = await desk.support.attempt({
    name: 'decision',
    skippable: true,
    run: () =>
      desk.acts.write(`Decision ${step} on ${desk.name}: ${decision.verdict.kind}`).recordDecision({
        catchId,
        name: desk.name,
        livemode: desk.input.livemode,
        step,
        at,
        setBy: award.terms.setBy,
        facts,
        decision,
      }),
  });
  return recorded.kind !== 'done' || recorded.value.asks;
}

/** A list with everybody in it for everybody would grow with the square of the queue. */
const MOST_SHOWN = 100;

function shownTo(reservation: string, { rule, version, policy, verdict, considered }: AwardDecision): ShownDecision {
  const all = considered.map((one, index) => ({
    place: index + 1,
    mine: one.reservation === reservation,
    reason: one.reason,
  }));
  return {
    ...{ rule, version, policy, verdict: verdict.kind },
    ...(verdict.kind === 'take' && { price: verdict.price }),
    claims: all.length,
    considered: all.filter(({ place, mine }) => mine || place <= MOST_SHOWN),
  };
}

/** Why whoever had no chance, or let it go by, has lost. */
const LOST_AS: Partial<Record<AwardReason, LostReason>> = {
  dry_run: 'dry_run',
  unfunded: 'unfunded',
  blocked: 'blocked',
  declined: 'declined',
  lapsed: 'declined',
  defaulted: 'defaulted',
  tied_to_default: 'defaulted',
};

/** Dry runs, those whose money was not there at the cut-off, those that strikes kept from bidding, and who was asked in vain. */
function endThoseWithoutAChance(desk: Desk, { considered }: Pick<AwardDecision, 'considered'>): void {
  for (const { reservation, reason } of considered) {
    const lost = LOST_AS[reason];
    if (lost && desk.standing(reservation)) lose(desk, reservation, lost, reason === 'lapsed');
  }
}

function lose(desk: Desk, reservation: string, reason: LostReason, lapsed = false): void {
  desk.end(reservation, { result: 'lost', reason, at: desk.time.now(), ...(lapsed && { lapsed }) });
}

/** True once it is paid. Else why not is noted: the next decision says so, and ends the claim. */
async function takes(
  desk: Desk,
  award: Award,
  { winner, price }: Extract<AwardDecision['verdict'], { kind: 'take' }>,
  asks: boolean,
): Promise<boolean> {
  if (mustAsk(award, winner, asks)) {
    const answer = await offerName(desk, winner, price, award.terms.offerMs);
    if (answer !== 'accepted') {
      award.passed[winner] = answer;
      return false;
    }
  }
  const { catchId } = award;
  const paid = await collect(desk, { catchId, reservation: winner, price, windowMs: award.terms.paymentMs });
  if (paid === 'paid') return true;
  award.passed[winner] = paid;
  if (paid === 'defaulted') await endDefault(desk, award, winner);
  return false;
}

/** A bid says yes; the list price of whoever was first says nothing. */
const hasBid = ({ book }: AuctionResult, reservation: string): boolean =>
  ranking(book).order.some((rank) => rank.reservation === reservation && rank.max > book.terms.listPrice);

/** Once an award has lapsed nobody is surprised with the name: all that remain are asked. */
function mustAsk({ passed, auction }: Award, reservation: string, asks: boolean): boolean {
  if (Object.values(passed).includes('defaulted')) return true;
  return asks && !(auction && hasBid(auction, reservation));
}

/** The name goes to somebody else, and to nobody who is the same person under another claim. */
async function endDefault(
  desk: Desk,
  { catchId, terms, passed, claims, auction }: Award,
  reservation: string,
): Promise<void> {
  const at = desk.time.now();
  const operation = `default:${catchId}:${reservation}`;
  const charged = {
    reservation,
    operation,
    amount: terms.listPrice,
    reason: 'defaulted',
    ...(auction && { auction: auction.id }),
  };
  await desk.support.attempt({
    name: 'default',
    skippable: false,
    run: () =>
      desk.acts.write(`An award of ${desk.name} was not paid in time`).chargeDefault({ claims: [charged], at }),
  });
  const others = claims.map((claim) => claim.reservation).filter((one) => one !== reservation && desk.standing(one));
  const tied = await desk.support.attempt({
    name: 'tied',
    skippable: false,
    run: () => desk.acts.write(`Who is tied to ${reservation}`).tiedTo({ reservation, among: others }),
  });
  for (const one of tied.kind === 'done' ? tied.value.tied : []) passed[one] = 'tied_to_default';
}

/** It is paid: whose it is stands for good, and only now the others have lost. */
async function settle(
  desk: Desk,
  { caught, winner, price, reason, contested }: Omit<PaidAward, 'untold' | 'considered'>,
): Promise<void> {
  desk.awardedTo = winner;
  await handOver(desk, caught, winner);
  const at = desk.time.now();
  const { sponsor, roid, registeredAt, expiresAt } = caught;
  const { until: watchedUntil, delivery } = await watchAward(desk, caught, { reservation: winner, price });
  const registration = { registeredTo: sponsor, roid, registeredAt, expiresAt, delivery };
  desk.end(winner, { result: 'won', reason, at, price, ...registration }, { watchedUntil });
  desk.accepting = undefined;
  endTheOthers(desk, contested);
}

function endTheOthers(desk: Desk, contested: boolean): void {
  for (const { reservation } of desk.claims) lose(desk, reservation, contested ? 'outbid' : 'behind_in_order');
  forget(desk);
}

/** It was caught for whoever was first: the winner is told that it is theirs once the registry shows it so. A skip is on record. */
async function handOver(desk: Desk, { catchId, roid }: CaughtName, reservation: string): Promise<void> {
  const { registry } = desk.sight as Sight;
  await desk.support.attempt({
    name: 'registration',
    skippable: true,
    concerns: reservation,
    run: () =>
      desk.acts.registering(registry, `Make ${desk.name} the winner's: registrant and name servers`).registerFor({
        ...{ catchId, name: desk.name, tld: desk.input.tld, reservation, roid },
        ...(desk.input.clock !== undefined && { now: desk.time.now() }),
      }),
  });
}

async function nobodyTakesIt(desk: Desk, caught: CaughtName): Promise<void> {
  for (const { reservation } of desk.claims) lose(desk, reservation, 'behind_in_order');
  await letGo(desk, caught);
  forget(desk);
}
