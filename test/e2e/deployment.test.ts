import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { DEFAULT_CONFIG } from '../../deploy-local/options.ts';
import { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { projectRoot } from '../helpers/processes.ts';
import { describeDestruction } from './describe-destruction.ts';
import { describeEnd } from './describe-end.ts';
import { describeEvents } from './describe-events.ts';
import { describeFirstDeployment } from './describe-first-deployment.ts';
import { describeLeastPrivilege } from './describe-least-privilege.ts';
import { describeRotation } from './describe-rotation.ts';
import { describeUpdates } from './describe-updates.ts';

/*
 * The life of one deployment, for deploying takes long: what follows builds on what came before. It begins as a user
 * begins, with `npm run deploy:local`.
 */

let dataFolder: string;
let deployment: EmulatedDeployment | undefined;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'scim-stack-e2e-'));
  const configPath = join(projectRoot, DEFAULT_CONFIG);
  deployment = await EmulatedDeployment.start({ configPath, dataFolder, tenants: ['acme', 'globex'] });
});

afterAll(async () => {
  await deployment?.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

function getDeployment(): EmulatedDeployment {
  if (deployment === undefined) throw new Error('nothing is deployed');
  return deployment;
}

describeFirstDeployment(getDeployment);
describeRotation(getDeployment);
describeEvents(getDeployment);
describeUpdates(getDeployment);
describeEnd(getDeployment);
describeLeastPrivilege(getDeployment);
describeEvents(getDeployment, { isIamEnforced: true });
describeDestruction(getDeployment);
