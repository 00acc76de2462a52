import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunningTenant } from './local-run.ts';
import { runProcess } from './processes.ts';

/** How large the replays of the conformance tests are. */
export const REPLAY_SIZE = { users: 1000, groups: 20, cycles: 2 } as const;
export type ReplaySize = Readonly<Record<keyof typeof REPLAY_SIZE, number>>;
/** Of variants that differ little from one that is played whole. */
export const SMALL_REPLAY: ReplaySize = { users: 250, groups: 10, cycles: 2 };

/** One customer's identity provider. */
export interface ReplayVariant {
  readonly args: readonly string[];
  /** Whether it provisions groups. */
  readonly hasGroups: boolean;
  /** Default: that of the test's others. */
  readonly size?: ReplaySize;
}

const mappings = [
  { mapping: 'default', hasGroups: true },
  { mapping: 'mail-objectid', hasGroups: false },
  { mapping: 'email', hasGroups: true },
  { mapping: 'employee-number', hasGroups: true },
] as const;

const oktaVariants: readonly ReplayVariant[] = ['put', 'patch'].map((flavour) => ({
  args: ['--client', 'okta', '--flavour', flavour],
  hasGroups: true,
}));

/** Each of Entra's mappings with each of these dialects (`both`: one and the other by turns), and Okta's two flavours. */
export function replayVariants(dialects: readonly ('unflagged' | 'flagged' | 'both')[]): readonly ReplayVariant[] {
  const entraVariants = mappings.flatMap(({ mapping, hasGroups }) =>
    dialects.map((dialect) => ({
      args: ['--client', 'entra', '--mapping', mapping, '--dialect', dialect],
      hasGroups,
    })),
  );
  return [...entraVariants, ...oktaVariants];
}

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
  size: ReplaySize = REPLAY_SIZE,
): Promise<ReplayResult> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-stack-replay-'));
  try {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, tenant.token, { mode: 0o600 });
    return await runReplayByFile(tenant.tenantUrl, tokenFile, args, size);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As {@link runReplay}, with the token in a file, which may change meanwhile. */
export async function runReplayByFile(
  tenantUrl: string,
  tokenFile: string,
  args: readonly string[],
  size: ReplaySize,
): Promise<ReplayResult> {
  const sizes = Object.entries(size).flatMap(([name, count]) => [`--${name}`, String(count)]);
  const options = ['--tenant-url', tenantUrl, '--token-file', tokenFile, '--json', ...sizes, ...args];
  const { status, stdout, stderr } = await runProcess('npm', ['--silent', 'run', 'replay', '--', ...options]);
  const report = ReplayReportSchema.safeParse(parseJson(stdout));
  if (!report.success) throw new Error(`replay ended with ${status} and without a report:\n${stdout}${stderr}`);
  return { status, report: report.data, stderr };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
