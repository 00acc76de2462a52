import { type Finding, isMet } from '../benchmark.ts';
import type { Machine } from '../machine.ts';
import type { BenchmarkResult } from '../run-benchmark.ts';

/** What `--json` prints. */
export interface BenchReport {
  readonly machine: Machine;
  readonly results: readonly (Finding & { readonly benchmark: string; readonly met?: boolean })[];
}

export function toJson(machine: Machine, results: readonly BenchmarkResult[]): BenchReport {
  return {
    machine,
    results: results.flatMap(({ benchmark, findings }) =>
      findings.map((finding) => {
        const met = finding.ratio && isMet(finding.ratio);
        return { benchmark: benchmark.name, ...finding, ...(met === undefined ? {} : { met }) };
      }),
    ),
  };
}
