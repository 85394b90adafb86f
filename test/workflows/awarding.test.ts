/** Whose a caught name is, and the money for it: asked for before the drop, held, passed over, offered, awaited and taken. */
import { answerUpdate, checkSignal, describeDomain } from '../../workflows/messages.ts';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'whose.test';
/** The name is in redemption, and is dropped within so many days: what came before is told elsewhere. */
const DROPPED = 11;
let world: World;

beforeEach(async () => {
  world = await World.open({ clock: 'clk_1' });
  putExpired(world.registry.now);
});
const putExpired = (now: number, expiresInDays = -70) =>
  world.put(NAME, { registered_at: now - 435 * DAY_MS, expires_at: now + expiresInDays * DAY_MS });
afterEach(() => world.close());

/** Who reserved, each with what was asked for. */
async function reserved(ids: string[], wishes: Record<string, object> = {}): Promise<void> {
  await world.startClock();
  for (const id of ids) {
    await world.reserve(id, NAME);
    Object.assign(world.store.docs.get(id) ?? {}, wishes[id]);
  }
}
const outcomes = (ids: string[]) => ids.map((id) => world.outcome(id));
const events = (id: string) =>
  world.timeline(id).filter((type) => !/→|placed|expir|drop_scheduled|attempt|observation/.test(type));
const answer = async (reservation: string, given: 'accepted' | 'declined') =>
  (
    await world.domain(NAME).executeUpdate(answerUpdate, {
      args: [{ reservation, answer: given, ...(await world.enter(NAME)) }],
    })
  ).kind;
const booked = () => world.money.entriesOf('rgr_1').map(({ kind, amount }) => `${kind} ${amount}`);

test('the money is held six hours before the drop, and taken when it is awarded; the others are let go', async () => {
  await world.run(async () => {
    await reserved(['rsv_1', 'rsv_2']);
    await world.advance(DROPPED - 0.47);
    expect(booked()).toEqual([]);
    await world.advance(0.02);
    expect(booked()).toEqual(['hold 6900', 'hold 6900']);
    await world.advance(0.5);
    expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['won: first_in_order', 'lost: behind_in_order']);
    expect(booked()).toEqual(['hold 6900', 'hold 6900', 'capture 6900', 'release 6900']);
  });
});

test('without money it is told three times and no create is sent', async () => {
  world.money.agree('rgr_1', { creditLimit: 0 });
  await world.run(async () => {
    await reserved(['rsv_1', 'rsv_2']);
    await world.advance(DROPPED);
    expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['lost: unfunded', 'lost: unfunded']);
    expect(events('rsv_1')).toEqual(['unfunded', 'unfunded', 'unfunded', 'decision.award', 'lost']);
    expect([...world.store.decisions.values()]).toMatchObject([[{ verdict: { kind: 'nobody' } }]]);
    expect(world.registry.creates).toEqual([]);
    expect(booked()).toEqual([]);
  });
});

test('money for one of two: the first has it held, the other is passed over with the reason', async () => {
  world.money.agree('rgr_1', { creditLimit: 6_900 });
  await world.run(async () => {
    await reserved(['rsv_1', 'rsv_2']);
    await world.advance(DROPPED);
    expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['won: first_in_order', 'lost: unfunded']);
    expect(events('rsv_1')).toEqual(['caught', 'decision.award', 'won']);
    expect(events('rsv_2').slice(-3)).toEqual(['caught', 'decision.award', 'lost']);
  });
});

test('a name that is kept after all gives the money back', async () => {
  const { now } = world.registry;
  await world.run(async () => {
    await reserved(['rsv_1']);
    await world.advance(DROPPED - 0.4);
    expect(booked()).toEqual(['hold 6900']);
    putExpired(now, -70 + 365);
    await world.advance(0.2);
    expect(world.outcome('rsv_1')).toBe('waiting');
    expect(booked()).toEqual(['hold 6900', 'release 6900']);
  });
});

