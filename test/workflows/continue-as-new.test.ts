/**
 * A life that is handed over again and again while customers join, leave and change their minds: nothing is lost and nothing done
 * twice. On a server as in production that suggests to continue as new after forty events instead of thousands.
 */
import fc from 'fast-check';
import { notesOf, runsOf, serverThatSuggestsAt } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'handed-over.test';
const CLOCK = 'clk_handed_over';
const STAGES = [
  [23, 'expiring: 7'],
  [29, 'expiring: 1'],
  [29.5, 'expiring: 0'],
  [30, 'expired'],
  [30, 'registered → auto_renew_grace'],
  [75, 'auto_renew_grace → redemption'],
  [105, 'redemption → pending_delete'],
  [105, 'drop_scheduled'],
] as const;

/** What is done at one instant, all of it at once, and how many days then pass. A number names one of those who wait. */
interface Step {
  joins: number;
  leaves: number[];
  amends: number[];
  days: number;
}

const steps = fc.array(
  fc.record<Step>({
    joins: fc.integer({ min: 0, max: 4 }),
    leaves: fc.array(fc.nat(), { maxLength: 2 }),
    amends: fc.array(fc.nat(), { maxLength: 3 }),
    days: fc.integer({ min: 5, max: 15 }),
  }),
  { minLength: 8, maxLength: 8, size: 'max' },
);

let world: World;
beforeEach(async () => {
  world = await World.open({ clock: CLOCK, server: serverThatSuggestsAt(40) });
});
afterEach(() => world.close());

interface Claim {
  id: string;
  joinedOn: number;
  closes: boolean;
  amendments: number;
}

/** Lives the steps up to the given day; answers who waits, in order, and who left. */
async function live(plan: Step[], until: number): Promise<{ waiting: Claim[]; left: Claim[] }> {
  let waiting: Claim[] = [];
  const left: Claim[] = [];
  let day = 0;
  let joined = 0;
  for (const { joins, leaves, amends, days } of plan) {
    const leaving = [...new Set(leaves.map((which) => waiting[which % waiting.length]))].filter((claim) => !!claim);
    const staying = waiting.filter((claim) => !leaving.includes(claim));
    const amending = [...new Set(amends.map((which) => staying[which % staying.length]))].filter((claim) => !!claim);
    const joining = Array.from({ length: joins }, () => ({
      id: `rsv_${++joined}`,
      joinedOn: day,
      closes: false,
      amendments: 0,
    }));
    for (const claim of amending) Object.assign(claim, { closes: !claim.closes, amendments: claim.amendments + 1 });
    await Promise.all([
      ...joining.map(({ id }) => world.reserve(id, NAME)),
      ...leaving.map(async ({ id }) => expect(await world.leave(id, NAME)).toBe('left')),
      ...amending.map(({ id, closes, amendments }) =>
        world.amend(id, NAME, closes ? 'close' : 'keep_waiting', amendments),
      ),
    ]);
    left.push(...leaving);
    waiting = await inOrder(staying, joining);
    const passing = Math.min(days, until - day);
    if (passing > 0) await world.advance(passing);
    day += passing;
  }
  if (day < until) await world.advance(until - day);
  return { waiting, left };
}

/** Those who were there keep their order, and those who came together are behind them in whichever. */
async function inOrder(there: Claim[], came: Claim[]): Promise<Claim[]> {
  const placed = await Promise.all(
    [...there, ...came].map(async (claim) => ({ claim, answer: await world.place(claim.id, NAME) })),
  );
  const positions = placed.map(({ answer }) => (answer.kind === 'placed' ? answer.position : answer.kind));
  expect(positions.slice(0, there.length)).toEqual(there.map((_, index) => index + 1));
  expect(new Set(positions)).toEqual(new Set(countedFrom(1, placed.length)));
  for (const { answer } of placed) expect(answer).toMatchObject({ competitors: placed.length - 1 });
  return placed
    .toSorted(
      (a, b) =>
        Number('position' in a.answer && a.answer.position) - Number('position' in b.answer && b.answer.position),
    )
    .map(({ claim }) => claim);
}

const countedFrom = (first: number, length: number) => Array.from({ length }, (_, index) => first + index);

