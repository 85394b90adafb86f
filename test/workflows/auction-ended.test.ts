/** An auction ended by hand: its arbiter says so, and on support's word it goes on from every bid that was taken up. */
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { describeAuction, takenBids } from '../../workflows/messages.ts';
import { serverThatSuggestsAt } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'ended.test';
const { softCloseMs, durationMs } = DEFAULT_AUCTION_POLICY;
const MINUTE = 1 / 1_440;
let world: World;
let id: string;

beforeEach(async () => {
  world = await World.open({ clock: 'clk_1', server: serverThatSuggestsAt(4_096) });
  const { now } = world.registry;
  world.own = {};
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS });
});
afterEach(() => world.close());

const live = (life: () => Promise<void>) =>
  world.run(async () => {
    await world.startClock();
    for (const one of ['rsv_1', 'rsv_2', 'rsv_3']) await world.reserve(one, NAME);
    await world.advance(111);
    const state = world.store.docs.get('rsv_1')?.state;
    id = (state && 'auction' in state && state.auction) || 'none';
    await life();
  });

async function endedByHand(): Promise<void> {
  await world.auction(id).terminate('by hand');
  while (!(await world.attention(NAME))) await world.env.sleep(10);
}

const outcomes = () => ['rsv_1', 'rsv_2', 'rsv_3'].map((one) => world.outcome(one));
const places = () => [...world.store.bids.values()].map(({ seq }) => seq).toSorted((a, b) => a - b);

test('what it had taken up counts, published or not, and is answered as before', () =>
  live(async () => {
    expect(await world.bid(id, 2, 20_000)).toBe('leads at 7400');
    const { endsAt } = await world.auction(id).query(describeAuction);
    const publish = world.store.publishAuction;
    world.store.publishAuction = () => Promise.reject(new Error('away'));
    expect(await world.bid(id, 3, 15_000)).toBe('outbid at 15500');
    await endedByHand();
    expect(await world.attention(NAME)).toMatchObject({ step: 'auction', error: 'auction_terminated', attempts: 1 });
    expect(world.store.bids.size).toBe(2);
    // Nothing else waits for it: who asks what it took up is still answered.
    expect(await world.auction(id).query(takenBids, { ids: ['bid_3_15000', 'bid_never'] })).toHaveLength(1);
    await expect(world.decide(NAME, 'skip')).rejects.toMatchObject({ cause: { type: 'not_skippable' } });
    world.store.publishAuction = publish;
    await world.decide(NAME, 'retry');
    await world.advance(MINUTE);
    expect(await world.bid(id, 3, 15_000)).toBe('outbid at 15500');
    expect(await world.auction(id).query(describeAuction)).toMatchObject({
      endsAt,
      bids: 2,
      price: { amount: 15_500 },
    });
    expect(await world.bid(id, 1, 18_000)).toBe('outbid at 18500');
    await world.advance(MINUTE);
    expect(places()).toEqual([-1, 0, 1, 2]);
    await endedByHand();
    await world.decide(NAME, 'retry');
    await world.advance(3);
    expect(outcomes()).toEqual(['lost: outbid', 'won: highest_bid', 'lost: outbid']);
    expect(world.money.entriesOf('rgr_1').flatMap(({ kind, amount }) => (kind === 'capture' ? [amount] : []))).toEqual([
      18_500,
    ]);
    expect(world.timeline('rsv_1').filter((type) => type === 'auction.extended')).toEqual([]);
  }));

test('its end came and went meanwhile: it ends as long after it goes on as after a late bid, and all are told', () =>
  live(async () => {
    expect(await world.bid(id, 2, 20_000)).toBe('leads at 7400');
    await endedByHand();
    await world.advance(durationMs / DAY_MS + 1);
    await world.decide(NAME, 'retry');
    await world.advance(MINUTE);
    const { endsAt } = await world.auction(id).query(describeAuction);
    expect(endsAt).toBe(world.registry.now - DAY_MS * MINUTE + softCloseMs);
    expect(await world.bid(id, 3, 30_000)).toBe('leads at 20500');
    const extended = await world.auction(id).query(describeAuction);
    expect(extended).toMatchObject({ endsAt: world.registry.now + softCloseMs, extensions: 1 });
    await world.advance(1);
    expect(outcomes()).toEqual(['lost: outbid', 'lost: outbid', 'won: highest_bid']);
    expect(world.timeline('rsv_1').filter((type) => type.startsWith('auction.'))).toEqual(
      expect.arrayContaining(['auction.extended', 'auction.closed']),
    );
  }));
