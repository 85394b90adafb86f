/** What happens to a sandbox name besides its script, as dated films; and which of it cannot happen. */
import { DAY_MS } from '../../registry/sandbox/calendar.ts';
import { completeStory, type Act, type DomainFacts, type StoryInput } from '../../registry/sandbox/facts.ts';
import { unfitting } from '../../registry/sandbox/film.ts';
import { project, purgeOf, segmentAt, stagesOf } from '../../registry/sandbox/projection.ts';
import { at, closeAll, iso, sandboxWorld } from './world.ts';

afterEach(closeAll);

const EXPIRY = at('2026-01-01T12:00:00Z');
const onDay = (day: number): number => EXPIRY + day * DAY_MS;

function facts(happens: Act[], over: StoryInput = {}): DomainFacts {
  const dates = { registered_at: at('2020-01-01T12:00:00Z'), expires_at: EXPIRY };
  const completed = completeStory({ ...dates, happens, ...over }, EXPIRY);
  if (completed.kind !== 'story') throw new Error(`${completed.param} ${completed.detail}`);
  return { name: 'acts.test', story: completed.story, happened: [] };
}

/** Each stage with the days after the expiry on which it begins, as far as the given day. */
const stages = (told: DomainFacts, until: number): string[] =>
  stagesOf(told)
    .filter(({ from }) => from === null || from <= onDay(until))
    .map(({ stage, from }) => (from === null ? stage : `${stage} ${Math.floor((from - EXPIRY) / DAY_MS)}`));

test.each<[string, Act[], string[], string]>([
  [
    'renewed before its date it runs a year longer, and is let go then',
    [{ what: 'renewed', at: onDay(-20) }],
    ['registered', 'registered -20', 'registered -15', 'auto_renew_grace 365'],
    '2027-01-01',
  ],
  [
    'renewed in grace by the registrar’s command, autoRenewPeriod stays to its end',
    [{ what: 'renewed', at: onDay(10) }],
    ['registered', 'auto_renew_grace 0', 'auto_renew_grace 10', 'auto_renew_grace 15', 'registered 45'],
    '2028-01-01',
  ],
  [
    'transferred in grace the automatic year is the transfer’s',
    [{ what: 'transferred', at: onDay(10), to: 'gaining' }],
    ['registered', 'auto_renew_grace 0', 'registered 10', 'registered 15'],
    '2027-01-01',
  ],
  [
    'restored, a year is added',
    [
      { what: 'restore_requested', at: onDay(50) },
      { what: 'restored', at: onDay(53) },
    ],
    ['registered', 'auto_renew_grace 0', 'redemption 45', 'pending_restore 50', 'registered 53'],
    '2027-01-01',
  ],
  [
    'a restore that fails gives back the redemption that is left',
    [
      { what: 'restore_requested', at: onDay(50) },
      { what: 'restore_failed', at: onDay(52) },
    ],
    [
      'registered',
      'auto_renew_grace 0',
      'redemption 45',
      'pending_restore 50',
      'redemption 52',
      'pending_delete 75',
      'available 80',
    ],
    '',
  ],
  [
    'a restore that nobody reports fails after seven days, and skips what was over by then',
    [{ what: 'restore_requested', at: onDay(70) }],
    ['registered', 'auto_renew_grace 0', 'redemption 45', 'pending_restore 70', 'pending_delete 77', 'available 80'],
    '',
  ],
  [
    'deleted early',
    [{ what: 'deleted', at: onDay(-100) }],
    ['registered', 'redemption -100', 'pending_delete -70'],
    '',
  ],
  ['purged at once', [{ what: 'purged', at: onDay(3) }], ['registered', 'auto_renew_grace 0', 'available 3'], ''],
  [
    'its date corrected to an earlier one',
    [{ what: 'expiry_moved', at: onDay(-20), expires_at: onDay(-10) }],
    ['registered', 'registered -20', 'auto_renew_grace -10', 'redemption 35'],
    '',
  ],
  [
    'it vanishes and comes back, and its life went on meanwhile',
    [
      { what: 'vanished', at: onDay(-5) },
      { what: 'returned', at: onDay(5) },
    ],
    ['registered', 'hidden -5', 'auto_renew_grace 5', 'redemption 45'],
    '',
  ],
  [
    'given back to its owner after the drop it is the old registration again, and is let go at its new date',
    [{ what: 'taken_back', at: onDay(84) }],
    ['registered', 'auto_renew_grace 0', 'redemption 45', 'pending_delete 75', 'available 80', 'registered 84'],
    '',
  ],
])('%s', (_what, happens, shown, until) => {
  const told = facts(happens);
  expect(unfitting(told)).toBeUndefined();
  const seen = stages(told, 366);
  expect(seen.slice(0, shown.length)).toEqual(shown);
  const state = project(told, onDay(60));
  if (until !== '') expect(state).toMatchObject({ expiresAt: at(`${until}T12:00:00Z`) });
});

