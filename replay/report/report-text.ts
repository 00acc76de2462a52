import type { LatencySummary } from './recorder.ts';
import type { Report } from './report.ts';

/** The report for people. */
export function toText(report: Report): string {
  return [
    `${report.client} (${report.variant}) against ${report.tenantUrl}, seed ${report.seed}`,
    `${report.requests} requests in ${report.seconds} s, ${report.requestsPerSecond} a second`,
    ...table(report.latencies),
    ...section(
      'Sent again',
      report.retries.map(({ cause, request, count }) => `${count} x ${request}: ${cause}`),
    ),
    ...section(
      `Errors: ${report.errorCount}`,
      report.errors.flatMap(({ check, request, count, samples }) => [
        `${count} x ${request}: ${check}`,
        ...samples.map((sample) => `    ${sample}`),
      ]),
    ),
    ...finalStateLines(report),
    ...leftLines(report),
    '',
    verdict(report),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function table(latencies: readonly LatencySummary[]): string[] {
  const columns = ['count', 'p50', 'p95', 'p99', 'max'] as const;
  const width = Math.max(12, ...latencies.map(({ request }) => request.length));
  const row = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  if (latencies.length === 0) return [];
  return [
    '',
    row('milliseconds', columns),
    ...latencies.map((latency) =>
      row(
        latency.request,
        columns.map((column) => (column === 'count' ? String(latency.count) : latency[column].toFixed(1))),
      ),
    ),
  ];
}

function finalStateLines({ finalState }: Report): string[] {
  if (finalState === undefined) return ['', 'The final state was not compared.'];
  const { users, groups, memberships, differenceCount, differences } = finalState;
  const what = `${users} users, ${groups} groups, ${memberships} memberships`;
  if (differenceCount === 0) return ['', `Final state: ${what}, all as sent`];
  const more = differenceCount - differences.length;
  return section(`Final state: ${what} sent, ${differenceCount} differences`, [
    ...differences,
    ...(more > 0 ? [`… and ${more} more`] : []),
  ]);
}

function leftLines({ left, seed }: Report): string[] {
  if (left.users + left.groups === 0) return [];
  return [
    '',
    `Left in the directory: ${left.users} users, ${left.groups} groups; --seed ${seed} --clean deletes them.`,
  ];
}

function verdict({ outcome, stoppedBecause, errorCount, finalState }: Report): string {
  switch (outcome) {
    case 'passed':
      return 'PASSED: every answer was right, and so is the final state.';
    case 'failed':
      return `FAILED: ${errorCount} errors, ${finalState?.differenceCount ?? 0} differences in the final state.`;
    case 'interrupted':
      return 'INTERRUPTED: this is as far as it came.';
    case 'refused':
    case 'unreachable':
    case 'unusable':
      return `STOPPED: ${stoppedBecause ?? outcome}`;
  }
}
