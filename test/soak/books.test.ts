/** The auditor itself: books in which all agree pass, and each kind of lie, written into them by hand, is found and named. */
import { audit } from '../../dev/soak/audit.ts';
import type { Books } from '../../dev/soak/books.ts';
import { agreedBook, NOW } from './book.ts';

function find<T>(list: T[], wanted: (one: T) => boolean): T {
  const found = list.find(wanted);
  if (!found) throw new Error('this is not in the book');
  return found;
}
const take = <T>(list: T[], gone: (one: T) => boolean) => list.splice(list.findIndex(gone), 1);
const doc = (books: Books, id: string) => find(books.store.reservations, ({ _id }) => _id === `rsv_${id}`);
const event = (books: Books, id: string) => find(books.store.events, ({ _id }) => _id === `evt_rsv_${id}`);
const name = (books: Books, which: string) => find(books.registry, (entry) => entry.name === which);
const told = (books: Books, id: string) => find(books.told, ({ key }) => key === `key-rsv_${id}`);
const workflow = (books: Books, which: string) => find(books.workflows, ({ id }) => id === which);
const shown = (books: Books, id: string) => find(books.shown, (one) => one.id === `rsv_${id}`);

test('books in which all agree are found to agree', () => {
  expect(audit(agreedBook())).toEqual([]);
});

type Lie = [what: string, lie: (books: Books) => unknown, found: string];

const second = { clid: 'backorder', cltrid: 'bk-2', at: NOW, name_now: NOW, code: 1000 };
const registry: Lie[] = [
  [
    'two creates of ours are accepted for one drop',
    (b) => name(b, 'won.test').accepted.push(second),
    'registry: won.test: 2 creates of ours accepted (bk-1, bk-2)',
  ],
  [
    'a name is ours and nobody won it',
    (b) => (name(b, 'kept.test').holder = { sponsor: 'backorder', roid: 'D9-TEST' }),
    'registry: kept.test: is ours (D9-TEST), and 0 have won it (nobody)',
  ],
  [
    'a name was won and another has it',
    (b) => (name(b, 'won.test').holder = { sponsor: 'other-catcher', roid: 'D9-TEST' }),
    'registry: won.test: rsv_first won it, and other-catcher has it',
  ],
  [
    'what was won is another registration',
    (b) => (name(b, 'won.test').holder = { sponsor: 'backorder', roid: 'D9-TEST' }),
    'registry: won.test: rsv_first won D2-TEST, and the registry has D9-TEST',
  ],
  [
    'the award names somebody else',
    (b) => (find(b.store.catches, () => true).awarded_to = 'rsv_second'),
    'registry: won.test: awarded to rsv_second, and won by rsv_first',
  ],
  [
    'a name was lost to another who does not have it',
    (b) => (name(b, 'taken.test').holder = { sponsor: 'other-registrar', roid: 'D1-TEST' }),
    'registry: taken.test: rsv_other lost it to other-catcher, and other-registrar has it',
  ],
  [
    'a free name is still waited for',
    (b) => (name(b, 'kept.test').holder = undefined),
    'registry: kept.test: nobody has it, and rsv_open still wait',
  ],
];

const answers: Lie[] = [
  [
    'what was accepted is not stored',
    (b) => take(b.store.reservations, ({ _id }) => _id === 'rsv_open'),
    'api: key key-rsv_open: rsv_open was accepted and is not stored',
  ],
  [
    'one key is stored twice',
    (b) => (doc(b, 'second').metadata['soak'] = 'key-rsv_first'),
    'api: key key-rsv_first: stored 2 times (rsv_first, rsv_second)',
  ],
  [
    'one key is answered with two reservations',
    (b) => told(b, 'first').answers.push({ status: 201, id: 'rsv_second' }),
    'api: key key-rsv_first: answered with rsv_first and rsv_second',
  ],
  [
    'what was refused stands',
    (b) => (told(b, 'open').answers = [{ status: 422, code: 'queue_full' }]),
    'api: key key-rsv_open: refused with 422 queue_full, and rsv_open is waiting',
  ],
  [
    'somebody is stored for whom nobody asked',
    (b) => take(b.told, ({ key }) => key === 'key-rsv_open'),
    'store: rsv_open is there, and nobody was answered for it',
  ],
  ['a request has no answer', (b) => b.unanswered.push('cancel key-1'), 'api: no answer to: cancel key-1'],
  ['a request was answered 500', (b) => b.broken.push('req_1'), 'api: request req_1 was answered 500'],
];

const store: Lie[] = [
  [
    'an ended reservation is open',
    (b) => (doc(b, 'first').open = true),
    'rsv_first (won.test): is open with the state won',
  ],
  [
    'a reservation never got its place',
    (b) => Object.assign(doc(b, 'open'), { status: 'placed', state: { status: 'placed' } }),
    'rsv_open (kept.test): was accepted and never got a place',
  ],
  [
    'somebody waits longer than was asked',
    (b) => (doc(b, 'open').wait_until = NOW - 1),
    `rsv_open (kept.test): waits after ${new Date(NOW - 1).toISOString()}`,
  ],
  ['a dry run won', (b) => (doc(b, 'first').dry_run = true), 'store: rsv_first (won.test): is a dry run and won'],
  [
    'two claims have one ordinal',
    (b) => (doc(b, 'second').ordinal = 1),
    'queue: won.test: rsv_first and rsv_second both have the ordinal 1',
  ],
  [
    'a later claim is before one that was answered',
    (b) => (doc(b, 'second').ordinal = 0),
    'queue: won.test: rsv_second came after rsv_first was answered, and is before it',
  ],
  [
    'the winner passed one who stood',
    (b) => (doc(b, 'second').ordinal = 0),
    'queue: won.test: rsv_first (1) passed rsv_second (0), which is lost',
  ],
];

