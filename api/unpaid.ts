/** Money has come: awards that wait for it are looked at at once. Only a courtesy, for their arbiters ask again by themselves. */
import { listReservations } from '../store/reservation-queries.ts';
import type { RouteDeps } from './deps.ts';
import { underClock } from './under-clock.ts';

const MOST = 100;

export async function wakeUnpaid({ engine }: Pick<RouteDeps, 'engine'>, registrar: string): Promise<void> {
  try {
    const unpaid = await listReservations({ registrar, status: 'awaiting_payment' }, undefined, MOST);
    await Promise.all(
      unpaid.map(({ test_clock, domain }) =>
        underClock(engine, test_clock, domain.name, (tick) => engine.check(domain.name, tick)),
      ),
    );
  } catch {
    // What was booked is booked, whoever could not be told.
  }
}
