import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { localiseAssembly, readStacks } from './cloud-assembly.ts';
import { EMULATED_ACCOUNT } from './emulator.ts';
import { projectFolder } from './project-folder.ts';
import { type CommandOutput, runCommand } from './run-command.ts';

const cdkProgram = join(projectFolder, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** Stacks that are deployed at once. */
const CONCURRENCY = 4;

const OutputsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Outputs by the stack's name. */
export type DeployedOutputs = z.infer<typeof OutputsSchema>;

export interface CdkOptions {
  /** From `emulatedAwsEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
  /** Where temporary folders are made. */
  readonly workFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** The real CDK CLI, against the emulated AWS. */
export class Cdk {
  readonly #options: CdkOptions;

  constructor(options: CdkOptions) {
    this.#options = options;
  }

  /** Synthesises the app by a configuration, and makes it one for the emulator at that endpoint. */
  async synthesise(configPath: string, folder: string, endpoint: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await this.#run(['synth', '--quiet', '--output', folder], projectFolder, { SCIM_STACK_CONFIG: configPath });
    await localiseAssembly(folder, endpoint);
  }

  /** Bootstraps every region that the assembly deploys to. */
  async bootstrap(assembly: string): Promise<void> {
    const regions = new Set((await readStacks(assembly)).map(({ region }) => region));
    const environments = [...regions].map((region) => `aws://${EMULATED_ACCOUNT}/${region}`);
    // In an empty folder: next to the app it would synthesise anew, without bundling the functions.
    await this.#inNewFolder(async (folder) => {
      await this.#run(['bootstrap', ...environments], folder);
    });
  }

  /** Deploys every stack of the assembly, and gives their outputs. */
  async deploy(assembly: string): Promise<DeployedOutputs> {
    return await this.#inNewFolder(async (folder) => {
      const outputsFile = join(folder, 'outputs.json');
      const options = ['--require-approval', 'never', '--concurrency', String(CONCURRENCY)];
      await this.#run(['deploy', '--all', '--app', assembly, ...options, '--outputs-file', outputsFile], folder);
      return OutputsSchema.parse(JSON.parse(await readFile(outputsFile, 'utf8')));
    });
  }

  /** Destroys every stack of the assembly. */
  async destroy(assembly: string): Promise<void> {
    await this.#inNewFolder(async (folder) => {
      await this.#run(['destroy', '--all', '--force', '--app', assembly], folder);
    });
  }

  async #inNewFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.#options.workFolder, 'cdk-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #run(args: readonly string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Promise<CommandOutput> {
    const { env, signal } = this.#options;
    const options = { cwd, env: { ...env, ...variables }, signal };
    return await runCommand(process.execPath, [cdkProgram, '--no-notices', ...args], options);
  }
}
