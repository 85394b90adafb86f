/**
 * Names whose lives do not follow the textbook, each once: what its customer reads on the way, in the API, the timeline and the mailbox.
 * The owner's registration runs to day 30 (31 January 2026); unless somebody acts the name is deleted on day 75 and freed on day 110.
 */
import pLimit from 'p-limit';
import type { EngineClient } from '../../dev/engine-client.ts';
import { DAY_MS, fresh, iso, read, reserve, START, Story } from './story.ts';

const on = (day: number): string => iso(START + day * DAY_MS);
/** At midnight of 31 January, as the owner's date. */
const YEAR = { 2026: on(30), 2027: '2027-01-31T00:00:00.000Z', 2028: '2028-01-31T00:00:00.000Z' };
const MINUTE = 1 / 1_440;

interface Life {
  script: object;
  /** What the customer reads on which day. */
  reads: [day: number, view: object][];
  timeline: string[];
  /** Subjects without the name, and what one of them says. */
  mails: string[];
  says?: string[];
  creates?: string[];
}

const EXPIRING = ['expiring: 7', 'expiring: 1', 'expiring: 0'];
const EXPIRED = ['placed', ...EXPIRING, 'expired', 'registered → auto_renew_grace'];
const runsUntil = (date: string) => Array<string>(3).fill(`registered until ${date}`);
const WARNED = ['Your reservation of', ...runsUntil('31 January 2026')];
const OVER = [...WARNED, 'past its expiry'];
const CAUGHT = ['catching', 'made', 'observation.registered', 'caught', 'decision.award', 'won'];
const KEPT = 'not released this time';
const waiting = { status: 'waiting', position: 1, outcome: null, needs_attention: null };
const kept = { ...waiting, stage: 'registered' };

