/**
 * The money for the claims of a name: who lacks it is told at each mark before the drop, it is held from six hours before, and at the
 * cut-off it is settled whose is held and by which rule the name is awarded.
 */
import { policyFor, type AwardTerms } from '../rules/award.ts';
import { dropToFund, fundsMarkAt, holdsFrom, isNewFundsMark, nextFundsMark, type FundsMark } from '../rules/funding.ts';
import type { Claim } from '../rules/queue.ts';
import type { Funding } from '../activities/money.ts';
import type { Desk } from './desk.ts';

/** Enough for one activity: an account's entries are written one after the other. */
const AT_A_TIME = 100;

export interface Funds {
  /** Reservations whose money is held. */
  held: string[];
  /** Those asked at the mark, whether it was there or not. */
  asked: string[];
  mark?: FundsMark;
  /** Held for a drop that did not come: given back at the next step. */
  toRelease: string[];
}

export const noFunds = (): Funds => ({ held: [], asked: [], toRelease: [] });

/** A drop that did not come needs no money: what was held is given back, and the next drop begins anew. */
export function letFundsGo(desk: Desk): void {
  const { held, toRelease } = desk.funds;
  desk.funds = { ...noFunds(), toRelease: [...toRelease, ...held] };
  desk.terms = undefined;
}

/** When money matters next; undefined: not before the next look. */
export function nextFundsAt({ sight, claims, time }: Desk): number | undefined {
  const dropAt = sight && claims.some(({ dryRun }) => !dryRun) ? dropToFund(sight) : undefined;
  return dropAt === undefined ? undefined : nextFundsMark(dropAt, time.now());
}

/** Is there a claim that nobody has asked about its money at this mark, or money to give back? */
export const fundsAreDue = (desk: Desk): boolean => desk.funds.toRelease.length > 0 || unasked(desk).length > 0;

export async function mindFunds(desk: Desk): Promise<void> {
  await giveBack(desk);
  const mark = markOf(desk);
  if (!mark || !desk.sight) return;
  if (isNewFundsMark(mark, desk.funds.mark)) desk.funds = { ...desk.funds, mark, asked: [] };
  const claims = unasked(desk);
  if (claims.length === 0) return;
  const from = holdsFrom(desk.sight);
  const lacking = from !== undefined && desk.time.now() >= from ? await hold(desk, claims) : await check(desk, claims);
  desk.funds.asked.push(...claims.map(({ reservation }) => reservation));
  tellUnfunded(desk, mark, lacking);
}

/** The cut-off has come, and what holds from there on is not settled yet. */
export function isPastCutoff(desk: Desk): boolean {
  const cutoff = desk.cutoffAt();
  const awaited = desk.terms === undefined && desk.phase === 'watching' && desk.claims.some(({ dryRun }) => !dryRun);
  return awaited && cutoff !== undefined && desk.time.now() >= cutoff;
}

/** From the cut-off on nobody's money comes in time, and no rule changes. */
export async function fixTerms(desk: Desk): Promise<AwardTerms | undefined> {
  if (desk.terms || !desk.sight) return desk.terms;
  const { listPrice } = desk.sight.policy;
  const real = desk.claims.filter(({ dryRun }) => !dryRun);
  await hold(
    desk,
    real.filter(({ reservation }) => !desk.funds.held.includes(reservation)),
  );
  const funded = real.map(({ reservation }) => reservation).filter((one) => desk.funds.held.includes(one));
  const asked = await desk.support.attempt({
    name: 'terms',
    skippable: false,
    givenUp: () => !desk.isNeeded(),
    run: () =>
      desk.acts.write(`By which policy ${desk.name} is awarded, of ${funded.length} claim(s)`).awardPolicies({
        name: desk.name,
        tld: desk.input.tld,
        reservations: funded,
      }),
  });
  if (asked.kind !== 'done') return undefined;
  const { tld, owns } = asked.value;
  desk.terms = { ...policyFor(tld, owns), listPrice, fixedAt: desk.time.now(), funded };
  return desk.terms;
}

