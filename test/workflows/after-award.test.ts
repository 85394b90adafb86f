/** After a paid award: watched until its registry can no longer take it back, and given back where it does; and the name that nobody takes. */
import { describeDomain } from '../../workflows/messages.ts';
import { runsOf, serverThatSuggestsAt } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'awarded.test';
/** The name is about to be released: what came before is told elsewhere. */
const WON = 4;
let world: World;
let start: number;

const open = async (clock: string | undefined) => {
  world = await World.open(clock === undefined ? {} : { clock });
  if (clock === undefined) world.registry.now = await world.env.currentTimeMs();
  start = world.registry.now;
  putExpiring(clock === undefined ? 30 : -77);
};
const putExpiring = (inDays: number, extra: object = {}) =>
  world.put(NAME, { registered_at: start + (inDays - 365) * DAY_MS, expires_at: start + inDays * DAY_MS, ...extra });
afterEach(() => world.close());

/** What happens to the name from here on, as somebody scripts it. */
function happens(
  ...acts: (
    { what: 'taken_back' | 'purged' | 'vanished' | 'returned'; day: number } | { what: 'transferred'; day: number }
  )[]
) {
  const facts = world.registry.films.get(NAME);
  if (!facts?.story) throw new Error('not put');
  const told = acts.map(({ what, day }) => {
    const at = start + day * DAY_MS;
    return what === 'transferred' ? { what, at, to: 'gaining' } : { what, at };
  });
  world.registry.films.set(NAME, { ...facts, story: { ...facts.story, happens: told } });
}
async function won(ids: string[] = ['rsv_1']): Promise<void> {
  await world.startClock();
  for (const id of ids) await world.reserve(id, NAME);
  await world.advance(WON);
  expect(world.outcome(ids[0] as string)).toBe('won: first_in_order');
}
const outcomeOf = (id: string) => {
  const state = world.store.docs.get(id)?.state;
  return state && 'outcome' in state ? state.outcome : undefined;
};
const roidOf = (id: string) => {
  const outcome = outcomeOf(id);
  return outcome?.result === 'won' ? outcome.roid : undefined;
};
const since = (id: string) => {
  const all = world.timeline(id);
  return all.slice(all.indexOf('won') + 1);
};
const booked = () => world.money.entriesOf('rgr_1').map(({ kind, amount }) => `${kind} ${amount}`);
const watch = () => [...world.store.catches.values()].map((doc) => doc.watch?.ended);