const moved = { type: 'reservation.stage_changed', data: { stage: 'available', from: 'redemption' } };
const timelines: Lie[] = [
  ['an event is missing', (b) => take(b.store.events, ({ _id }) => _id === 'evt_rsv_first2'), 'seq 3 where 2 belongs'],
  ['a number is there twice', (b) => (event(b, 'first3').seq = 2), 'seq 2 where 3 belongs'],
  [
    'an event follows the ending',
    (b) => [(event(b, 'first3').seq = 2), (event(b, 'first2').seq = 3)],
    'reservation.caught after its ending',
  ],
  ['it ended twice', (b) => (event(b, 'first2').type = 'reservation.lost'), 'ended, with 2 endings'],
  ['it ended and nobody was told', (b) => (event(b, 'first3').type = 'attempt.catching'), 'ended, with 0 endings'],
  [
    'it won without a catch',
    (b) => (event(b, 'first2').type = 'attempt.catching'),
    'reservation.won (3) without a catch',
  ],
  [
    'a stage was left that was not entered',
    (b) => Object.assign(event(b, 'first2'), moved),
    'reservation.stage_changed (2) from redemption, and it stood at pending_delete',
  ],
  [
    'an event names a person',
    (b) => (event(b, 'first2').data['who'] = 'ada@customer.test'),
    'rsv_first (won.test): evt_rsv_first2 names a person',
  ],
];

const temporal: Lie[] = [
  [
    'a workflow failed',
    (b) => (workflow(b, 'domain:won.test').status = 'FAILED'),
    'temporal: domain:won.test is FAILED',
  ],
  [
    'a workflow task fails again and again',
    (b) => (workflow(b, 'clock:clk_1').taskAttempt = 9),
    'temporal: clock:clk_1 is at attempt 9 of one workflow task',
  ],
  [
    'an open reservation has no workflow that runs',
    (b) => (workflow(b, 'reservation:rsv_open').status = 'COMPLETED'),
    'temporal: reservation:rsv_open is COMPLETED, and stored as waiting',
  ],
  [
    'a workflow runs for an ended reservation',
    (b) => (workflow(b, 'reservation:rsv_first').status = 'RUNNING'),
    'temporal: reservation:rsv_first is RUNNING, and stored as won',
  ],
  [
    'a reservation has no workflow at all',
    (b) => take(b.workflows, ({ id }) => id === 'reservation:rsv_open'),
    'temporal: reservation:rsv_open is stored as waiting and has no workflow',
  ],
  [
    'a workflow ended in another state than is stored',
    (b) => Object.assign(workflow(b, 'reservation:rsv_first').view ?? {}, { state: { status: 'placed' }, seq: 0 }),
    'temporal: reservation:rsv_first ended as placed (0), and is stored as won (3)',
  ],
  [
    'an arbiter stays whom nobody needs',
    (b) => (workflow(b, 'domain:won.test').status = 'RUNNING'),
    'temporal: domain:won.test runs, and nobody needs it',
  ],
  [
    'a claim is open and its arbiter is gone',
    (b) => (workflow(b, 'domain:kept.test').status = 'COMPLETED'),
    'temporal: domain:kept.test does not run, and claims on it are open',
  ],
  ['a clock never arrives', (b) => (find(b.clocks, () => true).status = 'advancing'), 'clock: clk_1 is advancing'],
];

const mailAndApi: Lie[] = [
  [
    'a mail came twice in one attempt',
    (b) => b.mails.push('evt_rsv_open1'),
    'evt_rsv_open1 came 2 times in 1 attempts',
  ],
  [
    'a mail never came',
    (b) => take(b.mails, (mail) => mail === 'evt_rsv_open1'),
    'mail: evt_rsv_open1 (reservation.placed) never came, and is sent',
  ],
  ['a mail tells of nothing', (b) => b.mails.push('evt_nobody'), 'mail: evt_nobody was mailed and is in no timeline'],
  [
    'the API shows another state',
    (b) => (shown(b, 'open').status = 'catching'),
    'api: rsv_open (kept.test): shown as catching, stored as waiting',
  ],
  [
    'the API shows another place',
    (b) => (shown(b, 'open').position = 2),
    'api: rsv_open (kept.test): shown in place 2 beside 0, stored in 1 beside 0',
  ],
  [
    'a registrar sees what is another’s',
    (b) => (shown(b, 'open').toAnother = 200),
    'api: rsv_open (kept.test): answered 200 to another registrar',
  ],
];

test.each([...registry, ...answers, ...store, ...timelines, ...temporal, ...mailAndApi])(
  '%s: the audit says so',
  (_what, lie, found) => {
    const books = agreedBook();
    lie(books);
    expect(audit(books)).toContainEqual(expect.stringContaining(found));
  },
);

test('a mail that came again because an attempt died before it could say so is no lie', () => {
  const books = agreedBook();
  books.mails.push('evt_rsv_open1');
  find(books.store.deliveries, (one) => one.event === 'evt_rsv_open1').attempts = 2;
  expect(audit(books)).toEqual([]);
});

test('a notice that could not be delivered and is still tried is no lie', () => {
  const books = agreedBook();
  take(books.mails, (mail) => mail === 'evt_rsv_open1');
  find(books.store.deliveries, (one) => one.event === 'evt_rsv_open1').status = 'failed';
  books.workflows.push({ id: 'delivery:evt_rsv_open1:mail', type: 'delivery', status: 'RUNNING', taskAttempt: 0 });
  expect(audit(books)).toEqual([]);
});
