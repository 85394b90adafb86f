/** One poll after another, as Temporal would run them: who is asked, what it comes to, and when next. */
import { poll, sentence, type Again, type Past, type PollInput, type PollResult } from '../../activities/poll.ts';
import { CADENCE } from '../../registry/cadence.ts';
import type { RdapAnswer } from '../../registry/rdap/client.ts';
import { hear, peek } from '../../registry/rdap/hearing.ts';
import { SourceTrouble } from '../../registry/http-trouble.ts';
import { RegistryUnreachable } from '../../registry/gateway.ts';
import { stageOf, type Registration, type RegistryAnswer } from '../../rules/stage.ts';
import { disagreementOf } from '../../rules/watch.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW = Date.parse('2026-03-01T12:00:00Z');

const registration = (over: Partial<Registration> = {}): Registration => ({
  roid: 'D1-TEST',
  sponsor: 'other-registrar',
  registeredAt: NOW - 500 * 24 * HOUR_MS,
  expiresAt: NOW - 40 * 24 * HOUR_MS,
  statuses: ['pendingDelete'],
  rgp: ['redemptionPeriod'],
  nameservers: [],
  ...over,
});
const said = (over: Partial<Registration> = {}): RegistryAnswer => ({
  kind: 'registered',
  registration: registration(over),
});
const told = (over: Partial<Registration> = {}): RdapAnswer => ({
  kind: 'registered',
  registration: registration({ sponsor: '376', ...over }),
  record: { source: 'https://rdap.test/', conformance: [], redacted: [], notices: [] },
});
const notFound: RdapAnswer = { kind: 'not_found', source: 'https://rdap.test/' };
const noService: RdapAnswer = { kind: 'no_service', asOf: 'today' };
const throttled = (retryAfterMs?: number) => new SourceTrouble('throttled', 'RDAP: answered 429', retryAfterMs);
const unreachable = new RegistryUnreachable('registry x: out of reach');

/** A registry that says so, and a book of who was asked. */
class World {
  now = NOW;
  epp: RegistryAnswer | Error = said();
  rdap: RdapAnswer | Error = told();
  /** Absent: the registry publishes no list to us. */
  list: (() => Promise<{ at: number } | undefined>) | undefined;
  /** What a list that was loaded says. */
  loaded: { at: number } | undefined;
  asked: string[] = [];
  past: Past = { answeredAt: NOW - 6 * HOUR_MS, failures: 0 };
  input: PollInput = {
    ...{ name: 'a.test', tld: 'test', stage: 'redemption', answer: said(), cadence: CADENCE },
    next: { what: 'pending_delete', at: NOW + 30 * 24 * HOUR_MS },
  };

