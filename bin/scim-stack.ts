import { App } from 'aws-cdk-lib';
import { addStacks, CONFIG_CONTEXT_KEY } from '../lib/app.ts';
import { InvalidConfigError, readDeploymentConfig } from '../lib/config/read-config.ts';

const app = new App();
const path: string | undefined = app.node.tryGetContext(CONFIG_CONTEXT_KEY) ?? process.env['SCIM_STACK_CONFIG'];
try {
  addStacks(app, readDeploymentConfig(path));
  app.synth();
} catch (error) {
  // Whoever wrote the file is told what is wrong with it, not where in this program that was noticed.
  if (!(error instanceof InvalidConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