const LIVES: Record<string, Life> = {
  'the registry’s own year at the expiry is no renewal': {
    script: {},
    reads: [[31, { ...waiting, stage: 'auto_renew_grace', expires_at: YEAR[2026] }]],
    timeline: EXPIRED,
    mails: OVER,
    says: ['The registration of', 'ran until 31 January 2026'],
  },
  'renewed before the expiry': {
    script: { happens: [{ what: 'renewed', at: on(20) }] },
    reads: [
      [19, { ...kept, expires_at: YEAR[2026] }],
      [31, { ...kept, expires_at: YEAR[2027], next: { what: 'expiry', at: YEAR[2027] } }],
    ],
    timeline: ['placed', 'renewed: renewed'],
    mails: ['Your reservation of', KEPT],
    says: ['has been renewed', 'until 31 January 2027', 'goes on waiting, and keeps its place'],
  },
  'renewed in grace by the registrar, while autoRenewPeriod stays': {
    script: { happens: [{ what: 'renewed', at: on(40) }] },
    reads: [
      [39, { ...waiting, stage: 'auto_renew_grace', expires_at: YEAR[2026] }],
      [40, { ...kept, expires_at: YEAR[2028] }],
      [76, { ...kept, expires_at: YEAR[2028] }],
    ],
    timeline: [...EXPIRED, 'renewed: renewed'],
    mails: [...OVER, KEPT],
    says: ['has been renewed', 'until 31 January 2028'],
  },
  'renewed a minute before it would have been deleted': {
    script: { owner: 'renews', owner_acts_at: on(75 - MINUTE) },
    reads: [[76, { ...kept, expires_at: YEAR[2027] }]],
    timeline: [...EXPIRED, 'renewed: renewed'],
    mails: [...OVER, KEPT],
    says: ['has been renewed', 'until 31 January 2027'],
  },
  'restored out of redemption': {
    script: {
      happens: [
        { what: 'restore_requested', at: on(80) },
        { what: 'restored', at: on(83) },
      ],
    },
    reads: [
      [81, { ...waiting, stage: 'pending_restore' }],
      [83, { ...kept, expires_at: YEAR[2027] }],
    ],
    timeline: [...EXPIRED, 'auto_renew_grace → redemption', 'redemption → pending_restore', 'renewed: restored'],
    mails: [...OVER, 'in redemption', 'being restored', KEPT],
    says: ['has been restored for its owner', 'until 31 January 2027'],
  },
  'a restore that fails': {
    script: {
      happens: [
        { what: 'restore_requested', at: on(80) },
        { what: 'restore_failed', at: on(85) },
      ],
    },
    reads: [
      [86, { ...waiting, stage: 'redemption' }],
      [111, { status: 'won' }],
    ],
    timeline: [
      ...EXPIRED,
      ...['auto_renew_grace → redemption', 'redemption → pending_restore', 'pending_restore → redemption'],
      ...['redemption → pending_delete', 'drop_scheduled', ...CAUGHT],
    ],
    mails: [
      ...[...OVER, 'in redemption', 'being restored', 'in redemption', 'release expected about 21 April 2026'],
      'is registered for you',
    ],
    creates: ['backorder'],
  },
  'transferred in grace': {
    script: { happens: [{ what: 'transferred', at: on(40), to: 'gaining' }] },
    reads: [[41, { ...kept, expires_at: YEAR[2027] }]],
    timeline: [...EXPIRED, 'renewed: transferred'],
    mails: [...OVER, KEPT],
    says: ['moved to another registrar', 'until 31 January 2027'],
  },
  'deleted before its expiry': {
    script: { happens: [{ what: 'deleted', at: on(10) }] },
    reads: [
      [10, { ...waiting, stage: 'redemption' }],
      [41, { ...waiting, stage: 'pending_delete', drop: { earliest: '2026-02-15T19:00:00.000Z' } }],
      [46, { status: 'won' }],
    ],
    timeline: [...['placed', 'registered → redemption', 'redemption → pending_delete', 'drop_scheduled'], ...CAUGHT],
    mails: ['Your reservation of', 'in redemption', 'release expected about 15 February 2026', 'is registered for you'],
    creates: ['backorder'],
  },
  'deleted in grace, with no redemption to be seen': {
    script: { registrar_deletes_at: on(50), drops_at: on(53) },
    reads: [
      [50, { ...waiting, stage: 'pending_delete', drop: { earliest: on(53), latest: on(53), source: 'drop_list' } }],
      [53, { status: 'won' }],
    ],
    timeline: [...EXPIRED, 'auto_renew_grace → pending_delete', 'drop_scheduled', ...CAUGHT],
    mails: [...OVER, 'release published for 23 February 2026', 'is registered for you'],
    creates: ['backorder'],
  },
  'freed out of grace, weeks before anybody expected it': {
    script: { happens: [{ what: 'purged', at: on(40) }] },
    reads: [[40, { status: 'won' }]],
    timeline: [...EXPIRED, 'auto_renew_grace → available', ...CAUGHT],
    mails: [...OVER, 'is registered for you'],
    creates: ['backorder'],
  },
  'freed out of grace, and another has it': {
    script: { caught_by_other: 'rival', happens: [{ what: 'purged', at: on(40) }] },
    reads: [[40, { status: 'lost', outcome: { reason: 'caught_by_other', caught_by: 'rival' } }]],
    timeline: [...EXPIRED, 'observation.registered', 'lost'],
    mails: [...OVER, 'could not be registered for you'],
    says: ['Somebody else registered', 'rival'],
  },
  'a date that is moved later, and then back': {
    script: {
      happens: [
        { what: 'expiry_moved', at: on(5), expires_at: on(70) },
        { what: 'expiry_moved', at: on(10), expires_at: on(20) },
      ],
    },
    reads: [
      [6, { ...kept, expires_at: on(70) }],
      [11, { ...kept, expires_at: on(20) }],
      [21, { ...waiting, stage: 'auto_renew_grace', expires_at: on(20) }],
    ],
    timeline: ['placed', 'renewed: renewed', 'observation.expiry_moved', 'expiring: 30', ...EXPIRED.slice(1)],
    mails: [
      'Your reservation of',
      KEPT,
      'registered until 21 January 2026',
      ...runsUntil('21 January 2026'),
      'past its expiry',
    ],
    says: ['This replaces the date we told you before, 12 March 2026', '21 January 2026'],
  },
  'a name that vanishes and comes back': {
    script: {
      happens: [
        { what: 'vanished', at: on(40) },
        { what: 'returned', at: on(40.5) },
      ],
    },
    reads: [
      [40.25, { ...waiting, stage: 'unknown' }],
      [41, { ...waiting, stage: 'auto_renew_grace', expires_at: YEAR[2026] }],
    ],
    timeline: [...EXPIRED, 'auto_renew_grace → unknown', 'unknown → auto_renew_grace'],
    mails: [...OVER, 'stage not known', 'past its expiry'],
  },
  'a name that comes back renewed': {
    script: {
      happens: [
        { what: 'vanished', at: on(40) },
        { what: 'transferred', at: on(40.25), to: 'gaining' },
        { what: 'returned', at: on(40.5) },
      ],
    },
    reads: [[41, { ...kept, expires_at: YEAR[2027] }]],
    timeline: [...EXPIRED, 'auto_renew_grace → unknown', 'renewed: transferred'],
    mails: [...OVER, 'stage not known', KEPT],
    says: ['moved to another registrar'],
  },
  'sold by its registrar before it was released': {
    script: {
      nameservers: ['ns1.owner.test'],
      happens: [{ what: 'renewed', at: on(60), nameservers: ['ns1.buyer.test'] }],
    },
    reads: [[61, { ...kept, expires_at: YEAR[2028] }]],
    timeline: [...EXPIRED, 'renewed: kept_unknown'],
    mails: [...OVER, KEPT],
    says: ['do not tell how it was kept', 'until 31 January 2028'],
  },
};

