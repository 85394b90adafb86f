/** Notices that are late: which are still true and sent, which are not, and that nothing is told twice or after what is newer. */
import fc from 'fast-check';
import { attempting, GIVEN_UP_MS, type DeliveryStore } from '../../mail/attempt.ts';
import { createNotifier } from '../../mail/deliver.ts';
import { isOvertaken } from '../../mail/overtaken.ts';
import { isMailed } from '../../mail/telling.ts';
import { MailFailure, type Mail } from '../../mail/transport.ts';
import { usd } from '../../rules/money.ts';
import { believed } from '../../rules/news.ts';
import {
  hasEnded,
  transition,
  type NameView,
  type Note,
  type Outcome,
  type ReservationState,
} from '../../rules/reservation.ts';
import type { DropWindow } from '../../rules/tlds.ts';
import type { EventDoc } from '../../store/reservations.ts';
import { memoryStore } from './memory.ts';
import { at, ended, event, inRedemption, placed, reservation, waiting } from './samples.ts';

const DROP: DropWindow = {
  earliest: at('2026-04-18T18:00:00Z'),
  latest: at('2026-04-18T19:00:00Z'),
  source: 'policy',
  confidence: 'estimated',
};
const MOVED: DropWindow = { ...DROP, latest: at('2026-04-18T20:00:00Z') };
const EXPIRY = at('2026-04-01T00:00:00Z');
const view = (stage: NameView['stage'], over: Partial<NameView> = {}): NameView => ({
  ...inRedemption,
  stage,
  expiresAt: EXPIRY,
  drop: DROP,
  ...over,
});

const expiring = event('reservation.expiring', { days: 7, expiresAt: EXPIRY, stage: 'registered' });
const expired = event('reservation.expired', { expiresAt: EXPIRY });
const beside = event('reservation.stage_changed', { stage: 'auto_renew_grace', from: 'registered' });
const inRedemptionNow = event('reservation.stage_changed', { stage: 'redemption', from: 'auto_renew_grace' });
const leavingNow = event('reservation.stage_changed', { stage: 'pending_delete', from: 'redemption' });
const scheduled = event('reservation.drop_scheduled', { drop: DROP, before: { drop: null } });
const movedDrop = event('reservation.drop_scheduled', { drop: MOVED, before: { drop: DROP } });
const kept = event('reservation.renewed', { how: 'renewed', stage: 'registered', from: 'redemption' });
const caught = event('reservation.caught', { stage: 'registered_by_us' });
const cancelled: Outcome = { result: 'cancelled', reason: 'by_registrar', at: EXPIRY };
const standby = (name: NameView): ReservationState => ({ status: 'standby', ordinal: 7, name });

test.each<[string, EventDoc, ReservationState, EventDoc[], boolean]>([
  ['an expiry ahead', expiring, waiting(view('registered')), [], false],
  ['an expiry that was put off', expiring, waiting(view('registered', { expiresAt: EXPIRY + 1 })), [], true],
  ['an expiry of a name renewed meanwhile', expiring, waiting(view('registered')), [kept], true],
  ['an expiry that has passed', expiring, waiting(view('auto_renew_grace')), [expired, beside], true],
  ['an expiry told again since, nearer', expiring, waiting(view('registered')), [expiring], true],
  ['an expiry just passed', expired, waiting(view('auto_renew_grace')), [beside], false],
  ['an expiry of a name deleted since', expired, waiting(view('redemption')), [beside, inRedemptionNow], true],
  ['a stage the name is in', inRedemptionNow, waiting(view('redemption')), [], false],
  ['a stage the name has left', inRedemptionNow, waiting(view('pending_delete')), [leavingNow], true],
  ['a stage the name came back to', inRedemptionNow, waiting(view('redemption')), [leavingNow, inRedemptionNow], true],
  ['a last stage whose drop is told beside it', leavingNow, waiting(view('pending_delete')), [scheduled], true],
  ['a drop ahead', scheduled, waiting(view('pending_delete')), [], false],
  ['a drop that moved', scheduled, waiting(view('pending_delete', { drop: MOVED })), [movedDrop], true],
  ['a drop a list no longer has', scheduled, waiting(view('redemption')), [], true],
  ['a drop of a name that was kept', scheduled, waiting(view('registered')), [kept], true],
  ['a name kept', kept, waiting(view('registered')), [], false],
  ['a name kept, and on its way again', kept, waiting(view('auto_renew_grace')), [expired], true],
  ['a name caught', caught, standby(view('registered_by_us')), [], false],
  ['a name caught and decided', caught, ended(cancelled), [], true],
  ['a stage, once the customer has left', inRedemptionNow, ended(cancelled), [], true],
  ['a receipt, long after', placed(), waiting(view('pending_delete')), [inRedemptionNow, leavingNow], false],
  ['a receipt, once it has ended', placed(), ended(cancelled), [], false],
  ['an outcome', event('reservation.cancelled', { ...cancelled }), ended(cancelled), [], false],
])('%s: told late, it is overtaken or not', (_what, told, state, later, isLate) => {
  expect(isOvertaken(told, state, later)).toBe(isLate);
});

