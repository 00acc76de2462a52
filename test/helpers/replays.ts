import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunningTenant } from './local-run.ts';
import { runProcess } from './processes.ts';

/** How large the replays of the conformance tests are. */
export const REPLAY_SIZE = { users: 1000, groups: 20, cycles: 2 } as const;

/**
 * What the conformance tests replay: each of Entra's mappings, its cycles in one dialect and the other by turns, and
 * Okta's two flavours.
 */
export const replayVariants: readonly (readonly string[])[] = [
  ['--client', 'entra', '--dialect', 'both', '--mapping', 'default'],
  ['--client', 'entra', '--dialect', 'both', '--mapping', 'mail-objectid'],
  ['--client', 'entra', '--dialect', 'both', '--mapping', 'email'],
  ['--client', 'entra', '--dialect', 'both', '--mapping', 'employee-number'],
  ['--client', 'okta', '--flavour', 'put'],
  ['--client', 'okta', '--flavour', 'patch'],
];

const ReplayReportSchema = z.object({
  outcome: z.string(),
  requests: z.number(),
  errorCount: z.number(),
  errors: z.array(z.unknown()),
  finalState: z.object({
    users: z.number(),
    groups: z.number(),
    differenceCount: z.number(),
    differences: z.array(z.unknown()),
  }),
});

export type ReplayReport = z.infer<typeof ReplayReportSchema>;

export interface ReplayResult {
  readonly status: number | undefined;
  readonly report: ReplayReport;
  /** What it said besides its report. */
  readonly stderr: string;
}

/** Runs `npm run replay` against a tenant, as a vendor would; the token stays out of the list of processes. */
export async function runReplay(
  tenant: RunningTenant,
  args: readonly string[],
  size: Readonly<Record<keyof typeof REPLAY_SIZE, number>> = REPLAY_SIZE,
): Promise<ReplayResult> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-stack-replay-'));
  try {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, tenant.token, { mode: 0o600 });
    const sizes = Object.entries(size).flatMap(([name, count]) => [`--${name}`, String(count)]);
    const options = ['--tenant-url', tenant.tenantUrl, '--token-file', tokenFile, '--json', ...sizes, ...args];
    const { status, stdout, stderr } = await runProcess('npm', ['--silent', 'run', 'replay', '--', ...options]);
    const report = ReplayReportSchema.safeParse(parseJson(stdout));
    if (!report.success) throw new Error(`replay ended with ${status} and without a report:\n${stdout}${stderr}`);
    return { status, report: report.data, stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
