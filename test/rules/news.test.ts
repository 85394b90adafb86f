/** What is news between two views of a name. */
import { movements } from '../../rules/news.ts';
import type { Entry, NameView } from '../../rules/reservation.ts';
import { at } from './world.ts';

const NOW = at('2026-04-25T18:00:00Z');
const entry: Entry = (type, data = {}) => ({ type, at: NOW, data });
const view: NameView = { stage: 'pending_delete', seenAt: NOW, next: { what: 'registry_check', at: NOW } };

test.each([
  ['over when it is heard of is not scheduled', NOW, []],
  ['ahead is', NOW + 1, ['reservation.drop_scheduled']],
])('a drop that is %s', (_what, instant, types) => {
  const drop = { earliest: instant, latest: instant, source: 'drop_list', confidence: 'published' } as const;
  const told = movements({ status: 'waiting', ordinal: 1, name: view }, { ...view, drop }, entry);
  expect(told.map(({ type }) => type)).toEqual(types);
});
