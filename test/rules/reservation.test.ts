/** A reservation's journey: every note it can be told, in every state it can be in. */
import fc from 'fast-check';
import { usd } from '../../rules/money.ts';
import { REFUSALS } from '../../rules/queue.ts';
import {
  hasEnded,
  LOST_REASONS,
  STATUSES,
  transition,
  type Attention,
  type NameView,
  type Note,
  type Outcome,
  type ReservationState,
  type TimelineEntry,
} from '../../rules/reservation.ts';
import { STAGES, type Stage } from '../../rules/stage.ts';
import type { ExpiryMark } from '../../rules/expiry.ts';
import { at, DAY_MS, frozen } from './world.ts';

const NOW = at('2026-04-25T18:00:00Z');
const name = (stage: Stage, seenAt = NOW): NameView => ({ stage, seenAt, next: { what: 'registry_check', at: NOW } });
const attention: Attention = {
  id: 'att_1',
  workflow: 'domain:a.com',
  step: 'create',
  error: 'x',
  since: NOW,
  attempts: 3,
};

const admitted = (stage: Stage, ordinal = 1): Note => ({ kind: 'admitted', at: NOW, ordinal, name: name(stage) });
const seen = (stage: Stage): Note => ({ kind: 'seen', at: NOW, name: name(stage) });
const kept = (stage: Stage): Note => ({ kind: 'kept', at: NOW, how: 'renewed', name: name(stage) });
const catching = (stage: Stage): Note => ({ kind: 'catching', at: NOW, name: name(stage) });
const caught: Note = { kind: 'caught', at: NOW, name: name('registered_by_us') };
const ended = (outcome: Outcome, over: Partial<Extract<Note, { kind: 'ended' }>> = {}): Note => ({
  kind: 'ended',
  at: NOW,
  outcome,
  ...over,
});

const outcomes: Outcome[] = [
  {
    result: 'won',
    reason: 'first_in_order',
    at: NOW,
    price: usd(6_900),
    registeredTo: 'backorder',
    roid: 'D2',
    registeredAt: NOW,
    expiresAt: at('2027-04-25T18:00:00Z'),
    delivery: { status: 'delivered', why: 'no_restore_rights' },
  },
  ...LOST_REASONS.map((reason): Outcome => ({ result: 'lost', reason, at: NOW })),
  { result: 'missed', reason: 'kept', at: NOW, how: 'renewed' },
  { result: 'missed', reason: 'wait_until', at: NOW },
  { result: 'cancelled', reason: 'by_registrar', at: NOW },
  { result: 'cancelled', reason: 'by_support', at: NOW },
  ...REFUSALS.map((reason): Outcome => ({ result: 'rejected', reason, at: NOW })),
];
const [won] = outcomes as [Outcome];

/** A whole life: where it ends and what its timeline says. */
function live(notes: Note[], from: ReservationState = { status: 'placed' }) {
  let state = frozen(from);
  const timeline: TimelineEntry[] = [];
  for (const note of notes) {
    const next = transition(state, frozen(note));
    state = frozen(next.state);
    timeline.push(...next.entries);
  }
  return { state, timeline, types: timeline.map(({ type }) => type) };
}

const registeredByUs = { ordinal: 1, name: name('registered_by_us') };
const news = (type: 'started' | 'outbid' | 'extended' | 'closing' | 'closed'): Note => ({
  kind: 'auction',
  at: NOW,
  news: { type, auction: 'auc_1', price: usd(6_900), endsAt: NOW },
});
const offered: Note = { kind: 'offered', at: NOW, price: usd(6_900), answerBy: NOW };
const unpaid: Note = { kind: 'unpaid', at: NOW, price: usd(6_900), payBy: NOW };

test.each<[string, Note[], ReservationState, string[]]>([
  [
    'an auction, from its start to its end',
    [news('started'), news('outbid'), news('closing'), news('extended'), news('closed')],
    { status: 'standby', ...registeredByUs, auction: 'auc_1' },
    ['auction.started', 'auction.outbid', 'auction.closing', 'auction.extended', 'auction.closed'],
  ],
  [
    'an offer that is accepted and cannot be paid at once',
    [offered, { kind: 'answered', at: NOW, answer: 'accepted' }, unpaid],
    { status: 'awaiting_payment', ...registeredByUs, price: usd(6_900), payBy: NOW },
    ['reservation.offered', 'decision.accepted', 'reservation.payment_required'],
  ],
  [
    'an offer',
    [offered],
    { status: 'offered', ...registeredByUs, price: usd(6_900), answerBy: NOW },
    ['reservation.offered'],
  ],
])('%s', (_what, notes, state, types) => {
  const life = live([admitted('pending_delete'), catching('pending_delete'), caught, ...notes]);
  expect(life.state).toEqual(state);
  expect(life.types.slice(-types.length)).toEqual(types);
});

