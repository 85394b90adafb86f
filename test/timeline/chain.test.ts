/** A timeline's chain of hashes: what a stranger can verify, and that no change to a stored event goes unseen. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { eventView } from '../../api/views.ts';
import { usd } from '../../rules/money.ts';
import { transition, type Note, type ReservationState } from '../../rules/reservation.ts';
import { timelineCheck, type Finding } from '../../rules/timeline.ts';
import { genesisOf, hashOfStored, InvariantViolation, seal } from '../../store/event-hash.ts';
import { eventId, type EventDoc } from '../../store/reservations.ts';
import { inRedemption } from '../mail/samples.ts';
import { data, mutations, mutated } from './mutations.ts';

const RESERVATION = 'rsv_7h2c';

function timeline(facts: Record<string, unknown>[], reservation = RESERVATION): EventDoc[] {
  let previous = genesisOf(reservation);
  return facts.map((each, index) => {
    const seq = index + 1;
    const sealed = seal(
      {
        _id: eventId(reservation, seq),
        reservation,
        registrar: 'rgr_1',
        livemode: false,
        seq,
        type: seq === 1 ? 'reservation.placed' : 'reservation.stage_changed',
        created: new Date(Date.UTC(2026, 0, seq)),
        data: each,
      },
      previous,
    );
    previous = sealed.hash;
    return sealed;
  });
}

/** As `store/timelines.ts` does with what its cursors give. */
function findings(events: readonly EventDoc[], written: readonly EventDoc[]): Finding[] {
  const check = timelineCheck(genesisOf(RESERVATION));
  const last = written.at(-1);
  const head = last ? { seq: last.seq, hash: last.hash } : null;
  const found = events
    .toSorted((a, b) => a.seq - b.seq)
    .flatMap((event) =>
      check.next({
        seq: event.seq,
        hash: event.hash,
        previousHash: event.previous_hash,
        id: event._id,
        idOfSeq: eventId(event.reservation, event.seq),
        hashOfContent: event.registrar === 'rgr_1' ? hashOfStored(event) : undefined,
      }),
    );
  return [...found, ...check.end({ seq: head?.seq ?? 0, head })];
}

const FACTS = [
  { stage: 'registered' },
  { stage: 'redemption', from: 'registered', drop: { earliest: 1_776_794_400_000, source: 'policy' } },
  { how: 'restored', stage: 'registered', from: 'redemption' },
  { result: 'lost', reason: 'caught_by_other', at: 1_776_794_400_123, caughtBy: 'Überall “Namen” 名前 🎈' },
];

test('the form of an event and its hash are for good: those written years ago still verify', () => {
  expect(timeline(FACTS).map(({ hash }) => hash)).toEqual([
    '2937af19bfefe675c43ecc7da0141a6ba4efaed8bdf6d7db9dc26eb2f97941cb',
    '09caba706a8264a84a16358d4961eeecc32453c25c95a2e11091003702b650f5',
    '8acdacc1c5ff1af7a94ea7cda88415c8fce0b4b4fdf2f8c923fb4b34767b76c6',
    'd8681b19a391729c7ed7c94e12b412ba9bc8684ecf4ed718893e66bca71f9d12',
  ]);
});

test('an untouched timeline is whole, an empty one too', () => {
  fc.assert(
    fc.property(fc.array(data, { maxLength: 12 }), (facts) => {
      const events = timeline(facts);
      expect(findings(events, events)).toEqual([]);
    }),
  );
});

