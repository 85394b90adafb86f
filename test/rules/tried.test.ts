/** What was tried at a drop, counted: nothing is lost by adding up, and what was seen last stands. */
import fc from 'fast-check';
import { nothingTried, together, withAnswer, type CreateAnswer, type Tried } from '../../rules/tried.ts';

const sent = (...answers: [CreateAnswer, number][]): Tried =>
  answers.reduce((tried, [code, at]) => withAnswer(tried, code, at), nothingTried);

test('creates are counted by what they were answered, with the first and the last instant of each', () =>
  expect(sent([2302, 10], [2302, 12], ['not_reached', 13], ['no_answer', 14], [2302, 15], [1000, 16])).toEqual({
    creates: 5,
    complete: true,
    answers: [
      { code: 2302, count: 3, firstAt: 10, lastAt: 15 },
      { code: 'not_reached', count: 1, firstAt: 13, lastAt: 13 },
      { code: 'no_answer', count: 1, firstAt: 14, lastAt: 14 },
      { code: 1000, count: 1, firstAt: 16, lastAt: 16 },
    ],
  }));

test('of what was seen the latest counts, and what is not all there stays so', () =>
  expect(together({ ...sent([2302, 5]), heldAt: 4 }, { ...sent([2302, 3]), heldAt: 2, complete: false })).toEqual({
    creates: 2,
    complete: false,
    answers: [{ code: 2302, count: 2, firstAt: 3, lastAt: 5 }],
    heldAt: 4,
  }));

const answer = fc.tuple(fc.constantFrom<CreateAnswer>(1000, 2302, 2502, 'no_answer', 'not_reached'), fc.nat(1_000));

test('however the tries are split among runs, the same is told of them', () =>
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 30 }), fc.nat(30), (answers, cut) => {
      const parts = together(sent(...answers.slice(0, cut)), sent(...answers.slice(cut)));
      const sorted = (tried: Tried) => ({
        ...tried,
        answers: tried.answers.toSorted((a, b) => String(a.code).localeCompare(String(b.code))),
      });
      expect(sorted(parts)).toEqual(sorted(sent(...answers)));
      expect(parts.creates).toBe(answers.filter(([code]) => code !== 'not_reached').length);
    }),
  ));
