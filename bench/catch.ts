/** From the sandbox registry freeing a name in real time to our create accepted, beside one EPP round trip. */
import { sandboxControl } from '../registry/sandbox/control.ts';
import { loadRegistries, openGateways } from '../registry/registries.ts';
import type { Bench } from './main.ts';
import { median, report, timesMs } from './measure.ts';
import { reservationOf } from './names.ts';

const N = 15;
const ROUND_TRIPS = 100;
const DROPS_IN_MS = 4_000;

export async function benchCatch({ stack, operator }: Bench): Promise<void> {
  const { client } = await operator.registrar('bench catch', { notices: { to: 'nobody' } });
  const gateways = openGateways(loadRegistries(stack.config, stack.env));
  const gateway = gateways.forTld('test');
  if (!gateway) throw new Error('the sandbox registry is off');
  await gateway.ping();
  const roundTrip = median(await timesMs(ROUND_TRIPS, () => gateway.ping()));
  await gateways.close();

  const control = sandboxControl({ home: stack.config.home, port: stack.config.RDAP_PORT });
  const delays: number[] = [];
  for (let index = 0; index < N; index++) {
    const name = `catch-${index}.test`;
    const dropsAt = Date.now() + DROPS_IN_MS;
    await operator.must('PUT', `/v1/sandbox/domains/${name}`, { drops_at: new Date(dropsAt).toISOString() });
    const { id } = await client.must('POST', '/v1/reservations', reservationOf(name));
    await client.until(`/v1/reservations/${id}`, ({ status }) => status === 'won', 30_000);
    const { entries } = await control.book(name);
    const accepted = entries.find(({ code }) => code === 1000);
    if (!accepted) throw new Error(`catch: no accepted create of ${name} in the books`);
    delays.push(accepted.at - dropsAt);
  }
  report({ bench: 'catch', figure: 'epp_round_trip_p50', value: roundTrip, unit: 'ms', n: ROUND_TRIPS });
  report({ bench: 'catch', figure: 'freed_to_accepted_p50', value: median(delays), unit: 'ms', n: N });
  report({ bench: 'catch', figure: 'freed_to_accepted_max', value: Math.max(...delays), unit: 'ms', n: N });
  report({
    bench: 'catch',
    figure: 'freed_to_accepted_over_round_trip',
    value: median(delays) / roundTrip,
    unit: 'ratio',
    n: N,
  });
}
