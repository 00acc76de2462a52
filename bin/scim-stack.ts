import { App } from 'aws-cdk-lib';
import { addStacks, CONFIG_CONTEXT_KEY } from '../lib/app.ts';
import { readDeploymentConfig } from '../lib/config/read-config.ts';

const app = new App();
const path: string | undefined = app.node.tryGetContext(CONFIG_CONTEXT_KEY) ?? process.env['SCIM_STACK_CONFIG'];
addStacks(app, readDeploymentConfig(path));
app.synth();