  async poll(): Promise<PollResult | Again> {
    const ask = <T>(who: string, answer: T | Error): Promise<T> => {
      this.asked.push(who);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    const gateway = {
      lookInTurn: () => ask('epp', this.epp),
      peek: () => peek(ask('rdap', this.rdap), () => ask('epp', this.epp)),
      hear: () => hear(ask('epp', this.epp), ask('rdap', this.rdap)),
      ...(this.list && { publishedDrop: this.list }),
    };
    this.asked = [];
    const loadedDrop = async () => this.loaded;
    return poll(this.input, { gateway, loadedDrop, past: this.past, now: this.now, random: 0.5 });
  }

  /** Polls, and comes to the next one. */
  async again(): Promise<Again> {
    const outcome = await this.poll();
    if (!('heard' in outcome)) throw new Error(`something to act on: ${JSON.stringify(outcome)}`);
    this.past = outcome.past;
    this.now += outcome.inMs;
    return outcome;
  }

  /** After a poll at which both agreed. */
  async agreed(): Promise<this> {
    await this.again();
    return this;
  }
}
const inWords = ({ heard }: Again) => sentence(heard, (answer) => stageOf(answer, { clids: [] }, 0));

test('the first poll hears both, and while RDAP says what it said nobody else is asked', async () => {
  const world = new World();
  const first = await world.again();
  expect([world.asked.toSorted(), first.inMs, inWords(first)]).toEqual([
    ['epp', 'rdap'],
    6 * HOUR_MS,
    'RDAP: redemption; EPP: redemption',
  ]);
  const second = await world.again();
  expect([world.asked, second.inMs, inWords(second)]).toEqual([['rdap'], 6 * HOUR_MS, 'RDAP: redemption']);
});

test('where there is no RDAP, EPP is polled', async () => {
  const world = new World();
  world.rdap = noService;
  for (let n = 0; n < 3; n++) expect(inWords(await world.again())).toBe('RDAP: no service; EPP: redemption');
  world.epp = said({ rgp: ['pendingDelete'] });
  expect(await world.poll()).toEqual({});
});

test('what RDAP says anew is held beside EPP: where EPP says so too there is something to look at', async () => {
  const world = await new World().agreed();
  world.rdap = told({ rgp: ['pendingDelete'] });
  world.epp = said({ rgp: ['pendingDelete'] });
  expect(await world.poll()).toEqual({ seen: expect.any(String) });
  expect(world.asked).toEqual(['rdap', 'epp', 'rdap']);
});

test('a name that RDAP no longer knows and EPP does is no news but that they disagree, told once', async () => {
  const world = await new World().agreed();
  world.rdap = notFound;
  const differences = [{ what: 'existence', epp: 'registered', rdap: 'not_found' }] as const;
  const heard = (await world.poll()) as PollResult;
  expect(heard).toEqual({ seen: 'not_found', differences });
  world.past = { answeredAt: world.now, failures: 0, seen: 'not_found' };
  world.input = { ...world.input, told: [disagreementOf(differences)] };
  await world.again();
  expect(world.asked).toEqual(['rdap']);
  // It comes back, and goes again: both times EPP is asked, and nothing is told.
  world.rdap = told();
  await world.again();
  world.rdap = notFound;
  expect((await world.again()).answered).toBe(true);
});

test('RDAP that differs from the very first poll on is told', async () => {
  const world = new World();
  world.rdap = told({ expiresAt: NOW + 300 * 24 * HOUR_MS });
  expect(await world.poll()).toMatchObject({ differences: [{ what: 'expires_at' }] });
});

test('RDAP that says something else each time is told ten times at most', async () => {
  const world = new World();
  const told10: string[] = [];
  for (let n = 0; n < 20; n++) {
    world.rdap = told({ expiresAt: NOW + n * 24 * HOUR_MS });
    world.input = { ...world.input, told: told10 };
    const outcome = await world.poll();
    if ('differences' in outcome && outcome.differences) told10.push(disagreementOf(outcome.differences));
  }
  expect(told10).toHaveLength(10);
});

test('a 429 is left alone for as long as it says; EPP answers in its place at the pace of polls', async () => {
  const world = await new World().agreed();
  world.rdap = throttled(24 * HOUR_MS);
  const during: string[][] = [];
  let outcome = await world.again();
  expect(inWords(outcome)).toBe('RDAP: away (throttled, for 86400 s); EPP: redemption');
  for (let n = 0; n < 3; n++) {
    outcome = await world.again();
    during.push(world.asked);
  }
  expect(during).toEqual([['epp'], ['epp'], ['epp']]);
  expect(outcome.inMs).toBe(6 * HOUR_MS);
  world.rdap = told();
  await world.again();
  expect(world.asked).toEqual(['rdap']);
});

test('RDAP that is away for a moment is asked again, and then EPP in its place', async () => {
  const world = await new World().agreed();
  world.rdap = new SourceTrouble('timed_out', 'RDAP: no whole answer in time');
  const first = await world.again();
  expect([world.asked, first.answered, first.inMs, inWords(first)]).toEqual([
    ['rdap'],
    false,
    30_000,
    'RDAP: away (timed_out)',
  ]);
  const tries = [];
  let outcome = first;
  while (!outcome.answered) {
    outcome = await world.again();
    tries.push(world.asked.join());
  }
  expect(tries).toEqual(['rdap', 'rdap', 'rdap', 'rdap,epp']);
  expect([outcome.inMs, inWords(outcome)]).toEqual([6 * HOUR_MS, 'RDAP: away (timed_out); EPP: redemption']);
});

test.each<[string, SourceTrouble, string]>([
  ['refuses', new SourceTrouble('refused', 'RDAP: answered 403'), 'refused (refused)'],
  ['talks nonsense', new SourceTrouble('too_deep', 'RDAP: too deep'), 'nonsense (too_deep)'],
])('RDAP that %s is not waited for', async (_what, trouble, words) => {
  const world = await new World().agreed();
  world.rdap = trouble;
  const outcome = await world.again();
  expect([world.asked, inWords(outcome), outcome.inMs]).toEqual([
    ['rdap', 'epp'],
    `RDAP: ${words}; EPP: redemption`,
    6 * HOUR_MS,
  ]);
});

test('while RDAP is away for a day EPP tells what happens', async () => {
  const world = await new World().agreed();
  world.rdap = throttled(24 * HOUR_MS);
  await world.again();
  world.epp = said({ rgp: ['pendingDelete'] });
  expect(await world.poll()).toEqual({ seen: expect.any(String) });
});

test('what RDAP alone says is acted on by nobody: EPP is asked until it answers', async () => {
  const world = await new World().agreed();
  world.rdap = notFound;
  world.epp = unreachable;
  for (const inMs of [30_000, 60_000]) {
    const outcome = await world.again();
    expect([outcome.answered, outcome.inMs, inWords(outcome)]).toEqual([
      false,
      inMs,
      'RDAP: no such name; EPP: away (unreachable)',
    ]);
  }
  world.epp = said();
  expect(await world.poll()).toMatchObject({ differences: [{ what: 'existence' }] });
});

test('EPP that is away costs nothing while RDAP says what it said', async () => {
  const world = new World();
  world.epp = unreachable;
  const first = await world.again();
  expect([first.answered, inWords(first)]).toEqual([true, 'RDAP: redemption; EPP: away (unreachable)']);
});

test('with nobody to go by both are asked again, the sooner of the two first', async () => {
  const world = new World();
  world.epp = new SourceTrouble('own_limit', 'registry x: polled as often as we may', MINUTE_MS);
  world.rdap = throttled(HOUR_MS);
  const outcome = await world.again();
  expect([outcome.answered, outcome.inMs]).toEqual([false, MINUTE_MS]);
  expect(inWords(outcome)).toBe('RDAP: away (throttled, for 3600 s); EPP: away (own_limit, for 60 s)');
  await world.again();
  expect(world.asked).toEqual(['epp']);
});

test('once a name may be freed at any moment EPP is polled: RDAP would tell it late', async () => {
  const world = new World();
  const drop = { earliest: NOW, latest: NOW, source: 'drop_list', confidence: 'published' } as const;
  world.input = { ...world.input, stage: 'pending_delete', drop };
  world.past = { ...world.past, seen: 'as before' };
  const outcome = await world.again();
  expect([world.asked, outcome.inMs]).toEqual([['epp'], 5_000]);
  world.epp = { kind: 'free', premium: false };
  expect(await world.poll()).toEqual({ seen: 'as before' });
  // Where EPP may not be asked just now, RDAP is better than nothing.
  world.epp = new SourceTrouble('own_limit', 'registry x: polled as often as we may', MINUTE_MS);
  await world.poll();
  expect(world.asked).toContain('rdap');
});

test('a name that comes onto its registry’s list, or moves on it, is something to look at; in its last stage alone', async () => {
  const world = await new World().agreed();
  world.list = async () => ({ at: NOW + HOUR_MS });
  await world.again();
  world.input = { ...world.input, stage: 'pending_delete' };
  expect(await world.poll()).toEqual({ seen: expect.any(String) });
  world.input = { ...world.input, published: NOW + HOUR_MS };
  await world.again();
  world.list = () => Promise.reject(unreachable);
  await world.again();
  world.list = async () => ({ at: NOW + 2 * HOUR_MS });
  expect(await world.poll()).toEqual({ seen: expect.any(String) });
});

test('so is one that comes onto a list that is loaded, unless the registry overruled just that', async () => {
  const world = await new World().agreed();
  world.loaded = { at: NOW + HOUR_MS };
  await world.again();
  world.input = { ...world.input, stage: 'pending_delete' };
  expect(await world.poll()).toEqual({ seen: expect.any(String) });
  for (const known of [{ published: NOW + HOUR_MS }, { overruled: NOW + HOUR_MS }]) {
    const { published: _, overruled: __, ...input } = world.input;
    world.input = { ...input, ...known };
    await world.again();
  }
  world.loaded = { at: NOW + 2 * HOUR_MS };
  expect(await world.poll()).toEqual({ seen: expect.any(String) });
});
