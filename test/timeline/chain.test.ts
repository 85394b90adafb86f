/** A timeline's chain of hashes: what a stranger can verify, and that no change to a stored event goes unseen. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { eventView } from '../../api/views.ts';
import { usd } from '../../rules/money.ts';
import { transition, type Note, type Outcome, type ReservationState } from '../../rules/reservation.ts';
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

/** An instant that no other number of an event comes near. */
const T = Date.UTC(2026, 3, 1);

/** One of each that the arbiter may tell: a new kind of note does not compile until it is here. */
function everyNote(): { of: ReservationState; notes: Record<Note['kind'], Note[]>; won: ReservationState } {
  const window = { earliest: T, latest: T + 1, source: 'drop_list', confidence: 'published' } as const;
  const name = { ...inRedemption, expiresAt: T, sponsor: 'one' };
  const of: ReservationState = { status: 'waiting', ordinal: 1, name: { ...name, stage: 'registered' }, toldUntil: T };
  const seen = { kind: 'seen', at: T, name } as const;
  const overruled = { at: T, list: 'dlt_1', because: 'still_there' } as const;
  const attention = { id: 'att_1', workflow: 'domain:a.test', step: 'create', error: 'x', since: T, attempts: 2 };
  const registration = { registeredTo: 'us', roid: 'R-1', registeredAt: T, expiresAt: T };
  const delivery = { status: 'held', deliverAt: T, why: 'restore_rights' } as const;
  const outcome = {
    result: 'won',
    reason: 'first_in_order',
    at: T,
    price: usd(6_900),
    ...registration,
    delivery,
  } as const;
  const answers = [{ code: 1_000, count: 1, firstAt: T, lastAt: T }];
  const account = {
    drop: window,
    tried: { creates: 1, complete: true, answers, heldAt: T },
    registered: { sponsor: 'us', byUs: true, registeredAt: T },
  };
  const decision = { rule: 'in_order', version: 'in_order/1', policy: '1', verdict: 'nobody', claims: 0 } as const;
  const auction = { auction: 'auc_1', price: usd(6_900), minimum: usd(7_400), endsAt: T };
  const ended = (result: Outcome): Note => ({ kind: 'ended', at: T, outcome: result, account, explanation: 'why' });
  return {
    of,
    won: { status: 'won', outcome, watchedUntil: T },
    notes: {
      admitted: [{ kind: 'admitted', at: T, ordinal: 1, name: { ...name, stage: 'pending_delete', drop: window } }],
      seen: [
        seen,
        { ...seen, name: { ...name, stage: 'registered', expiresAt: T + 1, sponsor: 'two', overruled, drop: window } },
        { ...seen, name: { ...name, stage: 'auto_renew_grace', expiresAt: T + 1 } },
      ],
      expiring: [
        { kind: 'expiring', at: T, mark: { days: 7, expiresAt: T + 1 }, name: { ...name, stage: 'registered' } },
      ],
      differing: [{ kind: 'differing', at: T, differences: [{ what: 'roid', epp: 'a', rdap: 'b' }] }],
      kept: [{ kind: 'kept', at: T, how: 'restored', name: { ...name, overruled }, account }],
      catching: [{ kind: 'catching', at: T, name: { ...name, drop: window } }],
      caught: [{ kind: 'caught', at: T, name, account }],
      unfunded: [
        {
          ...{ kind: 'unfunded', at: T, mark: { hours: 24, dropAt: T }, why: 'insufficient' },
          ...{ amount: usd(6_900), due: T, name },
        },
      ],
      decided: [{ kind: 'decided', at: T, decision: { ...decision, considered: [] } }],
      auction: (['started', 'outbid', 'extended', 'closing', 'closed'] as const).map((type) => ({
        ...{ kind: 'auction', at: T },
        news: { type, ...auction },
      })),
      offered: [{ kind: 'offered', at: T, price: usd(6_900), answerBy: T }],
      answered: [{ kind: 'answered', at: T, answer: 'lapsed' }],
      unpaid: [{ kind: 'unpaid', at: T, price: usd(6_900), payBy: T }],
      attention: [{ kind: 'attention', at: T, attention, decision: { action: 'skip', reason: 'r' } }],
      ended: [
        ended(outcome),
        ended({ result: 'lost', reason: 'caught_by_other', at: T, caughtBy: 'x' }),
        ended({ result: 'missed', reason: 'kept', at: T, how: 'renewed', expiresAt: T }),
        ended({ result: 'cancelled', reason: 'by_support', at: T }),
        ended({ result: 'rejected', reason: 'already_reserved', at: T, reservation: 'rsv_2' }),
      ],
      delivered: [{ kind: 'delivered', at: T }],
      stands: [{ kind: 'stands', at: T }],
      taken_back: [{ kind: 'taken_back', at: T, why: 'other_sponsor', sponsor: 'x', refunded: usd(6_900) }],
    },
  };
}

/** Each kind of note with the facts that are noted of it. */
function everyFact(): [kind: string, facts: Record<string, unknown>[]][] {
  const { of, won, notes } = everyNote();
  const stateFor = (kind: string): ReservationState =>
    kind === 'admitted' ? { status: 'placed' } : ['delivered', 'stands', 'taken_back'].includes(kind) ? won : of;
  return Object.entries(notes).map(([kind, each]) => [
    kind,
    each.flatMap((note) => transition(stateFor(kind), note).entries.map(({ data: noted }) => noted)),
  ]);
}

test.each(everyFact())(
  'what is noted of %s is in the spelling that is hashed, and instants show as RFC 3339',
  (_kind, facts) => {
    expect(facts).not.toEqual([]);
    const shown = timeline(facts).map(eventView);
    expect(JSON.stringify(shown)).not.toContain(String(T).slice(0, -1));
  },
);

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