test('a name that hides is still the same registration, and no drop is told of it', () => {
  const told = facts([
    { what: 'vanished', at: onDay(-5) },
    { what: 'returned', at: onDay(5) },
  ]);
  expect(purgeOf(told)).toBe(purgeOf(facts([])));
  const hidden = facts([{ what: 'vanished', at: onDay(-5) }]);
  expect(segmentAt(hidden, onDay(400))).toMatchObject({ until: null, state: { kind: 'hidden' } });
});

test('whoever catches a name catches it also where it is purged early', () =>
  expect(project(facts([{ what: 'purged', at: onDay(3) }], { caught_by_other: 'rival' }), onDay(3))).toMatchObject({
    kind: 'registered',
    sponsor: 'rival',
    createdAt: onDay(3),
  }));

test('what somebody registered since is gone with that, and a registrar may be named', () => {
  const [before, told] = [facts([]), facts([{ what: 'taken_back', at: onDay(84), to: 'gaining' }])];
  const caught = project(facts([], { caught_by_other: 'rival' }), onDay(83));
  const back = project({ ...told, story: { ...told.story, caught_by_other: 'rival' } as never }, onDay(84));
  const { roid } = project(before, onDay(1)) as { roid: string };
  expect(caught).toMatchObject({ sponsor: 'rival' });
  expect(back).toMatchObject({ kind: 'registered', roid, sponsor: 'gaining', statuses: ['ok'], rgp: [] });
  expect(purgeOf(told)).toBe(purgeOf(before));
});

test.each<[string, Act[]]>([
  ['taken_back', [{ what: 'taken_back', at: onDay(79) }]],
  ['restored', [{ what: 'restored', at: onDay(10) }]],
  ['restore_failed', [{ what: 'restore_failed', at: onDay(50) }]],
  ['restore_requested', [{ what: 'restore_requested', at: onDay(76) }]],
  ['renewed', [{ what: 'renewed', at: onDay(50) }]],
  ['returned', [{ what: 'returned', at: onDay(50) }]],
  ['purged', [{ what: 'purged', at: onDay(90) }]],
])('what does not fit is found: %s', (_what, happens) => expect(unfitting(facts(happens))).toBe(0));

test('the control API refuses what cannot happen, adds what will, and EPP and RDAP show it', async () => {
  const { control, gateway } = await sandboxWorld();
  await control.setClock('clk', onDay(-30));
  const story = { registered_at: at('2020-01-01T12:00:00Z'), expires_at: EXPIRY, test_clock: 'clk' };
  const put = (happens: Act[]) => control.put('acts.test', { ...story, happens });
  await expect(put([{ what: 'restored', at: onDay(1) }])).rejects.toMatchObject({
    code: 'invalid_facts',
    param: 'happens.0.what',
  });
  await put([{ what: 'renewed', at: onDay(-25) }]);
  const added = (happens: Act[]) => control.amend('acts.test', { happens });
  await expect(added([{ what: 'vanished', at: onDay(-31) }])).rejects.toMatchObject({ param: 'happens.0.at' });
  await expect(added([{ what: 'returned', at: onDay(-20) }])).rejects.toMatchObject({ param: 'happens.0.what' });
  const { facts: told } = await added([{ what: 'vanished', at: onDay(-20) }]);
  expect(told?.happens?.map(({ what }) => what)).toEqual(['renewed', 'vanished']);
  await control.setClock('clk', onDay(-25));
  const client = gateway();
  const renewed = await client.look('acts.test');
  expect(renewed).toMatchObject({ registration: { rgp: ['renewPeriod'] } });
  expect(iso(renewed.kind === 'registered' ? renewed.registration.expiresAt : 0)).toBe('2027-01-01T12:00:00.000Z');
  await control.setClock('clk', onDay(-20));
  expect(await client.look('acts.test')).toEqual({ kind: 'withheld', reason: 'In use' });
  expect(await client.peek('acts.test')).toMatchObject({ kind: 'not_found' });
  const create = { name: 'acts.test', periodYears: 1, contacts: {}, nameservers: [], authInfo: 'x-1-y-2-z' };
  expect(await client.create(create, 'CREATE-1')).toEqual({ code: 2302 });
});
