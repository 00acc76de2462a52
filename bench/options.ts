import { Command } from 'commander';
import type { Benchmark } from './benchmark.ts';

export interface BenchOptions {
  /** What runs; all of them where none is named. */
  readonly benchmarks: readonly Benchmark[];
  readonly quick: boolean;
  readonly json: boolean;
}

/** There is no benchmark of a name that was given. */
export class UnknownBenchmarkError extends Error {
  override readonly name = 'UnknownBenchmarkError';
}

/**
 * The command line of `npm run bench`.
 *
 * @param run - Called with what was asked for.
 */
export function createProgram(
  benchmarks: readonly Benchmark[],
  run: (options: BenchOptions) => Promise<void>,
): Command {
  const width = Math.max(...benchmarks.map(({ name }) => name.length));
  return new Command('npm run bench --')
    .description(
      'Measures how fast scim-stack is, next to what people use today and to what the ground it stands on allows.',
    )
    .argument('[names...]', 'benchmarks; all of them where none is named')
    .option('--quick', 'smaller sizes: a first look within a few minutes, not to be quoted', false)
    .option('--json', 'print the results as one JSON object', false)
    .addHelpText(
      'after',
      `
Benchmarks:
${benchmarks.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}

A result is a ratio of two things that were measured in the same run on the same machine, in turns; the absolute numbers
beside it say little of another machine. Leave the machine alone meanwhile: a full run takes about a quarter of an hour.
dynamodb needs Java 17 (SCIM_STACK_JAVA names one; else the machine's own, or else one from PyPI).

A full run of all benchmarks writes bench/RESULTS.md; any other only prints. docs/benchmarks.md says what each measures, and
what makes it fair. npm test runs each once in its smallest size, so that none is broken when it is needed.

Examples:
  npm run bench                        everything, and bench/RESULTS.md
  npm run bench -- filter patch        the engine alone
  npm run bench -- replay --quick      a first look, after a change
  npm --silent run bench -- --json     for scripts`,
    )
    .showHelpAfterError('(npm run bench -- --help tells the options)')
    .action(async (names: readonly string[], { quick, json }: Pick<BenchOptions, 'quick' | 'json'>) => {
      await run({ benchmarks: select(benchmarks, names), quick, json });
    });
}

function select(benchmarks: readonly Benchmark[], names: readonly string[]): readonly Benchmark[] {
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    const known = benchmarks.map(({ name }) => name).join(', ');
    throw new UnknownBenchmarkError(`no benchmark is called ${unknown.join(', ')}; there are ${known}`);
  }
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}