test('that the money is not there is said, and changes nothing of where the claim stands', () => {
  const mark = { dropAt: NOW, hours: 24 } as const;
  const view = name('redemption');
  const unfunded: Note = {
    kind: 'unfunded',
    at: NOW,
    mark,
    why: 'insufficient',
    amount: usd(6_900),
    due: NOW,
    name: view,
  };
  const { state, types } = live([admitted('redemption'), unfunded]);
  expect(state).toMatchObject({ status: 'waiting' });
  expect(types).toEqual(['reservation.placed', 'reservation.unfunded']);
});

test('a reservation that wins has a timeline from its place to its outcome', () => {
  const { state, timeline } = live([
    admitted('registered', 4),
    seen('auto_renew_grace'),
    seen('redemption'),
    seen('pending_delete'),
    catching('pending_delete'),
    caught,
    ended(won, { name: name('registered_by_us') }),
  ]);
  expect(timeline.map(({ type, data }) => [type, data])).toEqual([
    ['reservation.placed', { stage: 'registered' }],
    ['reservation.expired', {}],
    ['reservation.stage_changed', { stage: 'auto_renew_grace', from: 'registered' }],
    ['reservation.stage_changed', { stage: 'redemption', from: 'auto_renew_grace' }],
    ['reservation.stage_changed', { stage: 'pending_delete', from: 'redemption' }],
    ['attempt.catching', { drop: null }],
    ['reservation.caught', { stage: 'registered_by_us' }],
    ['reservation.won', won],
  ]);
  expect(state).toEqual({ status: 'won', outcome: won, ordinal: 4, name: name('registered_by_us') });
});

test('a name that is kept returns the reservation to waiting, in its place', () => {
  const { state, timeline } = live([admitted('redemption', 4), catching('redemption'), kept('registered')]);
  expect(timeline.at(-1)).toEqual({
    type: 'reservation.renewed',
    at: NOW,
    data: { how: 'renewed', stage: 'registered', from: 'redemption' },
  });
  expect(state).toEqual({ status: 'waiting', ordinal: 4, name: name('registered') });
});

test('a stage is told once, however often it is seen', () =>
  expect(live([admitted('redemption'), seen('redemption'), seen('redemption'), catching('redemption')]).types).toEqual([
    'reservation.placed',
    'attempt.catching',
  ]));

const EXPIRY = at('2026-07-01T00:00:00Z');
const expiring = (days: ExpiryMark['days'], expiresAt = EXPIRY): Note => ({
  kind: 'expiring',
  at: NOW,
  mark: { expiresAt, days },
  name: { ...name('registered'), expiresAt },
});

test('each mark before the owner’s expiry is told once, never an earlier one after a later, and anew when the date moves', () => {
  const { timeline } = live([
    admitted('registered'),
    ...[expiring(30), expiring(30), expiring(1), expiring(7), expiring(0)],
    expiring(30, EXPIRY + 1),
  ]);
  const told = timeline.filter(({ type }) => type === 'reservation.expiring').map(({ data }) => data['days']);
  expect(told).toEqual([30, 1, 0, 30]);
});

test('who reserves three days before the expiry is not told that it is a week away', () => {
  const placed: Note = {
    kind: 'admitted',
    at: EXPIRY - 3 * DAY_MS,
    ordinal: 1,
    name: { ...name('registered'), expiresAt: EXPIRY },
  };
  expect(live([placed, expiring(7), expiring(1)]).types).toEqual(['reservation.placed', 'reservation.expiring']);
});

test('at the owner’s expiry it is told that it ran out, beside the stage', () =>
  expect(live([admitted('registered'), seen('auto_renew_grace')]).types).toEqual([
    'reservation.placed',
    'reservation.expired',
    'reservation.stage_changed',
  ]));

test('a name deleted before its expiry is never said to have run out', () =>
  expect(live([admitted('registered'), seen('redemption')]).types).not.toContain('reservation.expired'));

const dropping = (earliest: number, stage: Stage = 'pending_delete'): Note => ({
  kind: 'seen',
  at: NOW,
  name: { ...name(stage), drop: { earliest, latest: earliest, source: 'policy', confidence: 'estimated' } },
});

