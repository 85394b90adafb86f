/** Auctions as they run: bids by Update, the end to the millisecond, nothing lost or counted twice over many runs, and a test clock's time. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { bidsOf, ranking, recompute } from '../../rules/bidding.ts';
import {
  bidUpdate,
  bidsUpdate,
  describeAuction,
  describeClock,
  clockWorkflowId,
  takenBids,
  type AuctionNews,
  type AuctionResult,
  type BidMessage,
} from '../../workflows/messages.ts';
import { askedOf, runsOf, serverThatSuggestsAt } from './handed-over.ts';
import { saidOf, World } from './world.ts';

const ID = 'auc_film';
const { softCloseMs, durationMs } = DEFAULT_AUCTION_POLICY;

let world: World;
afterEach(() => world.close());

const resultOf = (id = ID): Promise<AuctionResult> => world.auction(id).result() as Promise<AuctionResult>;
const wonBy = (result: AuctionResult): string => {
  const { winner, price } = ranking(result.book);
  return `${winner} at ${price.amount}`;
};

/** Updates that the runs of the auction have kept. */
const updatesIn = async (): Promise<number> =>
  (await runsOf(world, `auction:${ID}`)).flat().filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)
    .length;

describe('in real time', () => {
  beforeEach(async () => {
    world = await World.open();
  });

  test('nobody bids: the earliest has it for the list price, and it ends to the millisecond', () =>
    world.run(async () => {
      const { startedAt } = await world.openAuction(ID, 2);
      const result = await resultOf();
      expect(wonBy(result)).toBe('rsv_1 at 6900');
      expect(result).toMatchObject({ endedAt: startedAt + durationMs, extensions: 0 });
      expect(world.store.auctions.get(ID)?.state).toMatchObject({ status: 'closed', price: 6_900, leader: 'bidder-1' });
      expect([...world.store.bids.values()]).toEqual([expect.objectContaining({ seq: -1, max: 6_900, leading: true })]);
    }));

  test('bids are answered, and those refused leave no trace', () =>
    world.run(async () => {
      await world.openAuction(ID, 3);
      expect(await world.bid(ID, 2, 20_000)).toBe('leads at 7400');
      expect(await world.bid(ID, 3, 15_000)).toBe('outbid at 15500');
      expect(await world.bid(ID, 2, 30_000)).toBe('leads at 15500');
      const before = await updatesIn();
      expect(await world.bid(ID, 3, 15_999)).toBe('below_minimum 16000');
      expect(await world.bid(ID, 2, 30_000, 'bid_again')).toBe('below_minimum 30001');
      expect(await world.bid(ID, 7, 90_000)).toBe('not_an_entrant');
      expect(await givenUp()).toBe('given_up');
      expect(await updatesIn()).toBe(before);
      expect(await world.bid(ID, 3, 15_000)).toBe('outbid at 15500');
      expect(wonBy(await resultOf())).toBe('rsv_2 at 15500');
      expect(world.store.bids.size).toBe(4);
    }));

  test('bids that come together are taken up in their order, all of them or none', () =>
    world.run(async () => {
      await world.openAuction(ID, 3);
      const bids = [sent(2, 20_000), sent(3, 15_000), sent(3, 30_000)];
      const said = ['leads at 7400', 'outbid at 15500', 'leads at 20500'];
      expect(await together(bids)).toEqual(said);
      const before = await updatesIn();
      expect(await together([sent(2, 40_000), sent(1, 20_999)])).toEqual(['below_minimum']);
      expect(await together([sent(2, 40_000), { ...sent(1, 90_000), givenUpAt: 0 }])).toEqual(['given_up']);
      expect(await updatesIn()).toBe(before);
      expect((await world.auction(ID).query(describeAuction)).bids).toBe(3);
      expect(await together([...bids, sent(2, 40_000)])).toEqual([...said, 'leads at 30500']);
      expect(wonBy(await resultOf())).toBe('rsv_2 at 30500');
      expect(world.store.bids.size).toBe(5);
    }));

  test('a bid in the last second moves the end, a raise of one’s own lead does not, and after the end all is said', () =>
    world.run(async () => {
      const { startedAt } = await world.openAuction(ID, 3);
      await world.bid(ID, 2, 20_000);
      await sleepUntil(startedAt + durationMs - 1_000);
      expect(await world.bid(ID, 2, 30_000)).toBe('leads at 7400');
      expect((await world.auction(ID).query(describeAuction)).endsAt).toBe(startedAt + durationMs);
      expect(await world.bid(ID, 3, 25_000)).toBe('outbid at 25500');
      const { endsAt, extensions } = await world.auction(ID).query(describeAuction);
      expect(extensions).toBe(1);
      expect(endsAt - softCloseMs).toBeGreaterThanOrEqual(startedAt + durationMs - 1_000);
      expect(await resultOf()).toMatchObject({ endedAt: endsAt, extensions: 1 });
      await expect(world.bid(ID, 3, 90_000)).rejects.toThrow(WorkflowNotFoundError);
    }));

  test('what is told: who is outbid, each time the end moves, and that it is near', () =>
    world.run(async () => {
      const { startedAt } = await world.openAuction(ID, 3, { proxies: { 2: 10_000 } });
      await world.bid(ID, 3, 12_000);
      await sleepUntil(startedAt + durationMs - 2_000);
      await world.bid(ID, 2, 30_000);
      await resultOf();
      const news = (await askedOf<{ news: AuctionNews }>(world, `auction:${ID}`, 'tellArbiter')).map(
        (asked) => asked.news,
      );
      expect(news.map(({ number }) => number)).toEqual(news.map((_, index) => index + 1));
      expect(news.flatMap(({ outbid }) => outbid).toSorted()).toEqual(['rsv_1', 'rsv_2', 'rsv_3']);
      expect(news.filter(({ closing }) => closing)).toHaveLength(1);
      expect(news.filter(({ extended }) => extended)).toHaveLength(1);
      expect(news.at(-1)).toMatchObject({ leader: 'rsv_2', price: { amount: 12_500 }, minimum: { amount: 13_000 } });
    }));

  async function sleepUntil(at: number): Promise<void> {
    await world.env.sleep(at - (await world.env.currentTimeMs()));
  }

  const sent = (who: number, max: number): BidMessage => ({
    ...{ id: `bid_${who}_${max}`, reservation: `rsv_${who}`, max },
    givenUpAt: Number.MAX_SAFE_INTEGER,
  });

  function together(bids: BidMessage[]): Promise<string[]> {
    return world
      .auction(ID)
      .executeUpdate(bidsUpdate, { args: [bids] })
      .then(
        (answers) => answers.map(saidOf),
        ({ cause }: { cause: { type: string } }) => [cause.type],
      );
  }

  function givenUp(): Promise<string> {
    const message = { id: 'bid_late', reservation: 'rsv_3', max: 90_000, givenUpAt: 0 };
    return world
      .auction(ID)
      .executeUpdate(bidUpdate, { args: [message] })
      .then(saidOf, ({ cause }: { cause: { type: string } }) => cause.type);
  }
});

