/**
 * One poll of a name. RDAP is asked, and EPP in its place where it fails for longer than a poll may be late. What RDAP says anew is held
 * beside EPP: nothing follows from its word alone, and that the two disagree is told once.
 */
import { isDue, nextPollInMs, pollEveryMs, retryInMs, standIn, type Polled } from '../rules/cadence.ts';
import type { Registration, RegistryAnswer } from '../rules/stage.ts';
import type { PeekAnswer, RegistryGateway, Said } from '../registry/gateway.ts';
import { said } from '../registry/rdap/hearing.ts';
import { createHash } from 'node:crypto';
import { isLastStage, isNews, type Difference } from '../rules/watch.ts';

export interface PollInput extends Polled {
  name: string;
  tld: string;
  /** When EPP was last asked, and what it said. */
  lookedAt?: number;
  answer?: RegistryAnswer;
  /** What RDAP said last. */
  seen?: string;
  /** Disagreements of RDAP and EPP that were told. */
  told?: string[];
  /** The instant that a list published, at the last look, and one that was not believed. */
  published?: number;
  overruled?: number;
}

/** EPP says otherwise than at the last look, or a list does; or, where there are `differences`, RDAP otherwise than EPP, and not as told before. */
export interface PollResult {
  seen?: string;
  differences?: Difference[];
}

/** What one try leaves to the next. Instants in epoch ms. */
export interface Past {
  seen?: string;
  answeredAt: number;
  /** Polls in a row in which RDAP failed, or nobody was there to go by. */
  failures: number;
  /** RDAP is not asked before. */
  quietUntil?: number;
}

/** Nothing to act on: ask again in so long. `answered`: somebody did, and as before. */
export interface Again {
  answered: boolean;
  inMs: number;
  past: Past;
  heard: Heard;
}

type RdapWord = { kind: 'registered'; registration: Registration } | { kind: 'not_found' | 'no_service' };

/** Who said what; whoever was not asked is missing. */
export interface Heard {
  epp?: Said<RegistryAnswer>;
  rdap?: Said<RdapWord>;
}

export interface PollWorld {
  gateway: Pick<RegistryGateway, 'peek' | 'lookInTurn' | 'hear' | 'publishedDrop'>;
  /** What a list that was loaded says. */
  loadedDrop: (name: string) => Promise<{ at: number } | undefined>;
  past: Past;
  now: number;
  /** 0 to 1. */
  random: number;
}

export async function poll(input: PollInput, world: PollWorld): Promise<PollResult | Again> {
  const outcome = await pollSources(input, world);
  if (!('heard' in outcome) || !(await isListedAnew(input, world))) return outcome;
  const { seen } = outcome.past;
  return seen === undefined ? {} : { seen };
}

/** A name in its last stage comes onto a list, its registry’s own or a loaded one, days before it is freed, or gets another instant there. */
async function isListedAnew(input: PollInput, { gateway, loadedDrop }: PollWorld): Promise<boolean> {
  if (!isLastStage(input)) return false;
  const { name, published, overruled } = input;
  const unlessAway = (listed: Promise<{ at: number } | undefined>) => listed.catch(() => undefined);
  const own = gateway.publishedDrop && (await unlessAway(gateway.publishedDrop(name)));
  if (own && own.at !== published) return true;
  const loaded = await unlessAway(loadedDrop(name));
  return loaded !== undefined && loaded.at !== published && loaded.at !== overruled;
}

async function pollSources(input: PollInput, world: PollWorld): Promise<PollResult | Again> {
  const { past, now, random } = world;
  const { differences, ...heard } = await ask(input, world);
  const { epp, rdap } = heard;
  const after = pastAfter(world, heard);
  const unchanged = (): Again => ({
    ...{ answered: true, inMs: nextPollInMs(input, now, random), heard },
    past: { ...after, answeredAt: now },
  });
  if (!epp && !isTrouble(rdap)) return unchanged();
  if (!epp || isTrouble(epp)) {
    const isAsBefore = rdap?.kind === 'registered' && (past.seen ?? after.seen) === after.seen;
    if (isAsBefore) return unchanged();
    // What RDAP says anew is not remembered before EPP was heard of it.
    const seen = past.seen !== undefined && { seen: past.seen };
    const failures = past.failures + 1;
    return { answered: false, inMs: retryOf(heard, failures), heard, past: { ...after, ...seen, failures } };
  }
  const result: PollResult = after.seen === undefined ? {} : { seen: after.seen };
  if (!input.answer || printOf(epp) !== printOf(input.answer)) return result;
  if (isNews(differences, input.told ?? [])) return { ...result, differences };
  return unchanged();
}

