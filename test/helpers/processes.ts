import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the checkout: where every command of the project runs. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface ProcessResult {
  /** The exit status; `undefined` when a signal ended the process or it could not be started. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutSeconds?: number;
  /** Ends the process, and whatever it has started, with SIGTERM when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end. A command that cannot be started is a result too: no status, the reason in `stderr`. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { cwd = projectRoot, env = process.env, timeoutSeconds, signal }: ProcessOptions = {},
): Promise<ProcessResult> {
  return await new Promise((resolve) => {
    const timeout = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
    // With a process group of its own, whatever it starts in turn can be ended along with it.
    const detached = signal !== undefined;
    const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout, detached });
    const endGroup = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    };
    signal?.addEventListener('abort', endGroup, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => {
      resolve({ status: undefined, stdout, stderr: `${stderr}${error.message}` });
    });
    child.on('close', (status) => {
      signal?.removeEventListener('abort', endGroup);
      resolve({ status: status ?? undefined, stdout, stderr });
    });
  });
}
