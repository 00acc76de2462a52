import type { Bench, Ratio, Target } from './benchmark.ts';

/** Does some work and tells what it measured of it: a rate, a time, a size. */
export type Trial = () => Promise<number> | number;

/**
 * Lets contestants take turns (A B C A B C …), so that whatever else the machine does disturbs all of them alike.
 *
 * @param rounds - By default nine, of which the first does not count: code is not compiled yet.
 * @returns The median of each one's trials.
 */
export async function takeTurns<Name extends string>(
  bench: Bench,
  contestants: Readonly<Record<Name, Trial>>,
  rounds = bench.pick({ full: 9, quick: 4, smoke: 2 }),
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(contestants) as Name[];
  const values = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const value = await contestants[name]();
      if (round > 0) values.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(values.get(name) ?? [])])) as Record<Name, number>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

export function ratioOf(of: string, left: number, right: number, target?: Target): Ratio {
  return { of, value: left / right, ...(target === undefined ? {} : { target }) };
}

/** Milliseconds that the work takes. */
export async function timeOf(work: () => Promise<unknown> | unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * Calls that a second of this process's processor time pays for: unlike the clock's time it does not grow while others
 * use the processor. For work without I/O.
 */
export function callsPerCpuSecond(bench: Bench, call: () => void): number {
  const budgetMillis = bench.pick({ full: 400, quick: 200, smoke: 1 });
  const started = process.cpuUsage();
  let calls = 0;
  for (let batch = 1; ; batch *= 2) {
    for (let i = 0; i < batch; i += 1) call();
    calls += batch;
    const { user, system } = process.cpuUsage(started);
    const usedMillis = (user + system) / 1000;
    if (usedMillis >= budgetMillis) return (calls / usedMillis) * 1000;
  }
}
