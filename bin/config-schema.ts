import { deploymentConfigJsonSchema } from '../lib/config/json-schema.ts';

// node bin/config-schema.ts > scim-stack.config.schema.json && npm run format
process.stdout.write(`${JSON.stringify(deploymentConfigJsonSchema(), undefined, 2)}\n`);