describe('on a test clock', () => {
  beforeEach(() => open('clk_1'));

  test('an award that stands to the end of add grace is watched no longer, and its reservation and arbiter end', async () => {
    await world.run(async () => {
      await won();
      expect(outcomeOf('rsv_1')).toMatchObject({ delivery: { status: 'delivered', why: 'no_restore_rights' } });
      await world.advance(4);
      expect([since('rsv_1'), watch()]).toEqual([[], [null]]);
      await world.advance(1.5);
      expect([since('rsv_1'), watch()]).toEqual([['observation.award_stands'], ['stands']]);
      await world.ended('rsv_1');
      await world.domain(NAME).result();
      expect(booked()).toEqual(['hold 6900', 'capture 6900']);
    });
  });

  test.each([
    [
      'given back to its owner',
      { what: 'taken_back', day: 5 },
      { why: 'other_registration', sponsor: 'other-registrar' },
    ],
    ['moved to another registrar', { what: 'transferred', day: 5 }, { why: 'other_sponsor', sponsor: 'gaining' }],
    ['gone', { what: 'purged', day: 5 }, { why: 'gone' }],
  ] as const)('a name that is %s: what was paid is back before it is told, once', async (_what, act, found) => {
    await world.run(async () => {
      await won(['rsv_1', 'rsv_2']);
      happens(act);
      await world.advance(5);
      const refunded = { amount: 6_900, currency: 'USD' };
      expect(outcomeOf('rsv_1')).toMatchObject({ result: 'won', takenBack: { ...found, refunded } });
      expect([since('rsv_1'), watch()]).toEqual([['taken_back'], ['taken_back']]);
      expect(booked()).toEqual(['hold 6900', 'hold 6900', 'capture 6900', 'release 6900', 'give_back 6900']);
      expect(world.outcome('rsv_2')).toBe('lost: behind_in_order');
      await world.domain(NAME).result();
    });
  });

  test('a transfer by whoever was shown the authInfo is theirs: nothing is given back', async () => {
    await world.run(async () => {
      await won();
      for (const doc of world.store.catches.values()) doc.auth_info = { asked: new Date(), shown: new Date() };
      happens({ what: 'transferred', day: 5 });
      await world.advance(5);
      expect([since('rsv_1'), watch()]).toEqual([['observation.award_stands'], ['left']]);
      expect(booked()).not.toContain('give_back 6900');
    });
  });

  test('caught anew for another before its watch has ended: whoever was shown the authInfo had it, and is given nothing back', async () => {
    await world.run(async () => {
      await won();
      for (const doc of world.store.catches.values()) doc.auth_info = { asked: new Date(), shown: new Date() };
      happens({ what: 'transferred', day: 5 }, { what: 'purged', day: 6 });
      await world.advance(1.5);
      await world.reserve('rsv_2', NAME);
      await world.advance(1);
      expect(world.outcome('rsv_2')).toBe('won: first_in_order');
      expect([since('rsv_1'), watch()]).toEqual([['observation.award_stands'], ['left', null]]);
      expect(booked()).not.toContain('give_back 6900');
    });
  });

  test('a name that the registry loses sight of is doubted for two weeks before anything is given back', async () => {
    await world.run(async () => {
      await won();
      happens({ what: 'vanished', day: 5 }, { what: 'returned', day: 8 }, { what: 'vanished', day: 8.5 });
      await world.advance(18.4);
      expect(since('rsv_1')).toEqual([]);
      await world.advance(1);
      expect(outcomeOf('rsv_1')).toMatchObject({ takenBack: { why: 'gone' } });
      expect(booked().at(-1)).toBe('give_back 6900');
    });
  });

  test('a name that the registry loses sight of and finds again is the winner’s as before', async () => {
    await world.run(async () => {
      await won();
      happens({ what: 'vanished', day: 5 }, { what: 'returned', day: 11 });
      await world.advance(30);
      expect(since('rsv_1')).toEqual(['observation.award_stands']);
      expect(booked()).not.toContain('give_back 6900');
    });
  });

  test('delivery is held while the owner before can have it back, and told once it is over', async () => {
    world.terms = { restoreRightsMs: 20 * DAY_MS };
    await world.run(async () => {
      await won();
      const delivery = outcomeOf('rsv_1');
      expect(delivery).toMatchObject({ delivery: { status: 'held', why: 'restore_rights' } });
      await world.advance(18);
      expect(since('rsv_1')).toEqual([]);
      await world.advance(3);
      expect(since('rsv_1')).toEqual(['delivered', 'observation.award_stands']);
      expect(outcomeOf('rsv_1')).toMatchObject({ delivery: { status: 'delivered', why: 'restore_rights_over' } });
    });
  });

  test('within those rights it is taken back, long after add grace', async () => {
    world.terms = { restoreRightsMs: 20 * DAY_MS };
    await world.run(async () => {
      await won();
      happens({ what: 'taken_back', day: 18 });
      await world.advance(15);
      expect(since('rsv_1')).toEqual(['taken_back']);
      expect(booked()).toContain('give_back 6900');
    });
  });

  test('an arbiter terminated by hand finds the award it watched, and the name may be reserved again from its owner', async () => {
    await world.run(async () => {
      await won();
      await world.domain(NAME).terminate('by hand');
      happens({ what: 'taken_back', day: 5 });
      await world.advance(2);
      expect(since('rsv_1')).toEqual(['taken_back']);
      await world.reserve('rsv_2', NAME);
      await world.advance(0.001);
      expect(world.timeline('rsv_2')).toEqual(['placed']);
    });
  });

  test('what was given back to its owner drops again as the same registration: that is another catch, and another award', async () => {
    await world.run(async () => {
      await won();
      happens({ what: 'taken_back', day: 5 });
      await world.advance(2);
      await world.reserve('rsv_2', NAME);
      await world.advance(370);
      expect(world.outcome('rsv_2')).toBe('won: first_in_order');
      expect(world.registry.creates.filter(({ code }) => code === 1000)).toHaveLength(2);
      expect(new Set(world.registry.creates.map(({ clTRID }) => clTRID)).size).toBe(world.registry.creates.length);
      expect(outcomeOf('rsv_2')).toMatchObject({ roid: expect.not.stringMatching(String(roidOf('rsv_1'))) });
      expect(booked().slice(-3)).toEqual(['give_back 6900', 'hold 6900', 'capture 6900']);
    });
  });

  test('an arbiter that comes back too late to tell whose doing it was gives nothing back', async () => {
    await world.run(async () => {
      await won();
      await world.domain(NAME).terminate('by hand');
      happens({ what: 'purged', day: 8 });
      for (const doc of world.store.catches.values()) if (doc.watch) doc.watch.until = start - 27 * DAY_MS;
      await world.advance(5);
      expect(since('rsv_1')).toEqual(['observation.award_stands']);
      expect(booked()).not.toContain('give_back 6900');
    });
  });

  test('whoever joins while it is watched is refused as the registry says', async () => {
    await world.run(async () => {
      await won();
      await world.reserve('rsv_2', NAME);
      await world.advance(0.001);
      expect(world.outcome('rsv_2')).toBe('rejected: already_ours');
      await world.advance(6);
      expect(since('rsv_1')).toEqual(['observation.award_stands']);
    });
  });

  describe('nobody takes it', () => {
    const lapsed = async () => {
      await world.startClock();
      await world.reserve('rsv_1', NAME);
      Object.assign(world.store.docs.get('rsv_1') ?? {}, { acceptance: 'ask' });
      await world.advance(WON + 1.1);
    };
    const unclaimed = () => [...world.store.catches.values()].map((doc) => doc.unclaimed);
    const sent = () => [...world.store.catches.values()].flatMap(({ commands = [] }) => commands);

    /** Offered to the only claim, though an arbiter that is gone had awarded it to somebody who paid. */
    const awardedBefore = async () => {
      await world.startClock();
      await world.reserve('rsv_1', NAME);
      Object.assign(world.store.docs.get('rsv_1') ?? {}, { acceptance: 'ask' });
      await world.advance(WON);
      for (const doc of world.store.catches.values()) doc.awarded_to = 'rsv_paid';
    };

    test('what is somebody’s already is not deleted, but waits for support', async () => {
      await world.run(async () => {
        await awardedBefore();
        await world.advance(1.1);
        expect(await world.attention(NAME)).toMatchObject({ step: 'unclaimed', error: 'InvariantViolation' });
        expect(world.registry.deletes).toEqual([]);
      });
    });

    test('what is somebody’s already is not paid for by another', async () => {
      await world.run(async () => {
        await awardedBefore();
        await world.accept('rsv_1', NAME);
        await world.advance(0.01);
        expect(await world.attention(NAME)).toMatchObject({ step: 'award', error: 'InvariantViolation' });
        expect(world.money.entriesOf('rgr_1').filter(({ kind }) => kind === 'capture')).toEqual([]);
      });
    });

    test('within add grace it is deleted: the command is on record first, and a lost answer is asked for', async () => {
      await world.run(async () => {
        world.registry.loseNextAnswer = false;
        await world.startClock();
        await world.reserve('rsv_1', NAME);
        Object.assign(world.store.docs.get('rsv_1') ?? {}, { acceptance: 'ask' });
        await world.advance(WON);
        world.registry.loseNextAnswer = true;
        await world.advance(1.1);
        expect(world.outcome('rsv_1')).toBe('lost: declined');
        expect(unclaimed()).toMatchObject([{ what: 'deleted' }]);
        expect(sent()).toMatchObject([{ command: 'domain:delete', reservation: null }]);
        expect(world.registry.deletes).toEqual([sent()[0]?.cltrid]);
        expect(await world.registry.look(NAME)).toMatchObject({ kind: 'free' });
        await world.domain(NAME).result();
      });
    });

    test('where add grace is not known it is kept, and support sees that it is nobody’s', async () => {
      putExpiring(-77, { policy: 'uk' });
      await world.run(async () => {
        await lapsed();
        await world.advance(60);
        expect(world.outcome('rsv_1')).toBe('lost: declined');
        expect(await world.attention(NAME)).toMatchObject({ step: 'unclaimed', error: 'add_grace_unknown' });
        expect(world.registry.deletes).toEqual([]);
        await world.decide(NAME, 'skip');
        await world.advance(0.001);
        expect(unclaimed()).toMatchObject([{ what: 'kept', reason: 'mended' }]);
        await world.domain(NAME).result();
      });
    });

    test('a delete that is refused waits for support, and a retry goes on', async () => {
      world.registry.deleteCode = 2304;
      await world.run(async () => {
        await lapsed();
        expect(await world.attention(NAME)).toMatchObject({ step: 'unclaimed', error: 'delete_refused_2304' });
        world.registry.deleteCode = undefined;
        await world.decide(NAME, 'retry');
        await world.advance(0.001);
        expect(unclaimed()).toMatchObject([{ what: 'deleted' }]);
      });
    });
  });
});

