/** Which faults strike when, what they strike, and how long each lasts before it is healed. */
import type { From, To } from '../faults.ts';
import type { Slowness, Way } from '../links.ts';
import type { ProcessName } from '../stack.ts';
import type { Dice } from './dice.ts';

export type Fault =
  | { kind: 'kill9' | 'stop' | 'freeze'; process: ProcessName }
  | { kind: 'cut'; from: From; to: To }
  | { kind: 'black_hole'; from: From; to: To; only?: Way }
  | { kind: 'slow'; from: From; to: To; how: Slowness }
  | { kind: 'full_disk' };

export interface PlannedFault {
  atMs: number;
  /** Healed so long after. */
  forMs: number;
  fault: Fault;
}

const PROCESSES: readonly (readonly [number, ProcessName])[] = [
  [4, 'workers'],
  [4, 'catcher'],
  [4, 'api'],
  [3, 'mongo'],
  [3, 'temporal'],
  [3, 'sandbox'],
  [2, 'mail'],
];
const LINKS: readonly (readonly [number, { from: From; to: To }])[] = [
  [3, { from: 'api', to: 'temporal' }],
  [3, { from: 'api', to: 'mongo' }],
  [1, { from: 'api', to: 'sandbox' }],
  [3, { from: 'workers', to: 'temporal' }],
  [4, { from: 'workers', to: 'mongo' }],
  [2, { from: 'workers', to: 'mail' }],
  [4, { from: 'workers', to: 'sandbox' }],
  [2, { from: 'catcher', to: 'temporal' }],
  [2, { from: 'catcher', to: 'mongo' }],
  [4, { from: 'catcher', to: 'epp' }],
];

/** One after the other begins, some before the last is healed; never two on one process or link at once. */
export function planFaults(dice: Dice, durationMs: number): PlannedFault[] {
  const faults: PlannedFault[] = [];
  const busyUntil = new Map<string, number>();
  for (let atMs = dice.between(500, 3_000); atMs < durationMs; atMs += dice.between(800, 6_000)) {
    const fault = oneFault(dice);
    const forMs = dice.percent(60) ? dice.between(0, 2_500) : dice.between(2_500, 12_000);
    const struck = 'process' in fault ? fault.process : 'from' in fault ? `${fault.from} ${fault.to}` : 'disk';
    if ((busyUntil.get(struck) ?? 0) > atMs) continue;
    busyUntil.set(struck, atMs + forMs + 500);
    faults.push({ atMs, forMs, fault });
  }
  return faults;
}

function oneFault(dice: Dice): Fault {
  const process = () => dice.weighed(PROCESSES);
  const link = () => dice.weighed(LINKS);
  return dice.weighed<() => Fault>([
    [20, () => ({ kind: 'kill9', process: process() })],
    [12, () => ({ kind: 'stop', process: process() })],
    [16, () => ({ kind: 'freeze', process: process() })],
    [18, () => ({ kind: 'cut', ...link() })],
    [10, () => ({ kind: 'black_hole', ...link() })],
    // The request arrives, and its answer never does.
    [8, () => ({ kind: 'black_hole', ...link(), only: 'answers' })],
    [12, () => ({ kind: 'slow', ...link(), how: { latencyMs: dice.between(50, 1_500), jitterMs: 50 } })],
    [4, () => ({ kind: 'full_disk' })],
  ])();
}
