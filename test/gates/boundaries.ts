import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { projectRoot } from '../helpers/processes.ts';
import { fences } from './fences.ts';

/** What is no source of ours. */
const SKIPPED = new Set(['node_modules', 'cdk.out', 'coverage']);

export interface Crossing {
  readonly fence: string;
  readonly from: string;
  readonly to: string;
}

export interface BoundaryReport {
  readonly files: readonly string[];
  /** Files that were not looked at; a cruise that passes because it saw nothing must not pass. */
  readonly missed: readonly string[];
  readonly crossings: readonly Crossing[];
}

/** Holds every TypeScript file below a folder against the {@link fences}. */
export async function checkBoundaries(root: string): Promise<BoundaryReport> {
  const files = await typescriptFiles(root);
  const { output } = await cruise([...files], {
    baseDir: root,
    ruleSet: { forbidden: [...fences] },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  });
  if (!isCruiseResult(output)) throw new Error('dependency-cruiser gave text where a result was expected');
  const seen = new Set(output.modules.map(({ source }) => source));
  return {
    files,
    missed: files.filter((file) => !seen.has(file)),
    crossings: output.summary.violations.map(({ rule, from, to }) => ({ fence: rule.name, from, to })),
  };
}

function isCruiseResult(output: ICruiseResult | string): output is ICruiseResult {
  return typeof output !== 'string';
}

async function typescriptFiles(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const rooms = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name),
  );
  const perRoom = await Promise.all(
    rooms.map(async ({ name }) => {
      const names = await readdir(join(root, name), { recursive: true });
      return names.filter((file) => file.endsWith('.ts')).map((file) => `${name}/${file}`);
    }),
  );
  return perRoom.flat().sort();
}

/** @returns The lines to print; none when nothing is wrong. */
export function describeFaults({ files, missed, crossings }: BoundaryReport): readonly string[] {
  const why = new Map(fences.map(({ name, comment }) => [name, comment]));
  return [
    ...(files.length === 0 ? ['found no TypeScript file to look at'] : []),
    ...missed.map((file) => `${file} was not looked at`),
    ...crossings.map(({ fence, from, to }) => `${from} imports ${to}: ${why.get(fence ?? '')} (${fence})`),
  ];
}

if (import.meta.main) {
  const report = await checkBoundaries(projectRoot);
  const faults = describeFaults(report);
  const closing = faults.length === 0 ? `${report.files.length} files, no fence crossed` : `${faults.length} faults`;
  process.stdout.write(`${[...faults, closing].join('\n')}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
