import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { benchmarks } from './benchmarks.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, createProgram, UnknownBenchmarkError } from './options.ts';
import { createProgress } from './progress.ts';
import { toJson } from './report/json.ts';
import { toMarkdown } from './report/markdown.ts';
import { describeFinding } from './report/text.ts';
import { type BenchmarkResult, InterruptedError, runBenchmark } from './run-benchmark.ts';

const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const USAGE_STATUS = 2;
const INTERRUPTED_STATUS = 130;

async function run({ benchmarks: chosen, quick, json }: BenchOptions): Promise<void> {
  const progress = createProgress(process.stderr);
  const interruption = new AbortController();
  const interrupt = (): void => {
    // The first asks for an orderly end; who asks again wants it at once.
    if (interruption.signal.aborted) process.exit(INTERRUPTED_STATUS);
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const results: BenchmarkResult[] = [];
  for (const benchmark of chosen) {
    progress.say(benchmark.name, 'starts');
    const say = (line: string): void => progress.say(benchmark.name, line);
    const result = await runBenchmark(benchmark, quick ? 'quick' : 'full', say, interruption.signal);
    progress.end();
    results.push(result);
    if (!json) for (const finding of result.findings) process.stdout.write(`${describeFinding(finding)}\n`);
  }
  const machine = describeMachine();
  if (json) process.stdout.write(`${JSON.stringify(toJson(machine, results))}\n`);
  if (quick || chosen.length < benchmarks.length) return;
  await writeFile(RESULTS, toMarkdown(machine, results));
  if (!json) process.stdout.write('\nwritten to bench/RESULTS.md\n');
}

try {
  await createProgram(benchmarks, run).parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  // What an interrupted benchmark still has in hand is not waited for.
  if (error instanceof InterruptedError) process.exit(INTERRUPTED_STATUS);
  process.exitCode = error instanceof UnknownBenchmarkError ? USAGE_STATUS : 1;
}