test('any one change to a stored event is found: of a field, of the order, by taking out, by putting in', () => {
  fc.assert(
    fc.property(fc.array(data, { minLength: 1, maxLength: 8 }), mutations, (facts, mutation) => {
      const written = timeline(facts);
      const stored = mutated(structuredClone(written), mutation);
      fc.pre(stored !== undefined);
      expect(findings(stored ?? [], written)).not.toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, (events: EventDoc[]) => EventDoc[], Finding[]]>([
  [
    'changed',
    (all) => all.map((one) => (one.seq === 2 ? { ...one, data: { ...one.data, stage: 'gone' } } : one)),
    [{ seq: 2, what: 'changed' }],
  ],
  ['missing', (all) => all.filter(({ seq }) => seq !== 2), [{ seq: 2, what: 'missing' }]],
  ['cut_off', (all) => all.slice(0, 2), [{ seq: 3, what: 'cut_off' }]],
  ['duplicated', (all) => [...all, all[3] as EventDoc], [{ seq: 4, what: 'duplicated' }]],
  [
    'reordered',
    (all) => all.map((one) => ({ ...one, seq: [1, 3, 2, 4][one.seq - 1] as number })),
    [
      { seq: 2, what: 'reordered' },
      { seq: 3, what: 'reordered' },
      // What follows was hashed with another before it.
      { seq: 4, what: 'unlinked' },
    ],
  ],
  [
    'replaced, hash and all',
    (all) => all.map((one) => (one.seq === 2 ? seal({ ...one, type: 'reservation.won' }, one.previous_hash) : one)),
    [{ seq: 3, what: 'unlinked' }],
  ],
  [
    'written anew from its start',
    () => timeline([...FACTS.slice(0, 3), { result: 'won' }]),
    [{ seq: 4, what: 'replaced' }],
  ],
  [
    'added at the end, well hashed',
    (all) => [...all, seal({ ...(all[3] as EventDoc), _id: eventId(RESERVATION, 5), seq: 5 }, all[3]?.hash ?? '')],
    [{ seq: 5, what: 'added' }],
  ],
  [
    'another reservation’s',
    () => timeline(FACTS, 'rsv_other'),
    [
      { seq: 1, what: 'unlinked' },
      { seq: 4, what: 'replaced' },
    ],
  ],
])('an event that is %s is named as such', (_what, damage, expected) => {
  const written = timeline(FACTS);
  expect(findings(damage(structuredClone(written)), written)).toEqual(expected);
});

test('facts in another spelling would be shown alike, so they are refused', () => {
  for (const facts of [{ caught_by: 'x' }, { at: '2026-01-01T00:00:00.000Z' }, { deep: [{ expires_at: 1 }] }])
    expect(() => timeline([facts])).toThrow(InvariantViolation);
});

test('whatever the arbiter may tell a reservation is noted in the spelling that is hashed', () => {
  const name = { ...inRedemption, expiresAt: 1 };
  const before: ReservationState = { status: 'waiting', ordinal: 1, name: { ...name, stage: 'registered' } };
  const attention = { id: 'att_1', workflow: 'domain:a.test', step: 'create', error: 'x', since: 1, attempts: 2 };
  const registration = { registeredTo: 'us', roid: 'R-1', registeredAt: 1, expiresAt: 2 };
  const delivery = { status: 'held', deliverAt: 2, why: 'restore_rights' } as const;
  const won = { result: 'won', reason: 'first_in_order', at: 1, price: usd(6_900), ...registration, delivery } as const;
  const notes: Note[] = [
    ...(['seen', 'catching', 'caught'] as const).map((kind) => ({ kind, at: 1, name })),
    { kind: 'kept', at: 1, how: 'restored', name },
    { kind: 'attention', at: 1, attention, decision: { action: 'skip', reason: 'r' } },
    { kind: 'ended', at: 1, outcome: won },
    { kind: 'ended', at: 1, outcome: { result: 'lost', reason: 'caught_by_other', at: 1, caughtBy: 'x' } },
    { kind: 'ended', at: 1, outcome: { result: 'cancelled', reason: 'by_support', at: 1 }, explanation: 'why' },
    { kind: 'ended', at: 1, outcome: { result: 'rejected', reason: 'already_reserved', at: 1, reservation: 'rsv_2' } },
  ];
  const watched: ReservationState = { status: 'won', outcome: won, watchedUntil: 3 };
  const after: Note[] = [
    { kind: 'delivered', at: 2 },
    { kind: 'stands', at: 3 },
    { kind: 'taken_back', at: 3, why: 'other_sponsor', sponsor: 'x', refunded: usd(6_900) },
  ];
  const told = [...notes.map((note) => transition(before, note)), ...after.map((note) => transition(watched, note))];
  const facts = told.flatMap(({ entries }) => entries.map(({ data: noted }) => noted));
  expect(facts.length).toBeGreaterThanOrEqual(notes.length);
  expect(() => timeline(facts)).not.toThrow();
});

test('what no store gives back as it was is made fit before it is hashed', () => {
  const [event] = timeline([{ kept: null, gone: undefined, half: 'a\ud800b', never: Number.NaN, zero: -0 }]);
  expect(event?.data).toEqual({ kept: null, half: 'a\ufffdb', never: null, zero: 0 });
});

describe('the programs of docs/timeline.md', () => {
  const shown = JSON.stringify(timeline(FACTS).map(eventView));
  const head = timeline(FACTS).at(-1)?.hash;
  const page = readFileSync(resolve(__dirname, '../../docs/timeline.md'), 'utf8');
  const program = (language: string): string => page.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'backorder-timeline-'));
    writeFileSync(join(folder, 'verify.mjs'), program('js'));
    writeFileSync(join(folder, 'verify.py'), program('python'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const hasPython = spawnSync('python3', ['--version']).status === 0;
  test.each([[process.execPath, 'verify.mjs'], ...(hasPython ? [['python3', 'verify.py']] : [])])(
    '%s verifies a timeline as the API shows it, and refuses a changed one',
    (command = '', file = '') => {
      const run = (input: string) =>
        execFileSync(command, [join(folder, file)], { input, encoding: 'utf8', stdio: 'pipe' });
      expect(run(shown).trim()).toBe(head);
      expect(() => run(shown.replace('caught_by_other', 'behind_in_order'))).toThrow();
    },
  );
});
