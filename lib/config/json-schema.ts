import * as z from 'zod';
import { DeploymentConfigSchema } from './deployment-config.ts';

/** What editors complete and check `scim-stack.config.json` by; `scim-stack.config.schema.json` holds it. */
export function deploymentConfigJsonSchema(): object {
  return {
    ...z.toJSONSchema(DeploymentConfigSchema, { io: 'input' }),
    title: 'Deployment configuration of scim-stack',
  };
}
