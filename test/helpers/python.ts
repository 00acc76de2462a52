import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MissingNeedError } from './missing-need.ts';
import { projectRoot, runProcess } from './processes.ts';

const venv = join(projectRoot, '.cache', 'venv');
const requirementsFile = join(projectRoot, 'test', 'conformance', 'requirements.txt');

/** The interpreter of the virtual environment; there once {@link preparePython} is through. */
export const venvPython = join(venv, 'bin', 'python');

/** Tells the reader what is being fetched, for it takes a while. */
export type Report = (line: string) => void;

/**
 * Sees to it that `.cache/venv` holds the Python packages of `test/conformance/requirements.txt`, and gives its
 * interpreter. Made once: made anew when the requirements or the machine's Python change.
 *
 * @throws MissingNeedError
 */
export async function preparePython(report: Report = () => undefined): Promise<string> {
  const version = await findPython();
  await prepareVenv(version, report);
  const requirements = await readFile(requirementsFile, 'utf8');
  await installOnce('requirements', requirements, ['-r', requirementsFile], report);
  return venvPython;
}

/**
 * Sees to it that the virtual environment has one more package, and gives its interpreter.
 *
 * @throws MissingNeedError
 */
export async function prepareExtraPackage(requirement: string, report: Report = () => undefined): Promise<string> {
  await prepareVenv(await findPython(), report);
  await installOnce(requirement.replaceAll(/[^\w.-]/gu, '_'), requirement, [requirement], report);
  return venvPython;
}

async function findPython(): Promise<string> {
  const found = await runProcess('python3', ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
  const version = found.stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (found.status === 0 && (major > 3 || (major === 3 && minor >= 10))) return version;
  const got = found.status === 0 ? `python3 is ${version}` : 'there is no python3';
  throw new MissingNeedError(`the tests need Python >= 3.10, and ${got}: apt-get install python3 python3-venv`);
}

async function prepareVenv(version: string, report: Report): Promise<void> {
  if (await isDone('python', version)) return;
  report(`making a virtual environment for Python ${version} in .cache/venv`);
  await rm(venv, { recursive: true, force: true });
  await mkdir(venv, { recursive: true });
  const made = await runProcess('python3', ['-m', 'venv', venv]);
  if (made.status !== 0) {
    await rm(venv, { recursive: true, force: true });
    throw new MissingNeedError(
      `python3 -m venv failed (${lastLine(made.stdout + made.stderr)}): apt-get install python3-venv`,
    );
  }
  await markDone('python', version);
}

async function installOnce(mark: string, content: string, args: readonly string[], report: Report): Promise<void> {
  if (await isDone(mark, content)) return;
  report(`fetching ${args.at(-1)?.startsWith(projectRoot) ? 'the SCIM clients' : args.at(-1)} from PyPI`);
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--retries',
    '2',
    ...args,
  ];
  const installed = await runProcess(venvPython, pip);
  if (installed.status !== 0) {
    throw new MissingNeedError(
      `pip failed (${lastLine(installed.stderr)}): with a way to PyPI, run ${venvPython} -m pip install ${args.join(' ')}`,
    );
  }
  await markDone(mark, content);
}

/** Each finished piece of work leaves the digest of what it was made from, so that half a venv is never taken for one. */
async function isDone(mark: string, content: string): Promise<boolean> {
  return (await readFile(markFile(mark), 'utf8').catch(() => '')) === digest(content);
}

async function markDone(mark: string, content: string): Promise<void> {
  await writeFile(markFile(mark), digest(content));
}

function markFile(mark: string): string {
  return join(venv, `.${mark}.sha256`);
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
