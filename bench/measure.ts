/** How figures are taken and said: one JSON object a line, ratios within one run. */
export interface Figure {
  bench: string;
  figure: string;
  value: number;
  unit: string;
  n: number;
}

export const report = (figure: Figure): void =>
  void process.stdout.write(`${JSON.stringify({ ...figure, value: Number(figure.value.toPrecision(4)) })}\n`);

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] as number;

/** Runs `job` for 0..n-1 with so many in flight. Jobs a second. */
export async function perSecond(
  n: number,
  inFlight: number,
  job: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < n) await job(next++);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (n / (performance.now() - begun)) * 1_000;
}

/** How long each of n jobs took, one after the other, in ms. */
export async function timesMs(n: number, job: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < n; index++) {
    const begun = performance.now();
    await job(index);
    times.push(performance.now() - begun);
  }
  return times;
}
