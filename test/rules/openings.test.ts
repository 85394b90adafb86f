/** Schedules keep to the wall clock of their registry's zone on both sides of a change of clocks. */
import { dayOf, endOfStage, openingAfter } from '../../rules/openings.ts';
import type { Schedule } from '../../rules/tlds.ts';
import { at, iso, policies, policy } from './world.ts';

function scheduleOf(tld: string): Schedule {
  const { drop } = policy(tld);
  if (!('schedule' in drop)) throw new Error(`.${tld} has no schedule`);
  return drop.schedule;
}
const from = (ended: string, tld: string) => {
  const instant = at(ended);
  const { earliest, latest } = openingAfter({ earliest: instant, latest: instant }, scheduleOf(tld), -Infinity);
  return [iso(earliest), iso(latest)];
};

test.each([
  // Rome: clocks go forward in the night to 29 March, and back in the night to 25 October.
  ['it', '2026-03-28T07:00:00Z', '2026-03-28T08:00:00Z', '2026-03-29T07:00:00Z'],
  ['it', '2026-03-28T08:00:00.001Z', '2026-03-28T15:00:00Z', '2026-03-30T07:00:00Z'],
  ['it', '2026-03-28T15:00:00.001Z', '2026-03-29T07:00:00Z', '2026-03-30T07:00:00Z'],
  ['it', '2026-03-29T07:00:00.001Z', '2026-03-29T14:00:00Z', '2026-03-31T07:00:00Z'],
  ['it', '2026-10-24T14:00:00.001Z', '2026-10-25T08:00:00Z', '2026-10-26T08:00:00Z'],
  ['it', '2026-10-25T08:00:00.001Z', '2026-10-25T15:00:00Z', '2026-10-27T08:00:00Z'],
  // New York: 8 March and 1 November.
  ['com', '2026-03-07T19:00:00.001Z', '2026-03-08T18:00:00Z', '2026-03-08T19:00:00Z'],
  ['com', '2026-10-31T18:00:00.001Z', '2026-11-01T19:00:00Z', '2026-11-01T20:00:00Z'],
  // Brisbane has no summer time: nothing moves when Sydney's clocks do, on 5 April and 4 October.
  ['au', '2026-04-04T00:00:00Z', '2026-04-04T03:00:00Z', '2026-04-05T03:00:00Z'],
  ['au', '2026-04-05T00:00:00Z', '2026-04-05T03:00:00Z', '2026-04-06T03:00:00Z'],
  ['au', '2026-10-04T00:00:00Z', '2026-10-04T03:00:00Z', '2026-10-05T03:00:00Z'],
  ['au', '2026-10-04T03:00:00.001Z', '2026-10-04T03:30:00Z', '2026-10-06T03:00:00Z'],
  // UTC never changes: not when Stockholm does, nor Auckland.
  ['se', '2026-03-28T04:00:00.001Z', '2026-03-29T04:00:00Z', '2026-03-30T04:00:00Z'],
  ['se', '2026-10-24T04:00:00.001Z', '2026-10-25T04:00:00Z', '2026-10-26T04:00:00Z'],
  ['nz', '2026-04-04T02:00:00.001Z', '2026-04-05T02:00:00Z', '2026-04-05T03:00:00Z'],
  ['nz', '2026-09-26T02:00:00Z', '2026-09-26T02:00:00Z', '2026-09-26T03:00:00Z'],
  // Tokyo has none either; the year turns there nine hours before it does in UTC.
  ['jp', '2026-12-20T00:00:00Z', '2026-12-31T15:00:00Z', '2027-01-01T15:00:00Z'],
  ['jp', '2026-03-20T00:00:00Z', '2026-03-31T15:00:00Z', '2026-04-01T15:00:00Z'],
  // The 45th minute is the same in every zone of whole hours.
  ['sg', '2026-03-29T00:45:00Z', '2026-03-29T00:45:00Z', '2026-03-29T01:45:00Z'],
  ['sg', '2026-03-29T00:45:00.001Z', '2026-03-29T01:45:00Z', '2026-03-29T02:45:00Z'],
])('a .%s whose last stage ended at %s comes free between %s and %s', (tld, ended, earliest, latest) =>
  expect(from(ended, tld)).toEqual([earliest, latest]),
);

test('every zone that the shipped policies use is looked at above, but Shanghai, which is below', () => {
  const zones = policies.all().flatMap(({ drop }) => {
    if ('schedule' in drop) return [drop.schedule.zone];
    return 'zone' in drop ? [drop.zone] : [];
  });
  expect([...new Set(zones)].toSorted()).toEqual([
    'America/New_York',
    'Asia/Shanghai',
    'Asia/Tokyo',
    'Australia/Brisbane',
    'Etc/UTC',
    'Europe/Rome',
    'unknown',
  ]);
});

test.each([
  ['Asia/Shanghai', '2026-03-29T15:59:59Z', '2026-03-28T16:00:00Z', '2026-03-29T16:00:00Z'],
  ['Asia/Shanghai', '2026-03-29T16:00:00Z', '2026-03-29T16:00:00Z', '2026-03-30T16:00:00Z'],
  ['Asia/Shanghai', '2026-10-25T12:00:00Z', '2026-10-24T16:00:00Z', '2026-10-25T16:00:00Z'],
  // A day has 23 hours, or 25.
  ['Europe/Rome', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
  ['Europe/Rome', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
  // In an unknown zone, every day that has the instant in it.
  ['unknown', '2026-03-29T12:00:00Z', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z'],
])('the day in %s that has %s in it goes from %s to %s', (zone, instant, earliest, latest) => {
  const day = dayOf({ earliest: at(instant), latest: at(instant) }, zone);
  expect([iso(day.earliest), iso(day.latest)]).toEqual([earliest, latest]);
});

test.each([
  ['2026-05-20T11:59:59Z', '2026-05-20T14:30:00Z', '2026-05-21T14:30:00Z'],
  // On until the next one begins, for all we know.
  ['2026-05-20T20:00:00Z', '2026-05-20T14:30:00Z', '2026-05-21T14:30:00Z'],
  ['2026-05-21T14:29:59Z', '2026-05-20T14:30:00Z', '2026-05-21T14:30:00Z'],
  ['2026-05-21T14:30:00Z', '2026-05-21T14:30:00Z', '2026-05-22T14:30:00Z'],
])('at %s the batch of .org that is due on 20 May is the one from %s to %s', (now, earliest, latest) => {
  const ended = at('2026-05-20T11:00:00Z');
  const opening = openingAfter({ earliest: ended, latest: ended }, scheduleOf('org'), at(now));
  expect([iso(opening.earliest), iso(opening.latest)]).toEqual([earliest, latest]);
});

test('a length that nobody knows ends nowhere', () => {
  const began = { earliest: 0, latest: 0 };
  expect(endOfStage(began, 'unknown')).toBeUndefined();
  expect(endOfStage(began, { minMs: 5, maxMs: 'unknown' })).toBeUndefined();
  expect(endOfStage(began, { minMs: 5, maxMs: 7 })).toEqual({ earliest: 5, latest: 7 });
});