test('a drop is scheduled when it is near, and told again only when it moved; a far forecast is none', () => {
  const { timeline } = live([
    admitted('redemption'),
    dropping(EXPIRY, 'redemption'),
    ...[dropping(EXPIRY), dropping(EXPIRY), dropping(EXPIRY + 1)],
  ]);
  const told = timeline.filter(({ type }) => type === 'reservation.drop_scheduled').map(({ data }) => data);
  expect(told).toMatchObject([
    { drop: { earliest: EXPIRY }, before: { drop: null } },
    { drop: { earliest: EXPIRY + 1 }, before: { drop: { earliest: EXPIRY } } },
  ]);
});

test('another sponsoring registrar, or another date, is an observation with what was before', () => {
  const view = (sponsor: string, expiresAt: number): NameView => ({ ...name('registered'), sponsor, expiresAt });
  const { timeline } = live([
    { kind: 'admitted', at: NOW, ordinal: 1, name: view('one', EXPIRY) },
    { kind: 'seen', at: NOW, name: view('two', EXPIRY - 1) },
  ]);
  expect(timeline.slice(1)).toMatchObject([
    { type: 'observation.expiry_moved', data: { expiresAt: EXPIRY - 1, before: { expiresAt: EXPIRY } } },
    { type: 'observation.transferred', data: { sponsor: 'two', before: { sponsor: 'one' } } },
  ]);
});

test('a look’s age alone changes what is shown, and is no event', () => {
  const { state, types } = live([admitted('redemption'), { kind: 'seen', at: NOW, name: name('redemption', NOW + 1) }]);
  expect(types).toEqual(['reservation.placed']);
  expect(state).toMatchObject({ name: { seenAt: NOW + 1 } });
});

test('a drop that is expected is told with the attempt', () => {
  const drop = { earliest: NOW, latest: NOW, source: 'drop_list', confidence: 'published' } as const;
  const { timeline } = live([
    admitted('pending_delete'),
    { kind: 'catching', at: NOW, name: { ...name('pending_delete'), drop } },
  ]);
  expect(timeline.at(-1)).toMatchObject({ type: 'attempt.catching', data: { drop } });
});

test('a stage that is first seen when catching begins is told before the attempt', () =>
  expect(live([admitted('redemption'), catching('pending_delete')]).types).toEqual([
    'reservation.placed',
    'reservation.stage_changed',
    'attempt.catching',
  ]));

test('an attempt that is over and comes again is told again', () =>
  expect(
    live([admitted('pending_delete'), catching('pending_delete'), seen('pending_delete'), catching('pending_delete')])
      .types,
  ).toEqual(['reservation.placed', 'attempt.catching', 'attempt.catching']));

test('an attempt that goes on is told once, and the stage it meets once', () =>
  expect(
    live([admitted('pending_delete'), catching('pending_delete'), catching('available'), catching('available')]).types,
  ).toEqual(['reservation.placed', 'attempt.catching', 'reservation.stage_changed']));

test('a new arbiter admits a reservation again: it keeps its place, and learns of the stage it did not see', () => {
  const { state, timeline } = live([admitted('redemption', 4), admitted('pending_delete', 4)]);
  expect(state).toEqual({ status: 'waiting', ordinal: 4, name: name('pending_delete') });
  expect(timeline.at(-1)).toEqual({
    type: 'reservation.stage_changed',
    at: NOW,
    data: { stage: 'pending_delete', from: 'redemption' },
  });
});

test('being admitted again interrupts no attempt', () => {
  const { state, types } = live([admitted('pending_delete'), catching('pending_delete'), admitted('pending_delete')]);
  expect(state.status).toBe('catching');
  expect(types).toEqual(['reservation.placed', 'attempt.catching']);
});

test('what support decides is told before what still needs it', () => {
  const decision = { action: 'retry', reason: 'the registry is back' } as const;
  const note: Note = { kind: 'attention', at: NOW, attention, decision };
  expect(live([admitted('redemption'), note]).timeline.slice(1)).toEqual([
    { type: 'decision.retry', at: NOW, data: { reason: 'the registry is back' } },
    { type: 'reservation.needs_attention', at: NOW, data: attention },
  ]);
  expect(live([admitted('redemption'), { kind: 'attention', at: NOW, attention: null }]).types).toEqual([
    'reservation.placed',
  ]);
});

test('support’s explanation of an end is told with it', () => {
  const cancelled: Outcome = { result: 'cancelled', reason: 'by_support', at: NOW };
  expect(live([admitted('redemption'), ended(cancelled, { explanation: 'a court order' })]).timeline.at(-1)).toEqual({
    type: 'reservation.cancelled',
    at: NOW,
    data: { ...cancelled, explanation: 'a court order' },
  });
});