test('five who bid through many runs: every bid is there once, with the answer it had', async () => {
  world = await World.open({ server: serverThatSuggestsAt(40) });
  await world.run(async () => {
    await world.openAuction(ID, 5, { policy: { durationMs: 20_000, closingMs: 20_000, softCloseMs: 0 } });
    const answers: { id: string; who: number; max: number; said: string }[] = [];
    for (let round = 0; round < 25; round++) {
      const { minimum } = await world.auction(ID).query(describeAuction);
      const sent = await Promise.all(
        [1, 2, 3, 4, 5].map(async (who) => {
          const max = minimum.amount + who * 700;
          const id = `bid_${round}_${who}`;
          return { id, who, max, said: await world.bid(ID, who, max, id) };
        }),
      );
      answers.push(...sent.filter(({ said }) => !said.startsWith('below_minimum')));
    }
    for (const { id, who, max, said } of [...answers.slice(0, 5), ...answers.slice(-5)])
      expect(await world.bid(ID, who, max, id)).toBe(said);
    const ids = answers.map(({ id }) => id);
    const taken = await world.auction(ID).query(takenBids, { ids: [...ids, 'bid_never'] });
    expect(taken.map(({ id, answer }) => [id, saidOf(answer)])).toEqual(answers.map(({ id, said }) => [id, said]));

    expect(await updatesIn()).toBe(answers.length + 10);
    const result = await resultOf();
    const said = answers.map(({ who, max }) => `${who} ${max}`).toSorted();
    expect(
      bidsOf(result.book.bids)
        .map(({ entrant, max }) => `${entrant + 1} ${max}`)
        .toSorted(),
    ).toEqual(said);
    expect([...world.store.bids.keys()].filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
    const places = [...world.store.bids.values()].map(({ seq }) => seq).toSorted((a, b) => a - b);
    expect(places).toEqual(Array.from({ length: ids.length + 1 }, (_, index) => index - 1));
    expect(world.store.auctions.get(ID)?.state).toMatchObject({ status: 'closed', bids: ids.length });
    const { winner } = ranking(result.book);
    expect(recompute(result.book, [winner])?.winner).not.toBe(winner);
    expect((await runsOf(world, `auction:${ID}`)).length).toBeGreaterThan(3);
  });
});

describe('under a test clock', () => {
  const CLOCK = 'clk_auction';
  const clock = () => world.env.client.workflow.getHandle(clockWorkflowId(CLOCK));

  beforeEach(async () => {
    // The time-skipping server loses an Update now and then that meets a signal.
    world = await World.open({ clock: CLOCK, server: serverThatSuggestsAt(4_096) });
  });

  test('time waits for it at each bid, stops at its end, and then moves on without it', () =>
    world.run(async () => {
      await world.startClock();
      const { startedAt } = await world.openAuction(ID, 2);
      await world.advance(2.5);
      expect(await world.bid(ID, 2, 20_000)).toBe('leads at 7400');
      expect(await world.bid(ID, 2, 20_000, 'bid_other')).toBe('below_minimum 20001');
      await world.auction(ID).signal('tick', (await entered()).tick);
      await world.advance(0.5);
      expect(await resultOf()).toMatchObject({ endedAt: startedAt + durationMs });
      expect(await world.advance(1)).toMatchObject({ status: 'ready', waitingFor: [] });
    }));

  test('a bid exactly at the end is too late', () =>
    world.run(async () => {
      await world.startClock();
      const { startedAt } = await world.openAuction(ID, 2);
      const { tick } = await entered();
      const send = (id: string, now: number) =>
        world
          .auction(ID)
          .executeUpdate(bidUpdate, {
            args: [
              { id, reservation: 'rsv_2', max: 20_000, givenUpAt: Number.MAX_SAFE_INTEGER, tick: { ...tick, now } },
            ],
          })
          .then(saidOf, ({ cause }: { cause: { type: string } }) => cause.type);
      expect(await send('bid_late', startedAt + durationMs)).toBe('auction_closed');
      expect(await send('bid_in_time', startedAt + durationMs - 1)).toBe('leads at 7400');
    }));

  async function entered() {
    const tick = await clock().executeUpdate<{ tick: number; now: number }, [{ participant: string }]>('enter', {
      args: [{ participant: `auction:${ID}` }],
    });
    expect((await clock().query(describeClock)).waitingFor).toEqual([`auction:${ID}`]);
    return { tick };
  }
});