/**
 * RDAP alone while it says what it said; both where it says otherwise or never said anything; EPP alone where RDAP fails for long, and
 * where the name may be freed at any moment.
 */
async function ask(input: PollInput, world: PollWorld): Promise<Heard & { differences: Difference[] }> {
  const { gateway, past, now } = world;
  const { name } = input;
  const differences: Difference[] = [];
  if (isDue(input, now)) {
    const epp = await said(gateway.lookInTurn(name));
    if (!isTrouble(epp)) return { epp, differences };
  }
  if (past.quietUntil !== undefined && now < past.quietUntil) {
    const rdap = trouble('throttled', past.quietUntil - now);
    return { rdap, epp: await said(gateway.lookInTurn(name)), differences };
  }
  if (past.seen === undefined) return gateway.hear(name);
  const peeked = await said(gateway.peek(name));
  if (peeked.kind === 'trouble') {
    const insteadByEpp = isLate(peeked, input, world) ? { epp: await said(gateway.lookInTurn(name)) } : {};
    return { rdap: peeked, ...insteadByEpp, differences };
  }
  if (printOf(peeked) !== past.seen) return gateway.hear(name);
  return { rdap: peeked as RdapWord, differences };
}

/** Would the poll be late by the time RDAP may be asked again? */
function isLate({ trouble: kind, retryAfterMs }: Failed, input: PollInput, { past, now }: PollWorld): boolean {
  const failed = { kind, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const sinceAnswerMs = now - past.answeredAt;
  const everyMs = pollEveryMs(input, past.answeredAt);
  return standIn(failed, { failures: past.failures + 1, sinceAnswerMs, everyMs }).ask === 'other';
}

type Failed = Extract<Said<never>, { kind: 'trouble' }>;

const trouble = (code: string, retryAfterMs: number): Failed => ({
  kind: 'trouble',
  trouble: 'away',
  code,
  retryAfterMs,
});

const isTrouble = (word: { kind: string } | undefined): word is Failed => word?.kind === 'trouble';

function pastAfter({ past, now }: PollWorld, { rdap }: Heard): Past {
  const { answeredAt, failures, seen, quietUntil } = past;
  if (!rdap) return past;
  if (!isTrouble(rdap)) {
    const print = rdap.kind === 'no_service' ? undefined : printOf(rdap);
    return { answeredAt, failures: 0, ...(print !== undefined && { seen: print }) };
  }
  const until = rdap.retryAfterMs === undefined ? quietUntil : now + rdap.retryAfterMs;
  return {
    ...{ answeredAt, failures: failures + 1 },
    ...(seen !== undefined && { seen }),
    ...(until !== undefined && until > now && { quietUntil: until }),
  };
}

/** Whoever failed and was needed is asked again, and not before it asked for; the sooner of two. */
function retryOf({ epp, rdap }: Heard, failures: number): number {
  const waits = [epp, rdap].filter(isTrouble).map((word) => retryInMs(word, failures));
  return Math.max(1_000, Math.min(...waits));
}

/** What of an answer is compared with the next one: short, however much a server tells. */
export function printOf(answer: RegistryAnswer | PeekAnswer | RdapWord): string {
  if (answer.kind !== 'registered') return answer.kind;
  const { roid, expiresAt, sponsor, statuses, rgp } = answer.registration;
  const compared = JSON.stringify([roid, expiresAt, sponsor, statuses.toSorted(), rgp.toSorted()]);
  return createHash('sha256').update(compared).digest('hex').slice(0, 16);
}

/** The same for programs. */
export const outline = ({ epp, rdap }: Heard) => ({ epp: outlineOf(epp), rdap: outlineOf(rdap) });

const outlineOf = (word: Said<{ kind: string }> | undefined) =>
  isTrouble(word) ? word : { kind: word?.kind ?? 'not_asked' };

/** Which source said what, for those who run it: stages and codes, never foreign text. */
export function sentence({ epp, rdap }: Heard, stageOf: (answer: RegistryAnswer) => string): string {
  const failed = ({ trouble: kind, code, retryAfterMs }: Failed) =>
    `${kind} (${code}${retryAfterMs === undefined ? '' : `, for ${Math.ceil(retryAfterMs / 1_000)} s`})`;
  const byRdap = (word: RdapWord) => {
    if (word.kind === 'registered') return stageOf(word);
    return word.kind === 'not_found' ? 'no such name' : 'no service';
  };
  const said = [
    ...(rdap ? [`RDAP: ${isTrouble(rdap) ? failed(rdap) : byRdap(rdap)}`] : []),
    ...(epp ? [`EPP: ${isTrouble(epp) ? failed(epp) : stageOf(epp)}`] : []),
  ];
  return said.join('; ');
}
