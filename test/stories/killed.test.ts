/**
 * Each process killed once with -9, while every kind of story is at each of three moments: requests on their way, weeks passing,
 * names dropping. All must end as they do when nothing goes wrong, and be told once.
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

const VICTIMS: ProcessName[][] = [['api'], ['workers', 'catcher'], ['temporal'], ['mongo'], ['sandbox', 'mail']];

test.each(VICTIMS.map((victims) => [victims.join(' and '), victims] as const))(
  'kill -9 of %s while asked, while weeks pass and at a drop: every story ends the same',
  async (_names, victims) => {
    const { faults } = story.stack;
    const [asking, passing, dropping] = await Promise.all([Cast.gather(story), Cast.gather(story), Cast.gather(story)]);
    await Promise.all([passing.place(), dropping.place().then(() => dropping.advance(EVE))]);
    await dropping.settled();

    const dropped = eventually('a create', async () =>
      (await story.accepted(dropping.names.uncontested)).length > 0 ? true : undefined,
    );
    await Promise.all([passing.advance(OVER), dropping.advance(OVER)]);
    const asked = asking.place();
    await Promise.all([passing.isAt(({ frozen_time }) => frozen_time > iso(START + DAY_MS)), dropped]);
    await Promise.all(victims.map((victim) => faults.kill(victim)));
    await Promise.all(victims.map((victim) => faults.start(victim)));

    await asked;
    await asking.advance(OVER);
    const casts = { asking, passing, dropping };
    await Promise.all(Object.values(casts).map((cast) => cast.finish()));
    for (const [moment, cast] of Object.entries(casts))
      expect({ [moment]: await accountOnce(cast, undisturbed) }).toEqual({ [moment]: undisturbed });
  },
  120_000,
);
