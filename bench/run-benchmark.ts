import type { Bench, Benchmark, Finding, Size } from './benchmark.ts';

export interface BenchmarkResult {
  readonly benchmark: Benchmark;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** A benchmark was ended early. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/**
 * Runs one benchmark to its end, and undoes what it asks to have undone, however it ends.
 *
 * @param signal - Ends it early.
 * @throws InterruptedError then.
 */
export async function runBenchmark(
  benchmark: Benchmark,
  size: Size,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<BenchmarkResult> {
  const started = performance.now();
  const atEnd: (() => Promise<unknown>)[] = [];
  const bench: Bench = {
    size,
    pick: (bySize) => bySize[size],
    say,
    onEnd: (work) => {
      atEnd.unshift(work);
    },
  };
  try {
    const findings = await Promise.race([benchmark.run(bench), untilAborted(signal)]);
    return { benchmark, findings, seconds: (performance.now() - started) / 1000 };
  } finally {
    for (const work of atEnd) await work();
  }
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new InterruptedError('interrupted')), { once: true });
  });
}
