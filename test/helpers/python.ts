import { join } from 'node:path';
import { type Report, VirtualEnvironment } from '../../deploy-local/virtual-environment.ts';
import { projectRoot } from './processes.ts';

const venv = join(projectRoot, '.cache', 'venv');
const requirementsFile = join(projectRoot, 'test', 'conformance', 'requirements.txt');

/**
 * Sees to it that `.cache/venv` holds the Python packages of `test/conformance/requirements.txt`, and gives its
 * interpreter.
 *
 * @throws MissingNeedError
 */
export async function preparePython(report?: Report): Promise<string> {
  const environment = new VirtualEnvironment(venv, report);
  await environment.installRequirements(requirementsFile, 'the SCIM clients');
  return environment.python;
}

/**
 * Sees to it that the virtual environment has one more package, and gives its interpreter.
 *
 * @throws MissingNeedError
 */
export async function prepareExtraPackage(requirement: string, report?: Report): Promise<string> {
  const environment = new VirtualEnvironment(venv, report);
  await environment.installPackage(requirement);
  return environment.python;
}