test('asked first: declined, lapsed, then accepted, each in its window', async () => {
  const asks = { acceptance: 'ask' };
  await world.run(async () => {
    await reserved(['rsv_1', 'rsv_2', 'rsv_3'], { rsv_1: asks, rsv_2: asks, rsv_3: asks });
    await world.advance(DROPPED);
    expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['offered', 'standby', 'standby']);
    expect(await answer('rsv_2', 'accepted')).toBe('no_offer');
    expect(await answer('rsv_1', 'declined')).toBe('taken');
    await world.advance(0.001);
    expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['lost: declined', 'offered']);
    await world.advance(0.9);
    expect(world.outcome('rsv_2')).toBe('offered');
    await world.advance(0.11);
    expect(outcomes(['rsv_2', 'rsv_3'])).toEqual(['lost: declined', 'offered']);
    expect(await answer('rsv_2', 'accepted')).toBe('no_offer');
    expect(await answer('rsv_3', 'accepted')).toBe('taken');
    expect(world.outcome('rsv_3')).toBe('won: next_in_order');
    expect(booked().slice(3)).toEqual(['release 6900', 'release 6900', 'capture 6900']);
  });
});

test('the winner cannot pay: 48 hours, then whoever is tied to it is out, and the next is asked', async () => {
  await world.run(async () => {
    await reserved(['rsv_1', 'rsv_2', 'rsv_3'], {
      rsv_1: { customer: { id: 'a', email: 'ada@x.test' } },
      rsv_2: { customer: { id: 'b', email: 'ADA@x.test' } },
    });
    await world.advance(DROPPED - 0.4);
    world.money.agree('rgr_1', { creditLimit: 6_900 });
    await world.advance(0.4);
    expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['awaiting_payment', 'standby', 'standby']);
    await world.advance(1.7);
    expect(world.outcome('rsv_1')).toBe('awaiting_payment');
    await world.advance(0.2);
    expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['lost: defaulted', 'lost: defaulted', 'offered']);
    for (const id of ['rsv_1', 'rsv_2']) expect(events(id).slice(-2)).toEqual(['decision.award', 'lost']);
    expect(world.money.strikes).toMatchObject([{ reservation: 'rsv_1' }]);
    world.money.deposit('rgr_1', 'dep_1', 20_000);
    expect(await answer('rsv_3', 'accepted')).toBe('taken');
    expect(world.outcome('rsv_3')).toBe('won: next_in_order');
    await world.advance(6);
    await world.domain(NAME).result();
  });
});

test('money that comes in time is taken', async () => {
  await world.run(async () => {
    await reserved(['rsv_1']);
    await world.advance(DROPPED - 0.4);
    world.money.agree('rgr_1', { creditLimit: 0 });
    await world.advance(0.4);
    expect(world.outcome('rsv_1')).toBe('awaiting_payment');
    expect((await world.domain(NAME).query(describeDomain, {})).phase).toBe('awarding');
    world.money.deposit('rgr_1', 'dep_1', 6_900);
    await world.domain(NAME).signal(checkSignal, await world.enter(NAME));
    await world.advance(0.1);
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
  });
});

