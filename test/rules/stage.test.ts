/** What a registry's answer means for a name. */
import { identityOf, isAnother, isLeaving, stageOf, STAGES, type Registration, type Stage } from '../../rules/stage.ts';
import { at, registered, registration } from './world.ts';

const now = at('2026-03-10T00:00:00Z');
const own = { clids: ['backorder', 'backorder-2'], watchedRoid: 'D1-COM' };

test.each<[string, Stage, Partial<Registration>]>([
  ['no status of note', 'registered', {}],
  ['a hold', 'registered', { statuses: ['clientHold', 'clientTransferProhibited'] }],
  ['a grace of another kind', 'registered', { rgp: ['renewPeriod', 'transferPeriod', 'addPeriod'] }],
  ['an expiry long past', 'registered', { expiresAt: 0 }],
  ['autoRenewPeriod', 'auto_renew_grace', { rgp: ['autoRenewPeriod'], expiresAt: at('2027-03-01T12:00:00Z') }],
  [
    'autoRenewPeriod, and renewed on top of the automatic year',
    'registered',
    { rgp: ['autoRenewPeriod', 'renewPeriod'], expiresAt: at('2028-03-01T12:00:00Z') },
  ],
  ['autoRenewPeriod and no date', 'auto_renew_grace', { rgp: ['autoRenewPeriod'], expiresAt: 0 }],
  // EPP's pendingDelete covers the thirty days and the five; RGP tells them apart.
  ['pendingDelete, redemptionPeriod', 'redemption', { statuses: ['pendingDelete'], rgp: ['redemptionPeriod'] }],
  ['pendingDelete, pendingDelete', 'pending_delete', { statuses: ['pendingDelete'], rgp: ['pendingDelete'] }],
  ['pendingDelete alone', 'pending_delete', { statuses: ['pendingDelete'] }],
  ['pendingDelete from RGP alone', 'pending_delete', { rgp: ['pendingDelete'] }],
  ['redemptionPeriod alone', 'redemption', { rgp: ['redemptionPeriod'] }],
  ['pendingRestore', 'pending_restore', { statuses: ['pendingDelete'], rgp: ['pendingRestore'] }],
  [
    'pendingRestore beside redemptionPeriod',
    'pending_restore',
    { statuses: ['pendingDelete'], rgp: ['redemptionPeriod', 'pendingRestore'] },
  ],
  [
    'redemption in what was auto-renew grace',
    'redemption',
    { statuses: ['pendingDelete'], rgp: ['autoRenewPeriod', 'redemptionPeriod'] },
  ],
  ['another ROID', 'registered_by_other', { roid: 'D2-COM' }],
  [
    'another ROID on its own way out',
    'registered_by_other',
    { roid: 'D2-COM', statuses: ['pendingDelete'], rgp: ['pendingDelete'] },
  ],
  ['one of our accreditations as its sponsor', 'registered_by_us', { roid: 'D2-COM', sponsor: 'backorder-2' }],
  ['ours as its sponsor, the ROID unchanged: the owner transferred it to us', 'registered', { sponsor: 'backorder' }],
  ['another sponsor, the ROID unchanged', 'registered', { sponsor: 'bought-it' }],
  ['no ROID told', 'redemption', { roid: '', rgp: ['redemptionPeriod'] }],
  ['nothing told but that it exists', 'unknown', { roid: '', sponsor: '', expiresAt: 0, statuses: [] }],
])('a name with %s is %s', (_what, stage, told) => expect(stageOf(registered(told), own, now)).toBe(stage));

test('a name that nobody holds is available', () =>
  expect(stageOf({ kind: 'free', premium: false }, own, now)).toBe('available'));

test('a premium name that nobody holds is available too', () =>
  expect(stageOf({ kind: 'free', premium: true }, own, now)).toBe('available'));

test('where a name stands that the registry withholds is unknown', () =>
  expect(stageOf({ kind: 'withheld', reason: 'reserved' }, own, now)).toBe('unknown'));

test('before a registration was seen, any is the one to watch', () =>
  expect(stageOf(registered({ roid: 'D2-COM' }), { clids: [] }, now)).toBe('registered'));

const created = Date.parse('2020-03-01T12:00:00Z');

test.each<[string, Partial<Registration>, string | undefined]>([
  ['its ROID', {}, 'D1-COM'],
  ['its creation, where no ROID is told', { roid: '' }, `created-${created}`],
  ['nothing, where neither is told', { roid: '', registeredAt: 0 }, undefined],
])('a registration is told from the next by %s', (_what, told, identity) =>
  expect(identityOf(registration(told))).toBe(identity),
);

test.each<[boolean, string, Partial<Registration>, string | undefined]>([
  [false, 'the ROID is the same', {}, 'D1-COM'],
  [true, 'the ROID is another', { roid: 'D2-COM' }, 'D1-COM'],
  [false, 'none was seen before', { roid: 'D2-COM' }, undefined],
  [false, 'the creation is the same', { roid: '' }, `created-${created}`],
  [true, 'the creation is another', { roid: '', registeredAt: at('2026-04-25T18:00:00Z') }, `created-${created}`],
  [false, 'neither is told', { roid: '', registeredAt: 0 }, 'D1-COM'],
  [false, 'a ROID was told before, and is not now', { roid: '' }, 'D1-COM'],
  [false, 'a ROID is told now, and was not before', {}, `created-${created}`],
])('it is %s that a registration is certainly another where %s', (another, _what, told, watched) =>
  expect(isAnother(registration(told), watched)).toBe(another),
);

test('only four stages lead to a drop by themselves', () =>
  expect(STAGES.filter(isLeaving)).toEqual(['auto_renew_grace', 'redemption', 'pending_restore', 'pending_delete']));
