// Runs before every npm script, on whatever Node the machine has; so it uses nothing that an old one lacks.
// The npm package `node` brings the right one into node_modules/.bin, unless its install script was not allowed to run.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;

function whatIsMissing() {
  const version = process.versions.node;
  const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
  if (!existsSync(modules)) return 'scim-stack has no dependencies installed: run "npm ci"';
  if (Number.parseInt(version, 10) >= REQUIRED_MAJOR) return undefined;
  return (
    `scim-stack needs Node ${REQUIRED_MAJOR}, and this is ${version}: ` +
    'run "npm ci" with the install script of the package "node" allowed (without --ignore-scripts), ' +
    `or install Node ${REQUIRED_MAJOR}`
  );
}

const missing = whatIsMissing();
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`);
  process.exit(2);
}
