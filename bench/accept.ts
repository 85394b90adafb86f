/**
 * Reservations accepted a second at 20 in flight, beside what the same Temporal server does bare. The three are measured in turn, several
 * times over, and the ratio is the median of the rounds': a machine is seldom equally quiet for a minute.
 */
import type { Client } from '@temporalio/client';
import type { EngineClient } from '../dev/engine-client.ts';
import type { Bench } from './main.ts';
import { median, perSecond, report } from './measure.ts';
import { heldNames, reservationOf } from './names.ts';

const ROUNDS = 5;
const N = 100;
const IN_FLIGHT = 20;

const MODES = [
  { figure: 'with_place', headers: {}, wanted: 201 },
  { figure: 'respond_async', headers: { prefer: 'respond-async' }, wanted: 202 },
] as const;

export async function benchAccept({ operator, temporal }: Bench): Promise<void> {
  const { client } = await operator.registrar('bench accept', { notices: { to: 'nobody' } });
  const names = await heldNames(operator, 'accept', (ROUNDS + 1) * MODES.length * N);
  const take = () => names.splice(0, N);
  // The first round warms up what is measured: caches, connections, compiled code.
  for (const mode of MODES) await accepted(client, take(), mode);

  const rounds: { bare: number; rates: number[]; shares: number[] }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await bareSignalWithStart(temporal, round);
    const results = [];
    for (const mode of MODES) results.push(await accepted(client, take(), mode));
    rounds.push({ bare, rates: results.map(({ rate }) => rate), shares: results.map(({ share }) => share) });
  }
  const n = ROUNDS * N;
  const of = (figure: string, value: number, unit: string) => report({ bench: 'accept', figure, value, unit, n });
  of('bare_signal_with_start', median(rounds.map(({ bare }) => bare)), '1/s');
  for (const [index, { figure, wanted }] of MODES.entries()) {
    of(figure, median(rounds.map(({ rates }) => rates[index] as number)), '1/s');
    of(`${figure}_answered_${wanted}`, median(rounds.map(({ shares }) => shares[index] as number)), 'share');
    of(`${figure}_over_bare`, median(rounds.map(({ bare, rates }) => (rates[index] as number) / bare)), 'ratio');
  }
}

function bareSignalWithStart(temporal: Client, round: number): Promise<number> {
  return perSecond(N, IN_FLIGHT, (index) =>
    temporal.workflow.signalWithStart('nobody', {
      workflowId: `bare-${round}-${index}`,
      taskQueue: 'nobody-listens',
      args: [{ name: `bare-${round}-${index}.test` }],
      signal: 'join',
      signalArgs: [{ reservation: `rsv_${index}`, owner: 'o'.repeat(64), onRenewal: 'keep_waiting', dryRun: false }],
    }),
  );
}

async function accepted(client: EngineClient, names: string[], mode: (typeof MODES)[number]) {
  const statuses = new Map<number, number>();
  const rate = await perSecond(names.length, IN_FLIGHT, async (index) => {
    const { status } = await client.post('/v1/reservations', reservationOf(names[index] as string), mode.headers);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  const count = (statuses.get(201) ?? 0) + (statuses.get(202) ?? 0);
  if (count !== names.length) throw new Error(`accept ${mode.figure}: of ${names.length} only ${count} were accepted`);
  // What comes next must not pay for what this left to do.
  await client.until('/v1/reservations?status=placed&limit=1', ({ data }) => data.length === 0, 120_000);
  return { rate, share: (statuses.get(mode.wanted) ?? 0) / names.length };
}
