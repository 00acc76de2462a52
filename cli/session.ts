import type { Command } from 'commander';
import * as z from 'zod';
import { ADMIN_PATH } from '../lambda/contract/tenant-url.ts';
import { AdminClient } from './admin/admin-client.ts';
import { createLocalTransport, createSignedTransport, type Fetch, readLocalKey } from './admin/transport.ts';
import type { Aws, DeployedStack } from './deployment/aws.ts';
import { chooseRegion, type Deployment, getStack, readDeployment, toAdminUrl } from './deployment/deployment.ts';
import { CliError, exitCodes } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** What the program is given from outside. */
export interface CliDependencies {
  readonly terminal: Terminal;
  readonly fetch: Fetch;
  readonly createAws: (profile: string | undefined) => Aws;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly delay: (millis: number, signal: AbortSignal) => Promise<void>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly nodeVersion: string;
  /** Of the program. */
  readonly version: string;
  /** Of the deployment configuration, where `--config` names none. */
  readonly configPath: string | undefined;
}

const GlobalOptionsSchema = z.object({
  region: z.string().optional(),
  config: z.string().optional(),
  profile: z.string().optional(),
  endpoint: z.url({ protocol: /^https?$/, error: 'expected a URL such as https://…/prod/admin' }).optional(),
  local: z.union([z.string(), z.literal(true)]).optional(),
  json: z.boolean().default(false),
  yes: z.boolean().default(false),
});
export type GlobalOptions = z.infer<typeof GlobalOptionsSchema>;

/** Where `npm start` keeps its data and listens, if it is not told otherwise. */
const LOCAL_DATA = '.scim-stack';
const LOCAL_ENDPOINT = `http://127.0.0.1:8080/${ADMIN_PATH}`;

/** The admin API of one region, or of the local run. */
export interface Connection {
  readonly api: AdminClient;
  /** Of the deployment; undefined where the address was given, and for the local run. */
  readonly stack: DeployedStack | undefined;
}

/** One run of a command: what it was told, and what it works with. */
export class Session {
  readonly options: GlobalOptions;
  readonly #dependencies: CliDependencies;
  #aws: Aws | undefined;

  constructor(dependencies: CliDependencies, command: Command) {
    const { data, error } = GlobalOptionsSchema.safeParse(command.optsWithGlobals());
    if (data === undefined) throw new CliError(z.prettifyError(error), { exitCode: exitCodes.usage });
    if (data.local !== undefined && (data.region ?? data.profile ?? data.config) !== undefined) {
      throw new CliError('--local is for the local run: it goes with neither --region, --profile nor --config', {
        exitCode: exitCodes.usage,
      });
    }
    this.options = data;
    this.#dependencies = dependencies;
  }

  get terminal(): Terminal {
    return this.#dependencies.terminal;
  }

  get dependencies(): CliDependencies {
    return this.#dependencies;
  }

  get aws(): Aws {
    this.#aws ??= this.#dependencies.createAws(this.options.profile);
    return this.#aws;
  }

  get deployment(): Deployment {
    return readDeployment(this.options.config ?? this.#dependencies.configPath);
  }

  /** @throws {@link CliError} where there is nothing to connect to. */
  async connect(): Promise<Connection> {
    const { local, endpoint } = this.options;
    if (local !== undefined) return await this.#connectToLocalRun(local === true ? LOCAL_DATA : local, endpoint);
    if (endpoint !== undefined) {
      const url = new URL(endpoint);
      return { api: this.signedClient(url, this.#regionOf(url)), stack: undefined };
    }
    const region = chooseRegion(this.deployment.regions, this.options.region);
    const stack = await getStack(this.aws, region);
    return { api: this.signedClient(toAdminUrl(stack), region.awsRegion), stack };
  }

  /** The answer for a program, one line of JSON, or for a person. */
  answer(value: unknown, text: () => string): void {
    this.terminal.print(this.options.json ? `${JSON.stringify(value)}\n` : text());
  }

  /**
   * Asks the user to type a name, before something is done that cannot be undone.
   *
   * @param consequence - What is going to happen, in a line or several.
   * @throws {@link CliError} where the name is not typed, or nobody can be asked.
   */
  async confirm(consequence: string, name: string): Promise<void> {
    if (this.options.yes) return;
    if (!this.terminal.isInteractive) {
      throw new CliError(`${consequence}\nThis wants a confirmation, and there is no terminal to ask at`, {
        advice: 'A program confirms with --yes.',
        exitCode: exitCodes.notConfirmed,
      });
    }
    const answer = await this.terminal.ask(`${consequence}\nType ${name} to go on: `);
    if (answer.trim() === name) return;
    throw new CliError('not confirmed: nothing was done', { exitCode: exitCodes.notConfirmed });
  }

  async #connectToLocalRun(data: string, endpoint: string | undefined): Promise<Connection> {
    const { fetch } = this.#dependencies;
    const key = await readLocalKey(data);
    const transport = createLocalTransport(fetch, key);
    return { api: this.#client(new URL(endpoint ?? LOCAL_ENDPOINT), transport), stack: undefined };
  }

  /** Of an admin API that takes AWS credentials. */
  signedClient(baseUrl: URL, region: string): AdminClient {
    const { fetch, now } = this.#dependencies;
    return this.#client(baseUrl, createSignedTransport({ fetch, region, credentials: this.aws.credentials, now }));
  }

  #client(baseUrl: URL, transport: ConstructorParameters<typeof AdminClient>[0]['transport']): AdminClient {
    const { signal, delay } = this.#dependencies;
    return new AdminClient({ baseUrl, transport, signal, delay });
  }

  /** Which region a request to an address is signed for. */
  #regionOf({ hostname }: URL): string {
    const [, ofHost] = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname) ?? [];
    if (ofHost !== undefined) return ofHost;
    return chooseRegion(this.deployment.regions, this.options.region).awsRegion;
  }
}
