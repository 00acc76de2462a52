import { createApp } from '../lib/app.ts';
import { readDeploymentConfig } from '../lib/config/read-config.ts';

createApp(readDeploymentConfig(process.env['SCIM_STACK_CONFIG'])).synth();
