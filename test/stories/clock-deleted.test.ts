/** A test clock goes: whoever has a reservation under it is told, and nothing is left open that nobody can end. */
import { eventually } from '../faults/cast.ts';
import { body, fresh, read, reserve, Story } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

test('its maker has cancelled its own reservations; those of others were ended with it, and say so', async () => {
  const [maker, other] = [
    (await story.operator.registrar(fresh('Maker'))).client,
    (await story.operator.registrar(fresh('Other'))).client,
  ];
  const clock = await story.clock(maker);
  const name = await story.name(clock);
  const [own, foreign] = [await reserve(maker, name), await reserve(other, name)];
  await maker.must('DELETE', `/v1/test_clocks/${clock}`);
  expect(await read(maker, own.id)).toMatchObject({ status: 'cancelled', outcome: { reason: 'by_registrar' } });
  expect(await read(other, foreign.id)).toMatchObject({ status: 'cancelled', outcome: { reason: 'by_support' } });
});

test('deleted while reservations are placed under it: each is refused or ended, and none is left open', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const names = await Promise.all(Array.from({ length: 8 }, () => story.name(clock)));
  const placing = names.map((name) => client.post('/v1/reservations', body(name, fresh('cus'))));
  // The first is under the clock, the others are anywhere on their way there.
  await Promise.race(placing);
  // A machine that has no time for it says so, and is asked again.
  await eventually('the end of the clock', () =>
    story.operator.must('DELETE', `/v1/test_clocks/${clock}`).then(() => true),
  );
  const answers = await Promise.all(placing);
  expect(
    [...new Set(answers.map(({ status }) => status))].filter((status) => ![201, 202, 409].includes(status)),
  ).toEqual([]);
  const { data } = await client.must('GET', '/v1/reservations?limit=100');
  expect([...new Set((data as { status: string }[]).map(({ status }) => status))]).toEqual(['cancelled']);
});