interface Lived {
  views: any[];
  events: string[];
  subjects: string[];
  texts: string;
  creates: string[];
}

let story: Story;
let client: EngineClient;
const lived = new Map<string, Promise<Lived>>();

/** Side by side, each on a clock of its own. */
beforeAll(async () => {
  story = await Story.open();
  ({ client } = await story.operator.registrar(fresh('North')));
  const limit = pLimit(3);
  for (const [what, life] of Object.entries(LIVES))
    lived.set(
      what,
      limit(() => live(life)),
    );
  await Promise.allSettled(lived.values());
}, 180_000);
afterAll(() => story.close());

async function live({ script, reads }: Life): Promise<Lived> {
  const clock = await story.clock();
  const name = await story.name(clock, script);
  const customer = fresh('ada');
  const { id } = await reserve(client, name, customer);
  const views = [];
  for (const [day] of reads) {
    await story.advanceTo(clock, day);
    views.push(await read(client, id));
  }
  const mails = await story.mailsTo(`${customer}@example.test`);
  return {
    views,
    events: await inWords(client, id),
    subjects: mails.map(({ subject }) => subject.replace('[test] ', '').replace(name, '').replace(/^: /, '').trim()),
    texts: mails.map(({ text }) => text.replace(/\s+/g, ' ')).join(' '),
    creates: (await story.accepted(name)).map(({ clid }) => clid),
  };
}

/** What happened, without what became of the notices of it. */
async function inWords(by: EngineClient, id: string): Promise<string[]> {
  const { data } = await by.must('GET', `/v1/reservations/${id}/events?limit=100`);
  const happened = data.filter(({ type }: { type: string }) => !type.startsWith('notice.'));
  return happened.map(({ type, data: { object, how, previous } }: any) => {
    if (type === 'reservation.stage_changed') return `${previous.stage} → ${object.stage}`;
    const detail = how ?? object.days;
    return type.replace(/^(reservation|attempt)\./, '') + (detail === undefined ? '' : `: ${detail}`);
  });
}

