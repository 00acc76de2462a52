import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emulatedAwsEnvironment } from '../../deploy-local/aws-environment.ts';
import { Cdk } from '../../deploy-local/cdk.ts';
import { type AssembledStack, readStacks } from '../../deploy-local/cloud-assembly.ts';
import { type Emulator, startEmulator } from '../../deploy-local/emulator.ts';
import { runCli } from '../../deploy-local/tenants.ts';
import { EmulatedAws } from './emulated-aws.ts';
import { type LocalRun, type RunningTenant, startLocalRun } from './local-run.ts';

export interface DeploymentOptions {
  readonly configPath: string;
  /** Keeps the emulated account while the emulator is restarted. */
  readonly dataFolder: string;
  readonly tenants: readonly string[];
}

/** What `npm run deploy:local` has deployed, and what tests do to it afterwards. */
export class EmulatedDeployment {
  readonly run: LocalRun;
  readonly endpoint: string;
  readonly aws: EmulatedAws;
  readonly cdk: Cdk;
  /** The cloud assembly that was deployed last. */
  assembly: string;
  readonly #options: DeploymentOptions;
  #tenant: RunningTenant;
  #emulator: Emulator | undefined;

  private constructor(run: LocalRun, options: DeploymentOptions) {
    this.run = run;
    this.endpoint = new URL(run.tenant.tenantUrl).origin;
    this.aws = new EmulatedAws(this.endpoint);
    const env = emulatedAwsEnvironment(this.endpoint, process.env);
    this.cdk = new Cdk({ env, workFolder: join(options.dataFolder, 'tmp') });
    this.assembly = join(options.dataFolder, 'assembly');
    this.#options = options;
    this.#tenant = run.tenant;
  }

  static async start(options: DeploymentOptions): Promise<EmulatedDeployment> {
    const { configPath, dataFolder, tenants } = options;
    const args = ['--config', configPath];
    return new EmulatedDeployment(await startLocalRun({ program: 'deploy:local', dataFolder, tenants, args }), options);
  }

  /** The first tenant, with the token that is good now. */
  get tenant(): RunningTenant {
    return this.#tenant;
  }

  /** After the first tenant's token has been rotated. */
  replaceToken(token: string): void {
    this.#tenant = { ...this.#tenant, token };
  }

  /** The deployed stacks. */
  async stacks(): Promise<readonly AssembledStack[]> {
    return await readStacks(this.assembly);
  }

  /**
   * The physical id of a resource of the first region.
   *
   * @param logicalId - Or how it begins: the CDK appends a digest.
   * @throws Error where there is none.
   */
  async findPhysicalId(type: string, logicalId: string): Promise<{ readonly region: string; readonly id: string }> {
    const [first, ...others] = await this.stacks();
    if (first === undefined) throw new Error('nothing is deployed');
    for (const { name, region } of [first, ...others.filter((stack) => stack.region === first.region)]) {
      const found = (await this.aws.listResources(region, name)).find(
        ({ ResourceType, LogicalResourceId }) => ResourceType === type && LogicalResourceId?.startsWith(logicalId),
      );
      if (found?.PhysicalResourceId !== undefined) return { region, id: found.PhysicalResourceId };
    }
    throw new Error(`the stacks of ${first.region} have no ${type} that is called ${logicalId}…`);
  }

  /** Runs the operator's command line, and gives the JSON that it prints. */
  async cli(region: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<unknown> {
    return await runCli(args, {
      configPath: this.#options.configPath,
      region,
      env: env ?? emulatedAwsEnvironment(this.endpoint, process.env),
    });
  }

  /** Synthesises the app with other settings, as an operator who changes the configuration file does. */
  async synthesiseWith(settings: Readonly<Record<string, unknown>>): Promise<string> {
    const { configPath, dataFolder } = this.#options;
    const changed = { ...JSON.parse(await readFile(configPath, 'utf8')), ...settings };
    const path = join(dataFolder, 'changed.config.json');
    await writeFile(path, JSON.stringify(changed));
    const folder = join(dataFolder, 'changed');
    await this.cdk.synthesise(path, folder, this.endpoint);
    return folder;
  }

  /** Ends `npm run deploy:local`, or what followed it, and starts the emulator again over the same account. */
  async restart({ enforceIam }: { readonly enforceIam: boolean }): Promise<void> {
    await this.stop();
    const { dataFolder } = this.#options;
    this.#emulator = await startEmulator({ dataFolder, port: Number(new URL(this.endpoint).port), enforceIam });
  }

  async stop(): Promise<void> {
    await this.run.stop();
    await this.#emulator?.stop();
  }
}
