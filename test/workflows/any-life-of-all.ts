/**
 * Whatever a registry answers, in whatever order, by the workflows themselves: every reservation comes to one end, what it says is true,
 * and no notice contradicts another. The rules alone meet thousands of such lives in test/rules/any-life.test.ts. `SEED=7` lives others.
 */
import fc from 'fast-check';
import type { RegistryAnswer } from '../../rules/stage.ts';
import { answerFrom, OURS } from '../rules/any-answer.ts';
import { agreeWithEachOther } from '../rules/notices-agree.ts';
import { DAY_MS, World } from './world.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const NAMES = 12;
const CLOCK = 'clk_any';
const HOUR_MS = 3_600_000;
/** By then every script is over, and nobody has the name any more. */
const LIVED_DAYS = 240;

interface Word {
  /** How long it is the answer. */
  lastsMs: number;
  answer: RegistryAnswer;
}
const FREE: RegistryAnswer = { kind: 'free', premium: false };

/** Says of each name what its script says by then, and sells it to whoever asks while it is free. */
class AnyRegistry {
  readonly scripts = new Map<string, Word[]>();
  readonly sold = new Map<string, RegistryAnswer>();
  private readonly world: World;
  private readonly from: number;

  constructor(world: World) {
    this.world = world;
    const { registry } = world;
    this.from = registry.now;
    registry.look = async (name) => this.sold.get(name) ?? this.scripted(name);
    registry.create = async ({ name }) => {
      const code = (await registry.look(name)).kind === 'free' ? 1000 : 2302;
      registry.creates.push({ clTRID: name, code });
      if (code === 1000) this.sold.set(name, this.ours(name));
      return { code };
    };
    registry.nextTransition = async (_clock, after) => this.next(after);
  }

  private frames(name: string): { until: number; answer: RegistryAnswer }[] {
    let until = this.from;
    return (this.scripts.get(name) ?? []).map(({ lastsMs, answer }) => ({ until: (until += lastsMs), answer }));
  }

  private scripted(name: string): RegistryAnswer {
    const { now } = this.world.registry;
    return this.frames(name).find(({ until }) => now < until)?.answer ?? FREE;
  }

  private next(after: number) {
    const all = [...this.scripts.keys()].flatMap((name) => this.frames(name).map(({ until: at }) => ({ name, at })));
    const ahead = all.filter(({ at }) => at > after);
    const at = Math.min(...ahead.map((one) => one.at));
    return Number.isFinite(at)
      ? { at, names: ahead.filter((one) => one.at === at).map(({ name }) => name) }
      : { at: null, names: [] };
  }

  private ours(name: string): RegistryAnswer {
    const { now } = this.world.registry;
    const dates = { registeredAt: now, expiresAt: now + 365 * DAY_MS };
    const registration = { roid: `NEW-${name}`, sponsor: OURS, ...dates, statuses: ['ok'], rgp: [], nameservers: [] };
    return { kind: 'registered', registration };
  }
}

let world: World;
const names = Array.from({ length: NAMES }, (_, nth) => `any-${SEED}-${nth}.test`);
const idsOf = (name: string) => ['waits', 'closes', 'hasty'].map((kind) => `rsv_${kind}_${name}`);

beforeAll(async () => {
  world = await World.open({ clock: CLOCK });
  const from = world.registry.now;
  const registry = new AnyRegistry(world);
  // Silence stops a test clock, and what is ours stays ours: a name taken back after its award is for support, not for the arbiter.
  const isMeant = (answer: RegistryAnswer | 'no answer'): answer is RegistryAnswer =>
    answer !== 'no answer' && !(answer.kind === 'registered' && answer.registration.sponsor === OURS);
  const answers = answerFrom(from).filter(isMeant);
  const word = fc.record<Word>({ lastsMs: fc.integer({ min: HOUR_MS, max: 20 * DAY_MS }), answer: answers });
  const options = { seed: SEED, numRuns: NAMES };
  const scripts = fc.sample(fc.array(word, { minLength: 3, maxLength: 10, size: 'max' }), options);
  // A name is reserved while somebody has it.
  const owned = fc.sample(
    answers.filter(({ kind }) => kind === 'registered'),
    options,
  );
  for (const [nth, name] of names.entries())
    registry.scripts.set(name, [{ lastsMs: DAY_MS, answer: owned[nth] ?? FREE }, ...(scripts[nth] ?? [])]);
  await world.run(async () => {
    await world.startClock();
    for (const name of names) {
      const [waits = '', closes = '', hasty = ''] = idsOf(name);
      await world.reserve(waits, name);
      await world.reserve(closes, name, { onRenewal: 'close' });
      await world.reserve(hasty, name, { waitUntil: from + 60 * DAY_MS });
    }
    await world.advance(LIVED_DAYS);
  });
}, 900_000);
afterAll(() => world.close());

const eventsOf = (id: string) => world.store.events.filter(({ reservation }) => reservation === id);
/** What a winner still hears while its award is watched. */
const AFTER = new Set(['reservation.delivered', 'reservation.taken_back', 'observation.award_stands']);
const OUTCOME = /^reservation\.(won|lost|missed|cancelled|rejected)$/;

test.each(names)('%s: each reservation has ended with one outcome, told once and last', (name) => {
  for (const id of idsOf(name)) {
    const events = eventsOf(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ type }) => OUTCOME.test(type))).toEqual([events.findLast(({ type }) => !AFTER.has(type))]);
    expect(world.store.docs.get(id)).toMatchObject({ open: false, attention: null });
  }
});

test.each(names)('%s: it is caught once at most, and whoever has it has it by the registry’s word', (name) => {
  const created = world.registry.creates.filter(({ clTRID, code }) => clTRID === name && code === 1000).length;
  const states = idsOf(name).map((id) => world.store.docs.get(id)?.status);
  const won = states.filter((status) => status === 'won').length;
  expect(created).toBeLessThanOrEqual(1);
  expect(won).toBeLessThanOrEqual(1);
  if (created === 1) expect(won).toBe(1);
  const missed = world.store.docs.get(`rsv_hasty_${name}`)?.state;
  if (missed?.status === 'missed') expect(missed.outcome).toMatchObject({ reason: 'wait_until' });
});

test('lives end in more than one way', () => {
  const ends = new Set([...world.store.docs.values()].map(({ status }) => status));
  expect(ends.size).toBeGreaterThan(2);
});

test.each(names)('%s: no notice contradicts an earlier one without saying why', (name) => {
  for (const id of idsOf(name)) agreeWithEachOther(eventsOf(id));
});