test('whoever was outbid and leads again by now is not told late that it was outbid', () => {
  const outbid = event('auction.outbid', { auction: 'auc_1' });
  const { ordinal, name } = { ordinal: 7, name: view('registered_by_us') };
  const state: ReservationState = { status: 'in_auction', ordinal, name, auction: 'auc_1', endsAt: EXPIRY };
  expect([false, true].map((leads) => isOvertaken(outbid, state, [], leads))).toEqual([false, true]);
});

const settingsOf = async () => ({ to: 'customer' as const });
const mailerOf = (send: (mail: Mail) => Promise<void>) => ({ send, close: () => undefined });

/** One reservation's life as its workflow would publish it, with a mail server that does as it is told. */
class Life {
  readonly told = { reservation: reservation({ state: { status: 'placed' } }), events: [] as EventDoc[] };
  readonly memory = memoryStore(this.told);
  readonly sent: string[] = [];
  readonly wrong: string[] = [];
  server: 'up' | 'down' | 'refuses' | 'dies' = 'up';
  underWay = 0;
  readonly notifier;

  constructor(schedule: <T extends (...args: never[]) => Promise<unknown>>(act: T) => T = (act) => act) {
    const { store } = this.memory;
    const markFailed: DeliveryStore['markFailed'] = (...args) =>
      this.server === 'dies' ? Promise.reject(new Error('it died')) : store.markFailed(...args);
    const slow = Object.fromEntries(
      Object.entries({ ...store, markFailed }).map(([name, act]) => [name, schedule(act as never)]),
    );
    this.notifier = createNotifier({
      mailer: mailerOf((mail) => this.send(mail, schedule)),
      store: slow as unknown as DeliveryStore,
      settingsOf,
    });
  }

  private async send({ id }: Mail, schedule: (act: () => Promise<void>) => () => Promise<void>): Promise<void> {
    this.check(id);
    this.underWay += 1;
    if (this.underWay > 1) this.wrong.push(`${id} is sent while another is`);
    await schedule(async () => undefined)();
    this.underWay -= 1;
    if (this.server !== 'up') throw new MailFailure('EMESSAGE', this.server === 'refuses');
    this.sent.push(id);
  }

  /** By what the reservation is now, said in other words than the engine's. */
  private check(id: string): void {
    const told = this.told.events.find(({ _id }) => _id === id);
    if (!told) return void this.wrong.push(`${id} was never published`);
    const { state } = this.told.reservation;
    const name = hasEnded(state) || !('name' in state) ? undefined : state.name;
    const { type, data } = told;
    const isTrue: Record<string, boolean> = {
      'reservation.expiring': name?.stage === 'registered' && name.expiresAt === data['expiresAt'],
      'reservation.expired': name?.stage === 'auto_renew_grace',
      'reservation.stage_changed': name?.stage === data['stage'],
      'reservation.drop_scheduled': name?.drop !== undefined && period(name.drop) === period(data['drop']),
      'reservation.caught': state.status === 'standby',
      'reservation.renewed': name !== undefined,
    };
    if (isTrue[type] === false) this.wrong.push(`${id} ${type} is no longer true`);
    if (this.sent.includes(id)) this.wrong.push(`${id} is sent twice`);
    if (this.sent.some((other) => seqOf(other) > told.seq)) this.wrong.push(`${id} is sent after a newer one`);
  }

