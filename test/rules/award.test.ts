/** Whose a caught name is. */
import fc from 'fast-check';
import { awardInOrder, firstInOrder } from '../../rules/award.ts';
import type { Claim } from '../../rules/queue.ts';
import { frozen } from './world.ts';

const claim = (reservation: string, ordinal: number, dryRun = false): Claim => ({
  reservation,
  ordinal,
  owner: `owner of ${reservation}`,
  onRenewal: 'keep_waiting',
  dryRun,
});

test('the earliest claim gets the name, and each is told why', () =>
  expect(awardInOrder(frozen([claim('bob', 7), claim('dry', 1, true), claim('ada', 3)]))).toEqual({
    policy: 'in_order',
    winner: 'ada',
    considered: [
      { reservation: 'dry', ordinal: 1, reason: 'dry_run' },
      { reservation: 'ada', ordinal: 3, reason: 'first_in_order' },
      { reservation: 'bob', ordinal: 7, reason: 'behind_in_order' },
    ],
  }));

test.each([
  ['nobody waits', []],
  ['only dry runs wait', [claim('dry', 1, true), claim('dryer', 2, true)]],
])('nothing is caught where %s', (_who, claims) => {
  expect(firstInOrder(claims)).toBeUndefined();
  expect(awardInOrder(claims).winner).toBeUndefined();
});

const claims = fc
  .uniqueArray(fc.record({ ordinal: fc.nat(), dryRun: fc.boolean() }), { selector: ({ ordinal }) => ordinal })
  .map((some) => some.map(({ ordinal, dryRun }) => claim(`rsv_${ordinal}`, ordinal, dryRun)));

test('where any real claim waits there is one winner, and it is the claim the name was caught for', () =>
  fc.assert(
    fc.property(claims, (some) => {
      const { winner, considered } = awardInOrder(frozen(some));
      const real = some.filter(({ dryRun }) => !dryRun);
      expect(
        considered.filter(({ reason }) => reason === 'first_in_order').map(({ reservation }) => reservation),
      ).toEqual(real.length > 0 ? [winner] : []);
      expect(winner).toBe(firstInOrder(some)?.reservation);
      expect(winner).toBe(real.toSorted((a, b) => a.ordinal - b.ordinal)[0]?.reservation);
    }),
  ));

test('every claim is considered once, in order, and a dry run only as one', () =>
  fc.assert(
    fc.property(claims, (some) => {
      const { considered } = awardInOrder(some);
      expect(considered.map(({ ordinal }) => ordinal)).toEqual(
        some.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b),
      );
      for (const { reservation, reason } of considered)
        expect(reason === 'dry_run').toBe(some.find((one) => one.reservation === reservation)?.dryRun);
    }),
  ));

test('the order in which claims are listed decides nothing', () =>
  fc.assert(
    fc.property(
      claims.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
      ([some, shuffled]) => expect(awardInOrder(shuffled)).toEqual(awardInOrder(some)),
    ),
  ));