test.each(outcomes.map((outcome) => [outcome.result, outcome.reason, outcome] as const))(
  'a reservation that was %s (%s) stays so, whatever it is told',
  (result, _reason, outcome) => {
    const { state } = live([admitted('redemption', 2), ended(outcome)]);
    expect(state).toEqual({ status: result, outcome, ordinal: 2, name: name('redemption') });
    for (const note of [admitted('redemption'), seen('available'), kept('registered'), catching('available'), caught])
      expect(transition(state, note)).toEqual({ state, entries: [] });
    for (const other of outcomes) expect(transition(state, ended(other))).toEqual({ state, entries: [] });
    expect(transition(state, { kind: 'attention', at: NOW, attention })).toEqual({ state, entries: [] });
  },
);

test.each(REFUSALS)('a reservation rejected as %s was never in the queue', (reason) => {
  const outcome: Outcome = { result: 'rejected', reason, at: NOW };
  const { state, types } = live([seen('redemption'), ended(outcome), admitted('redemption'), seen('pending_delete')]);
  expect(state).toEqual({ status: 'rejected', outcome });
  expect(types).toEqual(['reservation.rejected']);
});

const anyNote: fc.Arbitrary<Note> = fc
  .record({
    kind: fc.constantFrom('admitted', 'seen', 'kept', 'catching', 'caught', 'attention', 'ended'),
    stage: fc.constantFrom(...STAGES),
    seenAt: fc.nat(9),
    ordinal: fc.integer({ min: 1, max: 9 }),
    outcome: fc.constantFrom(...outcomes),
    flag: fc.boolean(),
  })
  .map(({ kind, stage, seenAt, ordinal, outcome, flag }): Note => {
    const view = name(stage, seenAt);
    switch (kind) {
      case 'admitted':
        return { kind, at: NOW, ordinal, name: view };
      case 'kept':
        return { kind, at: NOW, how: 'kept_unknown', name: view };
      case 'attention':
        return { kind, at: NOW, attention: flag ? attention : null };
      case 'ended':
        return { kind, at: NOW, outcome, ...(flag && { name: view }) };
      default:
        return { kind, at: NOW, name: view } as Note;
    }
  });
const notEnding = anyNote.filter(({ kind }) => kind !== 'ended');
const notes = fc
  .tuple(fc.array(notEnding, { maxLength: 30, size: 'max' }), fc.array(anyNote, { maxLength: 10, size: 'max' }))
  .map(([before, after]) => [...before, ...after]);

test('whatever is told, and in whatever order, the timeline’s stages follow from one another', () =>
  fc.assert(
    fc.property(notes, (told) => {
      let stage: unknown;
      for (const { type, data } of live(told).timeline) {
        if ('from' in data) expect(data['from']).toBe(stage);
        if (type === 'reservation.stage_changed') expect(data['stage']).not.toBe(stage);
        if ('stage' in data) stage = data['stage'];
      }
    }),
  ));

test('while it is open, the last stage on the timeline is the one that is shown', () =>
  fc.assert(
    fc.property(fc.array(notEnding, { maxLength: 30, size: 'max' }), (told) => {
      const { state, timeline } = live(told);
      const stages = timeline.flatMap(({ data }) => ('stage' in data ? [data['stage']] : []));
      expect('name' in state ? state.name?.stage : undefined).toBe(stages.at(-1));
    }),
  ));

test('a reservation ends once at most, and nothing follows its end', () =>
  fc.assert(
    fc.property(notes, (told) => {
      const { state, types } = live(told);
      const ends = types.flatMap((type, n) =>
        outcomes.some(({ result }) => type === `reservation.${result}`) ? [n] : [],
      );
      expect(ends).toEqual(hasEnded(state) ? [types.length - 1] : []);
      expect(STATUSES).toContain(state.status);
    }),
  ));

test('a reservation is placed once, before anything is told of its name, and its ordinal never changes', () =>
  fc.assert(
    fc.property(notes, (told) => {
      const { state, types } = live(told);
      const rest = types.filter((type) => !/needs_attention|rejected|cancelled|lost|missed|won/.test(type));
      expect(rest.slice(1)).not.toContain('reservation.placed');
      if (rest.length > 0) expect(rest[0]).toBe('reservation.placed');
      const first = told.find(({ kind }) => kind === 'admitted' || kind === 'ended');
      expect('ordinal' in state ? state.ordinal : undefined).toBe(
        first?.kind === 'admitted' ? first.ordinal : undefined,
      );
    }),
  ));