function markOf({ sight, time, phase }: Desk): FundsMark | undefined {
  const dropAt = sight && phase === 'watching' ? dropToFund(sight) : undefined;
  return dropAt === undefined ? undefined : fundsMarkAt(dropAt, time.now());
}

function unasked(desk: Desk): Claim[] {
  const mark = markOf(desk);
  if (!mark) return [];
  const { held, asked, mark: before } = desk.funds;
  const anew = isNewFundsMark(mark, before);
  const settled = new Set(anew ? held : [...held, ...asked]);
  return desk.claims.filter(({ dryRun, reservation }) => !dryRun && !settled.has(reservation));
}

function tellUnfunded(desk: Desk, mark: FundsMark, lacking: Funding[]): void {
  if (!desk.sight) return;
  const { cutoffMs, listPrice } = desk.sight.policy;
  const at = desk.time.now();
  for (const { reservation, kind } of lacking)
    if (desk.standing(reservation) && kind !== 'held')
      desk.tell(reservation, {
        kind: 'unfunded',
        at,
        mark,
        why: kind,
        amount: listPrice,
        due: Math.max(at, mark.dropAt - cutoffMs),
        name: desk.view(),
      });
}

/** Would it be there? */
async function check(desk: Desk, claims: Claim[]): Promise<Funding[]> {
  const amount = desk.sight?.policy.listPrice;
  if (!amount) return [];
  const lacking: Funding[] = [];
  for (const some of batches(claims)) {
    const answer = await desk.support.attempt({
      name: 'funds',
      skippable: true,
      givenUp: () => !desk.isNeeded(),
      run: () =>
        desk.acts.write(`Is there money for ${some.length} claim(s) on ${desk.name}`).checkFunds({
          claims: some.map(({ reservation }) => ({ reservation, amount })),
          at: desk.time.now(),
        }),
    });
    if (answer.kind !== 'done') continue;
    lacking.push(...answer.value.unfunded.map((reservation): Funding => ({ reservation, kind: 'insufficient' })));
  }
  return lacking;
}

/** Holds the list price for each; answers those for whom it could not be. */
async function hold(desk: Desk, claims: Claim[]): Promise<Funding[]> {
  const amount = desk.sight?.policy.listPrice;
  if (!amount) return [];
  const lacking: Funding[] = [];
  for (const some of batches(claims)) {
    const asked = some.map(({ reservation }) => ({
      reservation,
      operation: desk.operation('fund', reservation),
      amount,
    }));
    const answer = await desk.support.attempt({
      name: 'funds',
      skippable: false,
      givenUp: () => !desk.isNeeded(),
      run: () =>
        desk.acts
          .urgentWrite(`Hold the price of ${desk.name} for ${some.length} claim(s)`)
          .fundClaims({ claims: asked, at: desk.time.now() }),
    });
    if (answer.kind !== 'done') continue;
    const { answers } = answer.value;
    const held = answers.filter(({ kind }) => kind === 'held').map(({ reservation }) => reservation);
    desk.funds.held.push(...held);
    // Whoever left meanwhile was let go before it was held.
    desk.funds.toRelease.push(...held.filter((reservation) => !desk.standing(reservation)));
    lacking.push(...answers.filter(({ kind }) => kind !== 'held'));
  }
  await giveBack(desk);
  return lacking;
}

async function giveBack(desk: Desk): Promise<void> {
  const going = [...new Set(desk.funds.toRelease)];
  desk.funds.toRelease = [];
  desk.funds.held = desk.funds.held.filter((reservation) => !going.includes(reservation));
  for (const some of batches(going)) {
    const claims = some.map((reservation) => ({
      reservation,
      operation: desk.operation('release', reservation),
      reason: 'no_drop',
    }));
    await desk.support.attempt({
      name: 'release',
      skippable: false,
      run: () =>
        desk.acts
          .write(`Release what was held for ${some.length} claim(s) on ${desk.name}`)
          .releaseClaims({ claims, at: desk.time.now() }),
    });
  }
}

function* batches<T>(all: readonly T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += AT_A_TIME) yield all.slice(from, from + AT_A_TIME);
}
