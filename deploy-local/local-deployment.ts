import { join } from 'node:path';
import { toRegions } from '../lib/config/deployment-config.ts';
import { readDeploymentConfig } from '../lib/config/read-config.ts';
import type { RunningTenant } from '../local/greeting.ts';
import { emulatedAwsEnvironment } from './aws-environment.ts';
import { Cdk } from './cdk.ts';
import { readStacks } from './cloud-assembly.ts';
import type { Emulator } from './emulator.ts';
import { ensureTenants } from './tenants.ts';
import type { Report } from './virtual-environment.ts';

export interface LocalDeploymentOptions {
  readonly emulator: Emulator;
  readonly dataFolder: string;
  readonly configPath: string;
  /** The region that gets the tenants, as the configuration names it. */
  readonly region: string;
  readonly tenants: readonly string[];
  readonly report: Report;
  /** Ends what is going on when it is aborted. */
  readonly signal: AbortSignal;
}

/** The name of a configuration's first region. @throws Error naming all that is wrong with the file. */
export function firstRegionOf(configPath: string): string {
  const [first] = toRegions(readDeploymentConfig(configPath));
  if (first === undefined) throw new Error(`${configPath} names no region`);
  return first.name;
}

/** Brings the stacks of a configuration, and tenants in one of its regions, into the emulated account. */
export async function deployLocally({
  emulator,
  dataFolder,
  configPath,
  region,
  tenants,
  report,
  signal,
}: LocalDeploymentOptions): Promise<readonly RunningTenant[]> {
  const env = emulatedAwsEnvironment(emulator.url, process.env);
  const cdk = new Cdk({ env, workFolder: join(dataFolder, 'tmp'), signal });
  const assembly = join(dataFolder, 'assembly');
  report('synthesising the stacks');
  await cdk.synthesise(configPath, assembly, emulator.url);
  const stacks = await readStacks(assembly);
  report(`bootstrapping ${new Set(stacks.map(({ region }) => region)).size} regions`);
  await cdk.bootstrap(assembly);
  report(`deploying ${stacks.length} stacks`);
  await cdk.deploy(assembly);
  report(`making tenants in ${region}: ${tenants.join(', ')}`);
  return await ensureTenants(tenants, { configPath, region, env, dataFolder, signal });
}