describe('in real time', () => {
  beforeEach(() => open(undefined));

  test('the registry is polled at no cost to the history, and what it says is asked again before anything is given back', async () => {
    world.terms = { restoreRightsMs: 40 * DAY_MS };
    await world.run(async () => {
      await world.reserve('rsv_1', NAME);
      await world.env.sleep('112 days');
      expect(world.outcome('rsv_1')).toBe('won: first_in_order');
      const before = await world.historyLength(`domain:${NAME}`);
      await world.env.sleep('20 days');
      expect(await world.historyLength(`domain:${NAME}`)).toBe(before);
      happens({ what: 'taken_back', day: 135 });
      await world.ended('rsv_1');
      expect(since('rsv_1')).toEqual(['taken_back']);
      expect(booked()).toContain('give_back 6900');
    });
  });

  test('an arbiter that is gone is brought back by the reservation it watched for', async () => {
    await world.run(async () => {
      await world.reserve('rsv_1', NAME);
      await world.env.sleep('112 days');
      await world.domain(NAME).terminate('by hand');
      await world.ended('rsv_1');
      expect(since('rsv_1')).toEqual(['observation.award_stands']);
      expect((await world.domain(NAME).query(describeDomain, {})).claims).toBe(0);
    });
  });
});

test('an arbiter that is handed over while it watches an award goes on watching it', async () => {
  world = await World.open({ clock: 'clk_1', server: serverThatSuggestsAt(40) });
  start = world.registry.now;
  putExpiring(-77);
  world.terms = { restoreRightsMs: 20 * DAY_MS };
  await world.run(async () => {
    await won();
    const before = (await runsOf(world, `domain:${NAME}`)).length;
    for (const id of ['rsv_2', 'rsv_3', 'rsv_4', 'rsv_5', 'rsv_6']) {
      await world.reserve(id, NAME);
      await world.advance(1);
      expect(world.outcome(id)).toBe('rejected: already_ours');
    }
    expect((await runsOf(world, `domain:${NAME}`)).length).toBeGreaterThan(before);
    happens({ what: 'taken_back', day: 13 });
    await world.advance(10);
    expect(since('rsv_1')).toEqual(['taken_back']);
    expect(booked()).toContain('give_back 6900');
  });
});
