/** One reservation on an idle stack, from the request to its place, beside one bare Update on a running workflow. */
import { domainWorkflowId, placedUpdate } from '../workflows/messages.ts';
import type { Bench } from './main.ts';
import { median, report, timesMs } from './measure.ts';
import { heldNames, reservationOf } from './names.ts';

const N = 60;
const WARM_UP = 5;

export async function benchPlace({ operator, temporal }: Bench): Promise<void> {
  const { client } = await operator.registrar('bench place', { notices: { to: 'nobody' } });
  const names = await heldNames(operator, 'place', N + WARM_UP);
  const placed: string[] = [];
  const times = await timesMs(N + WARM_UP, async (index) => {
    const { status, body } = await client.post('/v1/reservations', reservationOf(names[index] as string));
    if (status !== 201) throw new Error(`place: answered ${status}`);
    placed.push(body.id);
  });
  const handle = temporal.workflow.getHandle(domainWorkflowId(names[0] as string));
  const bare = await timesMs(N + WARM_UP, () =>
    handle.executeUpdate(placedUpdate, { args: [{ reservation: placed[0] as string, waitMs: 1_000 }] }),
  );
  const [request, update] = [times, bare].map((all) => median(all.slice(WARM_UP))) as [number, number];
  report({ bench: 'place', figure: 'request_to_place_p50', value: request, unit: 'ms', n: N });
  report({ bench: 'place', figure: 'bare_update_p50', value: update, unit: 'ms', n: N });
  report({ bench: 'place', figure: 'request_over_bare_update', value: request / update, unit: 'ratio', n: N });
}
