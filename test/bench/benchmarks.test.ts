import { describe, expect, it } from 'vitest';
import { benchmarks } from '../../bench/benchmarks.ts';
import { describeMachine } from '../../bench/machine.ts';
import { toMarkdown } from '../../bench/report/markdown.ts';
import { describeFinding } from '../../bench/report/text.ts';
import { runBenchmark } from '../../bench/run-benchmark.ts';

/** Each once, as small as it can be: what it measures then says nothing, but that it measures it is held. */
describe.each(benchmarks)('npm run bench -- $name', (benchmark) => {
  it('runs to its end and tells what it found', async () => {
    const result = await runBenchmark(benchmark, 'smoke', () => undefined, new AbortController().signal);
    expect(result.findings).not.toEqual([]);
    for (const { figures, ratio } of result.findings) {
      for (const { value } of figures) expect(value).toBeGreaterThanOrEqual(0);
      if (ratio !== undefined) expect(ratio.value).toBeGreaterThan(0);
    }
    const markdown = toMarkdown(describeMachine(), [result]);
    for (const finding of result.findings) {
      expect(markdown).toContain(finding.what);
      expect(describeFinding(finding)).toContain(finding.what);
    }
  });
});
