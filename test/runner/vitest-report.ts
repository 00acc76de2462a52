import * as z from 'zod';

/** As much of vitest's JSON report as the count needs. */
const VitestReportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['passed', 'failed']),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What failed without being a test, or did not run: in words, because vitest's own output may not say it. */
  readonly remarks: readonly string[];
}

/**
 * Counts the tests of one vitest run.
 *
 * Nothing that did not run counts as passed: a file that could not be loaded, a skipped test, a run that found no test
 * and a run that broke outside its tests are failures.
 *
 * @param report - The JSON report's text; `undefined` when vitest did not get as far as writing it.
 * @param status - vitest's exit status.
 */
export function tallyVitest(report: string | undefined, status: number | undefined): Tally {
  const parsed = VitestReportSchema.safeParse(parseJson(report));
  if (!parsed.success) return { passed: 0, failed: 1, remarks: ['vitest wrote no report'] };
  const files = parsed.data.testResults;
  const results = files.flatMap(({ assertionResults }) => assertionResults);
  const passed = results.filter((result) => result.status === 'passed').length;
  const notRun = results.filter((result) => result.status !== 'passed' && result.status !== 'failed');
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'),
  );
  const remarks = [
    ...notRun.map(({ fullName }) => `did not run, which counts as failed: ${fullName}`),
    ...broken.map(({ name }) => `failed outside of its tests: ${name}`),
  ];
  if (results.length === 0) remarks.push('found no test');
  const failed = results.length - passed + broken.length + (results.length === 0 && broken.length === 0 ? 1 : 0);
  if (failed === 0 && status !== 0) {
    return {
      passed,
      failed: 1,
      remarks: [...remarks, `vitest ended with ${status ?? 'a signal'}, though no test failed`],
    };
  }
  return { passed, failed, remarks };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
