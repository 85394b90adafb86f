/** How long after the drop a name was registered: exact only where the registry published the instant, bounded where it answered us, else unknown. */
import fc from 'fast-check';
import { accountIn, lagOf, referenceOf, type Lag } from '../../rules/report.ts';
import { nothingTried, type DropAccount } from '../../rules/tried.ts';
import { at } from './world.ts';

const DROP = at('2026-04-21T18:00:00.000Z');
const REGISTERED = at('2026-04-21T18:00:00.217Z');
const published = { earliest: DROP, latest: DROP, source: 'drop_list', confidence: 'published' } as const;
const window = { ...published, latest: DROP + 3_600_000, source: 'policy', confidence: 'estimated' } as const;
const by = (registeredAt?: number): NonNullable<DropAccount['registered']> => ({
  sponsor: 'rival',
  byUs: false,
  ...(registeredAt !== undefined && { registeredAt }),
});
const held = (heldAt: number) => ({ ...nothingTried, heldAt });

test.each<[string, DropAccount, Lag]>([
  [
    'of a published drop it is exact',
    { drop: published, registered: by(REGISTERED), tried: held(DROP - 40) },
    { kind: 'exact', ms: 217, from: DROP, to: REGISTERED },
  ],
  [
    'of a drop in a window it is at most since the old registration was last seen',
    { drop: window, registered: by(REGISTERED), tried: held(REGISTERED - 80) },
    { kind: 'at_most', ms: 80, from: REGISTERED - 80, to: REGISTERED },
  ],
  [
    'where the registry tells whole seconds, what it cut off is added to the bound',
    { drop: window, registered: by(DROP + 1_000), tried: held(DROP) },
    { kind: 'at_most', ms: 1_999, from: DROP, to: DROP + 1_000 },
  ],
  [
    'of a window nobody saw the end of it is not known',
    { drop: window, registered: by(REGISTERED) },
    { kind: 'unknown', why: 'no_drop_instant' },
  ],
  [
    'a name registered before its published drop was freed by another clock than the list',
    { drop: published, registered: by(DROP - 5_001) },
    { kind: 'unknown', why: 'no_drop_instant' },
  ],
  [
    'where our clock and the registry’s contradict each other it is not known',
    { drop: window, registered: by(REGISTERED), tried: held(REGISTERED + 1) },
    { kind: 'unknown', why: 'no_drop_instant' },
  ],
  [
    'a registry that tells no instant of registration leaves it unknown',
    { drop: published, registered: by() },
    { kind: 'unknown', why: 'no_registration_instant' },
  ],
  [
    'a name nobody is known to have registered has none',
    { drop: published },
    { kind: 'unknown', why: 'not_registered' },
  ],
])('%s', (_what, account, lag) => expect(lagOf(account)).toEqual(lag));

test('it is never negative, and never tells less than a bound that another answer gives', () =>
  fc.assert(
    fc.property(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: -5_000, max: 5_000 }), (heldMs, toMs) => {
      const lag = lagOf({ drop: window, registered: by(DROP + toMs), tried: held(DROP + heldMs) });
      if (lag.kind === 'unknown') expect(toMs + 999).toBeLessThanOrEqual(heldMs + 999);
      else expect(lag.ms).toBeGreaterThanOrEqual(Math.max(0, toMs - heldMs));
    }),
  ));

test.each([
  ['the published drop', { drop: published, registered: by(REGISTERED) }, { what: 'drop', at: DROP }],
  [
    'the registration, where no drop was published',
    { drop: window, registered: by(REGISTERED) },
    { what: 'registration', at: REGISTERED },
  ],
  ['nothing, where neither is known', { drop: window, registered: by() }, undefined],
])('our instants are told beside %s', (_what, account, reference) => expect(referenceOf(account)).toEqual(reference));

const told = (type: string, data: Record<string, unknown> = {}) => ({ seq: 1, type, data });

test('an account is of the last drop alone', () => {
  const tried = { ...nothingTried, creates: 3 };
  const first = [
    told('attempt.catching', { drop: window }),
    told('attempt.made', { ...tried, drop: window }),
    told('observation.registered', { sponsor: 'rival', byUs: false, drop: window }),
  ];
  expect(accountIn(first)).toMatchObject({ drop: window, tried: { creates: 3 }, registered: { sponsor: 'rival' } });
  expect(accountIn([...first, told('reservation.renewed', { how: 'restored' })])).toEqual({});
  expect(accountIn([...first, told('reservation.renewed'), told('attempt.catching', { drop: published })])).toEqual({
    drop: published,
  });
  expect(accountIn([told('attempt.catching', { drop: null })])).toEqual({});
});
