import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunningTenant } from '../local/greeting.ts';
import { projectFolder } from './project-folder.ts';
import { runCommand } from './run-command.ts';

/** As much as is needed of what `tenants create` and `tokens rotate` answer. */
export const RunningTenantSchema = z.object({ tenant: z.string(), tenantUrl: z.url(), token: z.string() });

const ShownTenantSchema = z.object({ tenantUrl: z.url() });

/** By tenant. */
const TokensSchema = z.record(z.string(), z.string());

export interface TenantsOptions {
  /** Configuration of the deployment. */
  readonly configPath: string;
  /** The region that they belong to, as the configuration names it. */
  readonly region: string;
  /** From `emulatedAwsEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
  /** Where the tokens of former runs are: nobody can look them up again. */
  readonly dataFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the tenants with the operator's command line, where they are missing, and gives what it printed for each. */
export async function ensureTenants(
  names: readonly string[],
  options: TenantsOptions,
): Promise<readonly RunningTenant[]> {
  const path = join(options.dataFolder, 'tokens.json');
  const tokens = new Map(Object.entries(await readTokens(path)));
  const running: RunningTenant[] = [];
  for (const name of names) {
    const known = tokens.get(name);
    if (known !== undefined) {
      const { tenantUrl } = ShownTenantSchema.parse(await runCli(['tenants', 'show', name], options));
      running.push({ tenant: name, tenantUrl, token: known });
      continue;
    }
    const { tenant, tenantUrl, token } = RunningTenantSchema.parse(await runCli(['tenants', 'create', name], options));
    // A replay removes all that it has made, which the guard is there to stop.
    await runCli(['guard', 'set', name, '--mode', 'off'], options);
    running.push({ tenant, tenantUrl, token });
    tokens.set(name, token);
    await writeFile(path, JSON.stringify(Object.fromEntries(tokens)), { mode: 0o600 });
  }
  return running;
}

/** Runs `scim-stack … --json`, and gives what it answered. */
export async function runCli(
  args: readonly string[],
  { configPath, region, env, signal }: Omit<TenantsOptions, 'dataFolder'>,
): Promise<unknown> {
  const program = join(projectFolder, 'cli', 'main.ts');
  const options = ['--config', configPath, '--region', region, '--json'];
  const { stdout } = await runCommand(process.execPath, [program, ...args, ...options], {
    cwd: projectFolder,
    env,
    signal,
  });
  return JSON.parse(stdout);
}

async function readTokens(path: string): Promise<z.infer<typeof TokensSchema>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '{}';
  });
  return TokensSchema.parse(JSON.parse(text));
}
