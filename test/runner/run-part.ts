import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessOptions, projectRoot, runProcess } from '../helpers/processes.ts';
import type { Part } from './parts.ts';
import { type Tally, tallyVitest } from './vitest-report.ts';

export interface PartResult extends Tally {
  readonly part: Part;
  readonly seconds: number;
  readonly output: string;
}

/** Runs one part to its end; never throws for what the part does. */
export async function runPart(part: Part, options: ProcessOptions): Promise<PartResult> {
  const start = performance.now();
  const outcome = part.kind === 'gate' ? await runGate(part, options) : await runTests(part, options);
  return { part, seconds: (performance.now() - start) / 1000, ...outcome };
}

type Outcome = Tally & { readonly output: string };

async function runGate(part: Part, options: ProcessOptions): Promise<Outcome> {
  const { status, stdout, stderr } = await runProcess('npm', ['--silent', 'run', part.name], options);
  const tally = status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return { ...tally, remarks: [], output: stdout + stderr };
}

async function runTests(part: Part, options: ProcessOptions): Promise<Outcome> {
  const reportFile = join(projectRoot, '.cache', 'test', `${part.name}.json`);
  await mkdir(join(projectRoot, '.cache', 'test'), { recursive: true });
  await rm(reportFile, { force: true });
  const { status, stdout, stderr } = await runProcess(
    process.execPath,
    [
      join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      `--project=${part.name}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ],
    options,
  );
  const report = await readFile(reportFile, 'utf8').catch(() => undefined);
  return { ...tallyVitest(report, status), output: stdout + stderr };
}
