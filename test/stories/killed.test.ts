/**
 * Each process killed with -9 at each of three moments of every kind of story: requests on their way, weeks passing, names dropping.
 * All must end as they do when nothing goes wrong, and be told once.
 */
import type { ProcessName } from '../../dev/stack.ts';
import { iso, START, DAY_MS, Story } from './story.ts';
import { accountOnce, Cast, eventually, EVE, OVER, type Account } from '../faults/cast.ts';

let story: Story;
let undisturbed: Record<string, Account>;

beforeAll(async () => {
  story = await Story.open();
  const cast = await Cast.gather(story);
  await cast.place();
  await cast.advance(EVE);
  await cast.settled();
  await cast.advance(OVER);
  await cast.finish();
  undisturbed = await cast.account();
});
afterEach(() => story.stack.faults.mend());
afterAll(() => story.close());

test('undisturbed, each story ends as its script says', () => {
  const ends = Object.fromEntries(
    Object.entries(undisturbed).map(([role, { outcome, creates }]) => [role, [outcome, creates]]),
  );
  expect(ends).toEqual({
    alone: ['won: first_in_order', 1],
    first: ['won: first_in_order', 1],
    second: ['lost: behind_in_order', 1],
    third: ['lost: behind_in_order', 1],
    outrun: ['lost: caught_by_other', 0],
    patient: ['waiting', 0],
    closing: ['missed: kept', 0],
    cancelling: ['cancelled: by_registrar', 1],
    'moving up': ['won: first_in_order', 1],
    helped: ['won: first_in_order', 1],
  });
  for (const { timeline, numbered } of Object.values(undisturbed)) {
    expect(numbered).toBe(true);
    expect(timeline.filter((type) => type === 'reservation.placed')).toHaveLength(1);
  }
});

/** All processes, together with one that they lean on. */
const VICTIMS: ProcessName[][] = [
  ['api', 'mongo'],
  ['workers', 'catcher', 'mail'],
  ['temporal', 'sandbox'],
];
/** Each process at each moment; a cast loses others at each. */
const TABLE = VICTIMS.map((_, row) => [0, 1, 2].map((moment) => VICTIMS[(row + moment) % VICTIMS.length]!));

test.each(TABLE.map((victims) => [...victims.map((names) => names.join(' and ')), victims] as const))(
  'kill -9 of %s while asked, of %s while weeks pass, of %s at a drop: every story ends the same',
  async (...row) => {
    const [whileAsked, whileWeeksPass, atDrop] = row.at(-1) as ProcessName[][];
    const cast = await Cast.gather(story);
    const asked = cast.place();
    await eventually('a reservation', () => Promise.resolve(cast.ids.size > 0 || undefined));
    await kill(whileAsked);
    await asked;

    await cast.advance(EVE);
    await cast.isAt(({ frozen_time }) => frozen_time > iso(START + DAY_MS));
    await kill(whileWeeksPass);
    await cast.settled();

    await cast.advance(OVER);
    await eventually('a create', async () => (await story.accepted(cast.names.uncontested)).length > 0 || undefined);
    await kill(atDrop);
    await cast.finish();
    expect(await accountOnce(cast, undisturbed)).toEqual(undisturbed);
  },
  300_000,
);

/** All at once, and up again. */
async function kill(victims: ProcessName[] = []): Promise<void> {
  const { faults } = story.stack;
  await Promise.all(victims.map((victim) => faults.kill(victim)));
  await Promise.all(victims.map((victim) => faults.start(victim)));
}