describe('contested, by auction', () => {
  beforeEach(() => {
    world.own = {};
  });
  const auctionOf = (id: string): string => {
    const state = world.store.docs.get(id)?.state;
    return (state && 'auction' in state && state.auction) || 'none';
  };

  test('two bid: the higher maximum has it a step over the other, and only then the other has lost', async () => {
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2', 'rsv_3']);
      await world.advance(DROPPED);
      expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['in_auction', 'in_auction', 'in_auction']);
      expect(await world.bid(auctionOf('rsv_1'), 2, 20_000)).toBe('leads at 7400');
      expect(await world.bid(auctionOf('rsv_1'), 3, 15_000)).toBe('outbid at 15500');
      await world.advance(3);
      expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['lost: outbid', 'won: highest_bid', 'lost: outbid']);
      expect(booked().filter((entry) => entry.startsWith('capture'))).toEqual(['capture 15500']);
      expect(events('rsv_1')).toEqual([
        ...['caught', 'decision.award', 'auction.started', 'auction.outbid', 'auction.closing', 'auction.closed'],
        ...['decision.award', 'lost'],
      ]);
      await world.advance(6);
      await world.domain(NAME).result();
    });
  });

  test('an arbiter that is slow to decide after the auction: the clock waits for it, though nobody is left at the auction’s place', async () => {
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2']);
      await world.advance(DROPPED);
      const { store } = world;
      const record = store.recordDecision.bind(store);
      let refused = 0;
      // Tried again for longer than the clock waits before it speaks to those who are silent.
      store.recordDecision = async (...args) => {
        if (refused++ < 5) throw new Error('away');
        return record(...args);
      };
      await world.advance(3);
      expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['won: highest_bid', 'lost: outbid']);
      expect(refused).toBeGreaterThan(5);
    });
  });

  test('strikes keep a customer from bidding; where that leaves one it is no auction', async () => {
    const strike = (who: number, id: string) =>
      world.money.addStrike({
        ...{
          operation: id,
          registrar: 'rgr_1',
          livemode: false,
          owner: `owner of rsv_${who}`,
          reservation: 'rsv_old',
          reason: 'defaulted',
        },
        at: world.registry.now,
      });
    for (const id of ['one', 'two']) await strike(1, id);
    await strike(2, 'alone');
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2']);
      await world.advance(DROPPED);
      expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['lost: blocked', 'won: next_in_order']);
      expect(booked().filter((entry) => entry.startsWith('capture'))).toEqual(['capture 6900']);
      expect(events('rsv_2')).toEqual(['caught', 'decision.award', 'decision.award', 'won']);
    });
  });

  test('nobody bids: the earliest has it for the list price; where it asked to be asked, it is', async () => {
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2'], { rsv_1: { acceptance: 'ask' } });
      await world.advance(DROPPED + 3);
      expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['offered', 'standby']);
      expect(await answer('rsv_1', 'accepted')).toBe('taken');
      expect(outcomes(['rsv_1'])).toEqual(['won: highest_bid']);
    });
  });

  test('budgets are bid where that was asked for, and nobody pays over one', async () => {
    const budget = (amount: number) => ({ bidding: 'up_to_budget', budget: { amount, currency: 'USD' } });
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2'], { rsv_1: budget(12_000), rsv_2: budget(30_000) });
      await world.advance(DROPPED + 4);
      expect(outcomes(['rsv_1', 'rsv_2'])).toEqual(['lost: outbid', 'won: highest_bid']);
      expect(booked()).toContain('capture 12500');
    });
  });

  test('a budget that cannot be held is not bid, and its customer is told so as the auction begins; news is of the auction’s own time', async () => {
    const budget = (amount: number) => ({ bidding: 'up_to_budget', budget: { amount, currency: 'USD' } });
    world.money.agree('rgr_1', { creditLimit: 40_000 });
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2', 'rsv_3'], { rsv_1: budget(90_000), rsv_2: budget(10_000) });
      await world.advance(DROPPED + 4);
      const told = (id: string) => world.store.events.filter((event) => event.reservation === id);
      const started = ['rsv_1', 'rsv_2', 'rsv_3'].map((id) => told(id).find(({ type }) => type === 'auction.started'));
      expect(started.map((event) => event?.data['budget'])).toEqual(['insufficient', 'bid', undefined]);
      expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['lost: outbid', 'won: highest_bid', 'lost: outbid']);
      for (const id of ['rsv_1', 'rsv_2', 'rsv_3']) {
        const auction = told(id).filter(({ type }) => type.startsWith('auction.'));
        expect(auction[0]?.type).toBe('auction.started');
        const closing = auction.find(({ type }) => type === 'auction.closing');
        const leftMs = Number(closing?.data['endsAt']) - Number(closing?.created);
        expect(leftMs).toBe(DEFAULT_AUCTION_POLICY.closingMs);
      }
    });
  });

  test('the winner does not pay: the price is what it would have been without, and the next is asked', async () => {
    await world.run(async () => {
      await reserved(['rsv_1', 'rsv_2', 'rsv_3']);
      await world.advance(DROPPED);
      expect(await world.bid(auctionOf('rsv_1'), 2, 20_000)).toBe('leads at 7400');
      expect(await world.bid(auctionOf('rsv_1'), 3, 15_000)).toBe('outbid at 15500');
      world.money.agree('rgr_1', { creditLimit: 6_900 });
      await world.advance(3);
      expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['standby', 'awaiting_payment', 'standby']);
      await world.advance(2);
      expect(outcomes(['rsv_1', 'rsv_2', 'rsv_3'])).toEqual(['standby', 'lost: defaulted', 'offered']);
      world.money.deposit('rgr_1', 'dep_1', 50_000);
      expect(await answer('rsv_3', 'accepted')).toBe('taken');
      expect(world.outcome('rsv_3')).toBe('won: highest_bid');
      expect(booked().filter((entry) => entry.startsWith('capture'))).toEqual(['capture 7400']);
    });
  });
});
