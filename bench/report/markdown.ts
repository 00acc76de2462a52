import { type Finding, isMet } from '../benchmark.ts';
import type { Machine } from '../machine.ts';
import type { BenchmarkResult } from '../run-benchmark.ts';
import { toFigure, toRatio, toTarget } from './numbers.ts';

/** The results as they are kept in the repository: the targets first, then each benchmark with what it measured. */
export function toMarkdown(machine: Machine, results: readonly BenchmarkResult[]): string {
  const aimed = results.flatMap(({ findings }) => findings.filter(({ ratio }) => ratio?.target !== undefined));
  const met = aimed.filter(({ ratio }) => ratio !== undefined && isMet(ratio) === true);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return [
    '# Results of the benchmarks',
    '',
    'Written by `npm run bench`; not to be edited. Each ratio is of two things measured in this one run, in turns: the numbers',
    'beside it say little of another machine. What is measured, and why it is fair: [docs/benchmarks.md](../docs/benchmarks.md).',
    '',
    ...describe(machine, seconds),
    '',
    `## Targets: ${met.length} of ${aimed.length} met`,
    '',
    '| what | ratio | measured | target | |',
    '|---|---|---|---|---|',
    ...aimed.map(toTargetRow),
    ...results.flatMap(toSection),
    '',
  ].join('\n');
}

function describe({ cpu, cores, memoryGb, node, versions, date }: Machine, seconds: number): readonly string[] {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `- ${date}, in ${Math.round(seconds / 60)} minutes`,
    `- ${cpu}, ${cores} cores, ${memoryGb} GB of memory; Node ${node}`,
    `- ${packages.join(', ')}`,
  ];
}

function toTargetRow({ what, ratio }: Finding): string {
  if (ratio === undefined) return '';
  const verdict = isMet(ratio) === true ? 'met' : '**missed**';
  return toRow([what, ratio.of, toRatio(ratio.value), toTarget(ratio), verdict]);
}

function toSection({ benchmark, findings }: BenchmarkResult): readonly string[] {
  const notes = findings.flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}`]));
  return [
    '',
    `## ${benchmark.name}`,
    '',
    benchmark.method.trim(),
    '',
    '| what | measured | ratio |',
    '|---|---|---|',
    ...findings.map(({ what, figures, ratio }) =>
      toRow([
        what,
        figures.map(toFigure).join('<br>'),
        ratio === undefined ? '' : `${toRatio(ratio.value)} (${ratio.of})`,
      ]),
    ),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ];
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