test.each(Object.entries(LIVES))('%s', async (what, { reads, timeline, mails, says = [], creates = [] }) => {
  const seen = (await lived.get(what)) as Lived;
  for (const [index, [, view]] of reads.entries()) expect(seen.views[index]).toMatchObject(view);
  expect(seen.events).toEqual(timeline);
  // That it is free, and that it was caught, is mailed only where the outcome is not known by then.
  const passing = ['released', 'registered through us'];
  expect(seen.subjects.filter((subject) => !passing.includes(subject))).toEqual(mails);
  for (const words of says) expect(seen.texts).toContain(words);
  expect(seen.creates).toEqual(creates);
});

test('a kept name gives the claims back to waiting, in their places, and ends those that asked for it; a year later the first has it', async () => {
  const clock = await story.clock();
  const name = await story.name(clock, { happens: [{ what: 'renewed', at: on(20) }] });
  const place = (extra: object = {}) => reserve(client, name, fresh('cus'), extra);
  const [first, closing] = [await place(), await place({ on_renewal: 'close' })];
  const [third, hasty] = [await place(), await place({ wait_until: on(60) })];
  await story.advanceTo(clock, 21);
  const views = () => Promise.all([first, closing, third, hasty].map(({ id }) => read(client, id)));
  expect(await views()).toMatchObject([
    { ...kept, position: 1, competitors: 2, expires_at: YEAR[2027] },
    { status: 'missed', outcome: { reason: 'kept', how: 'renewed' }, expires_at: YEAR[2027] },
    { ...kept, position: 2 },
    { ...kept, position: 3 },
  ]);
  const [mail] = (await story.mailsTo(`${closing.customer.id}@example.test`)).slice(-1);
  expect(mail?.text.replace(/\s+/g, ' ')).toMatch(/has been renewed.*until 31 January 2027.*You had asked/);
  await story.advanceTo(clock, 61);
  expect((await read(client, hasty.id)).outcome).toMatchObject({ result: 'missed', reason: 'wait_until' });
  await story.advanceTo(clock, 365 + 111);
  expect((await views()).map(({ status }) => status)).toEqual(['won', 'missed', 'lost', 'missed']);
  expect((await inWords(client, first.id)).slice(0, 6)).toEqual([
    ...['placed', 'renewed: renewed', 'expiring: 30', ...EXPIRING],
  ]);
  expect(await story.accepted(name)).toHaveLength(1);
});

test('a registry that is down while a day passes: the news comes when it is back, and none is lost', async () => {
  const clock = await story.clock();
  const name = await story.name(clock);
  const { id } = await reserve(client, name);
  await story.advanceTo(clock, 74.5);
  await story.stack.kill9('sandbox');
  await story.operator.must('POST', `/v1/test_clocks/${clock}/advance`, { frozen_time: on(75.5) });
  await story.stack.start('sandbox');
  await story.settled(clock);
  expect(await read(client, id)).toMatchObject({ ...waiting, stage: 'redemption' });
  expect(await inWords(client, id)).toEqual([...EXPIRED, 'auto_renew_grace → redemption']);
});

test('what is added while a name is watched happens to it, and what cannot happen is refused', async () => {
  const clock = await story.clock(client);
  const name = `${fresh('name')}.test`;
  const owned = { registered_at: on(-335), expires_at: on(30), test_clock: clock };
  await client.must('PUT', `/v1/sandbox/domains/${name}`, owned);
  const { id } = await reserve(client, name);
  await story.advanceTo(clock, 31);
  const add = (act: object) => client.patch(`/v1/sandbox/domains/${name}`, { happens: [act] });
  expect(await add({ what: 'restored', at: on(40) })).toMatchObject({
    status: 422,
    body: { code: 'invalid_facts', param: 'happens.0.what' },
  });
  expect(await add({ what: 'sold', at: on(40) })).toMatchObject({ status: 422, body: { code: 'invalid_parameter' } });
  const { status, body } = await add({ what: 'transferred', at: on(31), to: 'gaining' });
  expect([status, body.happens]).toEqual([200, [{ what: 'transferred', at: on(31), to: 'gaining' }]]);
  await story.settled(clock);
  expect(await read(client, id)).toMatchObject({ ...kept, expires_at: YEAR[2027] });
});
