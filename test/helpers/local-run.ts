import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { projectRoot } from './processes.ts';

const TenantLineSchema = z.strictObject({ tenant: z.string(), tenantUrl: z.url(), token: z.string() });

/** One line of `npm --silent start -- --json`, and of `npm --silent run deploy:local -- --json`: a tenant, and the two strings that its administrator is given. */
export type RunningTenant = z.infer<typeof TenantLineSchema>;

/** What can be run: the npm script, the file behind it, and how long it may take to come up. */
const programs = {
  start: { npm: ['start'], file: 'local/main.ts', deadlineSeconds: 60 },
  'deploy:local': { npm: ['run', 'deploy:local'], file: 'deploy-local/main.ts', deadlineSeconds: 600 },
} as const;

export interface LocalRunOptions {
  /** Default: `start`. */
  readonly program?: keyof typeof programs;
  /** Another build of the program, which Node runs. */
  readonly file?: string;
  /** Where the directory is kept; by default a new folder that goes when the run is stopped. */
  readonly dataFolder?: string;
  readonly tenants?: readonly string[];
  /** `npm` runs the script as a user does; `node` the program alone, for tests that must signal the very process. */
  readonly through?: 'npm' | 'node';
  /** Puts the run into a process group of its own, as a shell does, so that a test can press Ctrl-C. */
  readonly ownProcessGroup?: boolean;
  /** More options of `npm start`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface LocalRun {
  readonly tenants: readonly RunningTenant[];
  /** The first tenant. */
  readonly tenant: RunningTenant;
  readonly dataFolder: string;
  /** npm, or the program itself if the run was started through `node`. */
  readonly process: ChildProcess;
  /** All that the run has written so far. */
  stdout(): string;
  stderr(): string;
  /** Sends the signal (SIGTERM) to {@link process}, waits for its end, and gives its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | undefined>;
}

/** Starts `npm start`, or another program, on a free port as a user would, and waits until it has named every tenant. */
export async function startLocalRun({
  program = 'start',
  file,
  dataFolder,
  tenants = ['demo'],
  through = file === undefined ? 'npm' : 'node',
  ownProcessGroup = false,
  args = [],
  env = process.env,
}: LocalRunOptions = {}): Promise<LocalRun> {
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'scim-stack-run-')));
  const options = ['--json', '--port', '0', '--data', folder, '--tenants', tenants.join(','), ...args];
  const { npm, file: ownFile, deadlineSeconds } = programs[program];
  const [command, ...before] =
    through === 'npm' ? ['npm', '--silent', ...npm, '--'] : [process.execPath, file ?? ownFile];
  const child = spawn(command, [...before, ...options], {
    cwd: projectRoot,
    env,
    detached: ownProcessGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const ended = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | undefined> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await ended;
    }
    if (dataFolder === undefined) await rm(folder, { recursive: true, force: true });
    return child.exitCode ?? undefined;
  };
  try {
    const running = await readTenants(child, tenants.length, written, deadlineSeconds);
    const [tenant] = running;
    if (tenant === undefined) throw new Error('startLocalRun needs at least one tenant');
    return {
      tenants: running,
      tenant,
      dataFolder: folder,
      process: child,
      stdout: () => written.stdout,
      stderr: () => written.stderr,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${program} did not come up\n${written.stdout}${written.stderr}`, { cause: error });
  }
}

async function readTenants(
  child: ChildProcess,
  count: number,
  written: { stdout: string },
  deadlineSeconds: number,
): Promise<readonly RunningTenant[]> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the run was started without a pipe');
  return await new Promise((resolve, reject) => {
    const tenants: RunningTenant[] = [];
    const late = setTimeout(() => {
      reject(new Error(`nothing after ${deadlineSeconds} s`));
    }, deadlineSeconds * 1000);
    child.once('exit', (status) => {
      clearTimeout(late);
      reject(new Error(`it ended with ${status ?? 'a signal'}`));
    });
    createInterface({ input: stdout }).on('line', (line) => {
      written.stdout += `${line}\n`;
      if (tenants.length >= count) return;
      const parsed = TenantLineSchema.safeParse(parseJson(line));
      if (!parsed.success) {
        clearTimeout(late);
        reject(new Error(`not a tenant: ${line}`));
        return;
      }
      tenants.push(parsed.data);
      if (tenants.length === count) {
        clearTimeout(late);
        resolve(tenants);
      }
    });
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
