/** Writing under a test clock: the name's arbiter is named busy before it is spoken to, so that time does not move past it. */
import { auctionWorkflowId, domainWorkflowId, type Tick } from '../workflows/messages.ts';
import type { ClockRefusal, Engine } from './engine.ts';
import type { RouteDeps } from './deps.ts';
import { problem, Problem } from './problems.ts';

export function clockProblem(refusal: ClockRefusal): Problem {
  switch (refusal) {
    case 'advancing':
      return problem('test_clock_advancing', { retryAfterS: 1 });
    case 'not_forward':
      return problem('not_forward', { param: 'frozen_time' });
    case 'gone':
      return problem('test_clock_failed');
  }
}

/**
 * Runs `act` with the tick that its message must carry; in real time with none. Where nothing came of it the arbiter is asked
 * to look again with that tick, or taken off the clock where it does not run: a clock would else wait for it for ever.
 */
export const underClock = <T>(
  engine: Engine,
  clock: string | undefined,
  name: string,
  act: (tick: Tick | undefined) => Promise<T | Problem>,
): Promise<T | Problem> => entered(engine, clock, domainWorkflowId(name), (tick) => engine.check(name, tick), act);

/** The same for an auction. What it refuses it never hears of, so it is told the time. */
export const auctionUnderClock = <T>(
  { engine, auctions }: Pick<RouteDeps, 'engine' | 'auctions'>,
  clock: string | undefined,
  auction: string,
  act: (tick: Tick | undefined) => Promise<T | Problem>,
): Promise<T | Problem> =>
  entered(engine, clock, auctionWorkflowId(auction), (tick) => auctions.tick(auction, tick), act);

async function entered<T>(
  engine: Engine,
  clock: string | undefined,
  participant: string,
  tell: (tick: Tick) => Promise<'sent' | 'gone'>,
  act: (tick: Tick | undefined) => Promise<T | Problem>,
): Promise<T | Problem> {
  if (clock === undefined) return act(undefined);
  const tick = await engine.enter(clock, participant);
  if (typeof tick === 'string') return clockProblem(tick);
  const release = async () => {
    if ((await tell(tick)) === 'gone') await engine.leaveClock(clock, participant, tick);
  };
  try {
    const done = await act(tick);
    if (done instanceof Problem) await release();
    return done;
  } catch (error) {
    await release().catch(() => undefined);
    throw error;
  }
}
