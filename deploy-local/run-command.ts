import { spawn } from 'node:child_process';
import { signalGroup } from './process-group.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the command, and whatever it has started, when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** How much of what a command said is told when it fails. */
const TOLD_LINES = 25;

/** A command could not be started, or ended with another status than 0. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
  readonly output: CommandOutput;

  constructor(message: string, output: CommandOutput) {
    super(message);
    this.output = output;
  }
}

/**
 * Runs a command to its end and gives what it wrote.
 *
 * @throws {@link CommandFailedError} with the last lines that it wrote. @throws AbortError
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: CommandOptions,
): Promise<CommandOutput> {
  signal?.throwIfAborted();
  const output = { stdout: '', stderr: '' };
  const fate = await new Promise<string | undefined>((resolve) => {
    // A process group of its own, so that it can be ended with its children: the CDK runs programs that run programs.
    const child = spawn(command, [...args], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    const end = (): void => {
      if (pid !== undefined) signalGroup(pid, 'SIGTERM');
    };
    signal?.addEventListener('abort', end, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    child.on('error', (error) => resolve(`could not be run: ${error.message}`));
    child.on('close', (status, killedBy) => {
      signal?.removeEventListener('abort', end);
      resolve(status === 0 ? undefined : `ended with ${status ?? killedBy}`);
    });
  });
  signal?.throwIfAborted();
  if (fate === undefined) return output;
  const lines = `${output.stdout}\n${output.stderr}`.split('\n').filter((line) => line.trim() !== '');
  throw new CommandFailedError([`${command} ${fate}`, ...lines.slice(-TOLD_LINES)].join('\n'), output);
}
