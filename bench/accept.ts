/** Reservations accepted a second at 20 in flight, beside what the same Temporal server does bare. */
import type { Bench } from './main.ts';
import { perSecond, report } from './measure.ts';
import { heldNames, reservationOf } from './names.ts';

const N = 300;
const IN_FLIGHT = 20;

export async function benchAccept({ operator, temporal }: Bench): Promise<void> {
  const bare = await perSecond(N, IN_FLIGHT, (index) =>
    temporal.workflow.signalWithStart('nobody', {
      workflowId: `bare-${index}`,
      taskQueue: 'nobody-listens',
      args: [{ name: `bare-${index}.test` }],
      signal: 'join',
      signalArgs: [{ reservation: `rsv_${index}`, owner: 'o'.repeat(64), onRenewal: 'keep_waiting', dryRun: false }],
    }),
  );
  report({ bench: 'accept', figure: 'bare_signal_with_start', value: bare, unit: '1/s', n: N });
  const { client } = await operator.registrar('bench accept', { notices: { to: 'nobody' } });

  for (const [figure, headers, wanted] of [
    ['with_place', {}, 201],
    ['respond_async', { prefer: 'respond-async' }, 202],
  ] as const) {
    const names = await heldNames(operator, `accept-${figure.replace('_', '-')}`, N);
    const statuses = new Map<number, number>();
    const rate = await perSecond(N, IN_FLIGHT, async (index) => {
      const { status } = await client.post('/v1/reservations', reservationOf(names[index] as string), headers);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    const accepted = (statuses.get(201) ?? 0) + (statuses.get(202) ?? 0);
    if (accepted !== N) throw new Error(`accept ${figure}: of ${N} only ${accepted} were accepted`);
    report({ bench: 'accept', figure, value: rate, unit: '1/s', n: N });
    report({
      bench: 'accept',
      figure: `${figure}_answered_${wanted}`,
      value: (statuses.get(wanted) ?? 0) / N,
      unit: 'share',
      n: N,
    });
    report({ bench: 'accept', figure: `${figure}_over_bare`, value: rate / bare, unit: 'ratio', n: N });
    // The next figure must not pay for what this one left to do.
    await client.until('/v1/reservations?status=placed&limit=1', ({ data }) => data.length === 0, 120_000);
  }
}