  happen(note: Note): EventDoc[] {
    const { reservation: doc, events } = this.told;
    const { state, entries } = transition(doc.state, note);
    const published = entries.map(({ type, data }, index) => {
      const seq = events.length + index + 1;
      return event(type, data, { _id: `evt_${seq}`, seq });
    });
    this.told.reservation = { ...doc, state, open: !hasEnded(state), accepted_unplaced: true };
    events.push(...published);
    return published;
  }

  /** As the delivery workflows do in the end: all of them, again and again, with a server that is up. */
  async settle(): Promise<void> {
    this.server = 'up';
    for (let round = 0; round < 2; round++) {
      this.memory.expire();
      for (const { _id } of this.told.events.toReversed()) await this.notifier.deliver(_id).catch(() => undefined);
    }
  }
}

const period = (drop: unknown): string =>
  JSON.stringify([(drop as DropWindow | undefined)?.earliest, (drop as DropWindow | undefined)?.latest]);
const seqOf = (id: string): number => Number(id.slice('evt_'.length));

const names = fc.record({
  stage: fc.constantFrom('registered', 'auto_renew_grace', 'redemption', 'pending_delete', 'unknown'),
  drop: fc.constantFrom(DROP, MOVED, { ...DROP, confidence: 'published' as const }),
  expiresAt: fc.constantFrom(EXPIRY, EXPIRY + 1),
});
const name = names.map(({ stage, ...over }) => view(stage as NameView['stage'], over));
const outcome = fc.constantFrom<Outcome>(
  cancelled,
  { result: 'lost', reason: 'behind_in_order', at: EXPIRY },
  {
    result: 'won',
    reason: 'first_in_order',
    at: EXPIRY,
    price: usd(1),
    registeredTo: 'us',
    roid: 'R',
    registeredAt: EXPIRY,
    expiresAt: EXPIRY,
    delivery: { status: 'delivered', why: 'no_restore_rights' },
  },
);
const note: fc.Arbitrary<Note> = fc.oneof(
  { weight: 6, arbitrary: name.map((to): Note => ({ kind: 'seen', at: 0, name: to })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(30, 7, 1, 0).map((days): Note => ({
      kind: 'expiring',
      at: 0,
      mark: { expiresAt: EXPIRY, days: days as 30 },
      name: view('registered'),
    })),
  },
  { weight: 2, arbitrary: fc.constant<Note>({ kind: 'kept', at: 0, how: 'renewed', name: view('registered') }) },
  { weight: 1, arbitrary: name.map((to): Note => ({ kind: 'catching', at: 0, name: to })) },
  { weight: 1, arbitrary: fc.constant<Note>({ kind: 'caught', at: 0, name: view('registered_by_us') }) },
  { weight: 1, arbitrary: outcome.map((of): Note => ({ kind: 'ended', at: 0, outcome: of })) },
);
const step = fc.record({
  /** Several notes are one publication. */
  notes: fc.array(note, { maxLength: 3 }),
  server: fc.constantFrom('up', 'down', 'refuses', 'dies'),
  /** Attempts made beside it, at any of the events there are, as often as they like. */
  late: fc.array(fc.nat(), { maxLength: 4 }),
  leasesEnd: fc.boolean(),
});

test('whatever happens and in whatever order it is delivered: nothing twice, nothing after a newer one, nothing untrue, and the end told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 8 }), async (scheduler, steps) => {
      const life = new Life((act) => scheduler.scheduleFunction(act as never) as never);
      const first: Note = { kind: 'admitted', at: 0, ordinal: 1, name: view('registered') };
      let refused = false;
      for (const { notes, server, late, leasesEnd } of [
        { notes: [first], server: 'down', late: [], leasesEnd: true } as const,
        ...steps,
      ]) {
        const published = notes.flatMap((one) => life.happen(one));
        life.server = server;
        refused ||= server === 'refuses';
        if (leasesEnd) life.memory.expire();
        const { events, reservation: doc } = life.told;
        const attempts = late.map((index) => life.notifier.deliver(`evt_${1 + (index % events.length)}`));
        await scheduler.waitFor(Promise.allSettled([life.notifier.notify(doc, published), ...attempts]));
      }
      await scheduler.waitFor(life.settle());
      expect(life.wrong).toEqual([]);
      const { events } = life.told;
      const statuses = [...life.memory.kept.values()].map(({ status }) => status);
      expect(statuses.filter((status) => status !== 'sent' && status !== 'overtaken')).toEqual([]);
      const last = events.at(-1) as EventDoc;
      // A drop may be taken back without an event: a list that no longer has the name is seen in the state alone.
      const { state } = life.told.reservation;
      const isTakenBack =
        last.type === 'reservation.drop_scheduled' && !('name' in state && state.name && believed(state.name));
      if (last.type !== 'attempt.catching' && isMailed(last) && !isTakenBack) expect(life.sent).toContain(last._id);
      // Only one refused for good may be passed by what is newer, and is then not sent any more.
      if (!refused) expect(life.sent[0]).toBe('evt_1');
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('a receipt that was not delivered goes out before the next notice, not after it', async () => {
  const life = new Life();
  const going: Note = { kind: 'admitted', at: 0, ordinal: 1, name: view('auto_renew_grace') };
  life.server = 'down';
  await life.notifier.notify(life.told.reservation, life.happen(going));
  life.server = 'up';
  await life.notifier.notify(life.told.reservation, life.happen({ kind: 'seen', at: 0, name: view('redemption') }));
  expect(life.sent).toEqual(['evt_1', 'evt_2']);
  expect(await life.notifier.deliver('evt_1')).toBe('already');
});

test('after an outage through which the name moved on, only where it stands now is told, and the others are noted as overtaken', async () => {
  const life = new Life();
  await life.notifier.notify(
    life.told.reservation,
    life.happen({ kind: 'admitted', at: 0, ordinal: 1, name: view('registered') }),
  );
  life.server = 'down';
  for (const stage of ['auto_renew_grace', 'redemption', 'pending_delete'] as const)
    await life.notifier.notify(life.told.reservation, life.happen({ kind: 'seen', at: 0, name: view(stage) }));
  life.server = 'up';
  const types = () => life.sent.map((id) => life.told.events.find(({ _id }) => _id === id)?.type);
  const answers = [];
  for (const one of life.told.events.filter(isMailed)) answers.push(await life.notifier.deliver(one._id));
  expect(answers).toEqual(['already', 'overtaken', 'overtaken', 'overtaken', 'sent']);
  expect(types()).toEqual(['reservation.placed', 'reservation.drop_scheduled']);
});

test('what could not be delivered for days keeps no newer notice waiting, and is then not sent any more', async () => {
  const told = {
    reservation: reservation(),
    events: [placed({ _id: 'evt_1' }), { ...inRedemptionNow, _id: 'evt_2', seq: 2 }],
  };
  const { store } = memoryStore(told);
  const sent: string[] = [];
  let now = Date.now();
  const mailer = mailerOf(async ({ id }) => {
    if (id === 'evt_1') throw new MailFailure('EENVELOPE', false, 451);
    sent.push(id);
  });
  const attempt = attempting({ mailer, store, settingsOf, now: () => now });
  await expect(attempt('evt_1')).rejects.toMatchObject({ smtpCode: 451 });
  await expect(attempt('evt_2')).rejects.toMatchObject({ smtpCode: 451 });
  now += GIVEN_UP_MS + 60_000;
  expect(await attempt('evt_2')).toBe('sent');
  expect(await attempt('evt_1')).toBe('overtaken');
});