/** What must hold of every such life. */
async function nothingLostOrDoubled(everybody: Claim[]): Promise<void> {
  // What one announcement says is by reservation: of several notes to each the numbers interleave.
  const notes = (await notesOf(world, NAME)).toSorted((one, other) => one - other);
  expect(notes).toEqual(countedFrom(1_000_001, notes.length));
  const ordinals = everybody.map(({ id }) => world.store.docs.get(id)?.ordinal ?? 0);
  expect(new Set(ordinals)).toEqual(new Set(countedFrom(1_000_001, ordinals.length)));
  for (const { id } of everybody) {
    const seqs = world.store.events.filter(({ reservation }) => reservation === id).map(({ seq }) => seq);
    expect(seqs).toEqual(countedFrom(1, seqs.length));
  }
  expect((await runsOf(world, `clock:${CLOCK}`)).length).toBeGreaterThan(3);
}

const seenBy = ({ joinedOn }: Claim) => STAGES.filter(([day]) => day > joinedOn).map(([, stage]) => stage);

function putName(story: object = {}): void {
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS, test_clock: CLOCK, ...story });
}

test('the owner lets go: the first who stayed has it, all others learn why not (seed 1)', () =>
  world.run(async () => {
    putName();
    await world.startClock();
    const [plan = []] = fc.sample(steps, { seed: 1, numRuns: 1 });
    const { waiting, left } = await live([{ joins: 2, leaves: [], amends: [], days: 1 }, ...plan], 104);
    await world.advance(8);
    expect(waiting.map(({ id }) => world.outcome(id))).toEqual(
      waiting.map((_, index) => (index === 0 ? 'won: first_in_order' : 'lost: behind_in_order')),
    );
    expect(new Set(left.map(({ id }) => world.outcome(id)))).toEqual(new Set(['cancelled: by_registrar']));
    for (const [index, claim] of waiting.entries())
      expect(world.timeline(claim.id)).toEqual([
        'placed',
        ...seenBy(claim),
        ...['attempt.catching', 'attempt.made', 'observation.registered'],
        'caught',
        'decision.award',
        index === 0 ? 'won' : 'lost',
      ]);
    expect(world.registry.creates.filter(({ code }) => code === 1000)).toHaveLength(1);
    await nothingLostOrDoubled([...waiting, ...left]);
    expect((await runsOf(world, `domain:${NAME}`)).length).toBeGreaterThan(3);
    expect((await runsOf(world, `reservation:${waiting[0]?.id}`)).length).toBeGreaterThan(1);
  }));

test('the owner restores it: those who changed their mind are missed, all others wait in their places (seed 3)', () =>
  world.run(async () => {
    putName({ owner: 'renews', owner_acts_at: world.registry.now + 80 * DAY_MS });
    await world.startClock();
    const [plan = []] = fc.sample(steps, { seed: 3, numRuns: 1 });
    const { waiting, left } = await live([{ joins: 3, leaves: [], amends: [], days: 1 }, ...plan], 79);
    await world.advance(11);
    expect(waiting.map(({ id }) => world.outcome(id))).toEqual(
      waiting.map(({ closes }) => (closes ? 'missed: kept' : 'waiting')),
    );
    await inOrder(
      waiting.filter(({ closes }) => !closes),
      [],
    );
    await nothingLostOrDoubled([...waiting, ...left]);
  }));

test('a hundred who come while the name rests are taken in by many runs, each in its place', async () => {
  await world.close();
  world = await World.open({ server: serverThatSuggestsAt(40) });
  world.registry.now = Date.now();
  putName({ test_clock: undefined });
  await world.run(async () => {
    const all = Array.from({ length: 100 }, (_, index) => `rsv_${index + 1}`);
    for (let from = 0; from < all.length; from += 10)
      await Promise.all(all.slice(from, from + 10).map((id) => world.reserve(id, NAME)));
    const answers = await Promise.all(all.map((id) => world.place(id, NAME)));
    const positions = answers.map((answer) => answer.kind === 'placed' && answer.position);
    expect(new Set(positions)).toEqual(new Set(countedFrom(1, all.length)));
    const runs = await runsOf(world, `domain:${NAME}`);
    expect(runs.length).toBeGreaterThan(2);
  });
});
