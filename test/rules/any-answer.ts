/** What a registry may answer, whatever came before: plain, contradictory, of another registration, or nothing at all. */
import fc from 'fast-check';
import type { RegistryAnswer } from '../../rules/stage.ts';
import { at, DAY_MS, registration } from './world.ts';

export const OURS = 'backorder';
export const ROID = 'D1-COM';

const statuses = fc.constantFrom<[string[], string[]]>(
  [['ok'], []],
  [['ok'], ['autoRenewPeriod']],
  [['ok'], ['autoRenewPeriod', 'renewPeriod']],
  [['pendingDelete'], ['redemptionPeriod']],
  [['pendingDelete'], ['pendingRestore']],
  [['pendingDelete'], ['pendingDelete']],
  [['pendingDelete'], []],
  [[], []],
);
/** `from` is when the life begins. */
const registeredFrom = (from: number) =>
  fc
    .record({
      statuses,
      roid: fc.constantFrom(ROID, ROID, ROID, ROID, 'D2-COM', ''),
      sponsor: fc.constantFrom('old-registrar', 'old-registrar', 'gaining', OURS, ''),
      years: fc.integer({ min: -1, max: 3 }),
      days: fc.constantFrom(0, 0, 0, -20, 40),
      servers: fc.constantFrom('ns1.owner.test', 'ns1.owner.test', 'ns1.parking.test'),
      told: fc.boolean(),
    })
    .map(({ statuses: [shown, rgp], roid, sponsor, years, days, servers, told }): RegistryAnswer => ({
      kind: 'registered',
      registration: registration({
        roid,
        sponsor,
        statuses: shown,
        rgp,
        nameservers: [servers],
        registeredAt: roid === '' ? 0 : at('2020-03-01T12:00:00Z'),
        expiresAt: told ? from + (30 + 365 * years + days) * DAY_MS : 0,
      }),
    }));
export const answerFrom = (from: number): fc.Arbitrary<RegistryAnswer | 'no answer'> =>
  fc.oneof(
    { weight: 12, arbitrary: registeredFrom(from) },
    { weight: 1, arbitrary: fc.constant<RegistryAnswer>({ kind: 'free', premium: false }) },
    { weight: 2, arbitrary: fc.constant<RegistryAnswer>({ kind: 'withheld', reason: 'In use' }) },
    { weight: 1, arbitrary: fc.constant<'no answer'>('no answer') },
  );
