import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '../../lambda/aws/runtime.ts';
import { getOrCreateAdminKey } from '../../local/admin-key.ts';
import { type DirectoryServer, startDirectoryServer } from '../../local/directory-server.ts';
import { type CliRun, runCli } from './cli.ts';
import { MemoryVault } from './memory-vault.ts';
import { RecordedLog } from './scim-server.ts';
import { createTestTable } from './tables.ts';

/** A local run, and the command line that operates it. */
export class LocalCli {
  readonly folder: string;
  #server: DirectoryServer | undefined;
  #offsetMillis = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(): Promise<LocalCli> {
    const cli = new LocalCli(await mkdtemp(join(tmpdir(), 'scim-stack-cli-')));
    await cli.#serve();
    return cli;
  }

  async #serve(): Promise<void> {
    const key = await getOrCreateAdminKey(join(this.folder, 'admin.key'), randomBytes);
    const vault = new MemoryVault();
    this.#server = await startDirectoryServer({
      host: '127.0.0.1',
      port: 0,
      table: await createTestTable(),
      tokens: vault,
      admin: { key, vault },
      log: new RecordedLog(),
      runtime: { ...systemRuntime, now: this.now },
    });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    await rm(this.folder, { recursive: true });
  }

  readonly now = (): number => Date.now() + this.#offsetMillis;

  /** The options that lead to the run. */
  get options(): readonly string[] {
    return ['--local', this.folder, '--endpoint', `http://127.0.0.1:${this.#server?.port}/admin`];
  }

  tenantUrl(tenant: string): string {
    return this.#server?.tenantUrl(tenant) ?? '';
  }

  /** Runs the command line; whatever it waits for is over at once. */
  async run(...argv: readonly string[]): Promise<CliRun> {
    const delay = async (millis: number): Promise<void> => {
      this.#offsetMillis += millis;
    };
    const dependencies = { now: () => new Date(this.now()), delay };
    return await runCli([...argv, ...this.options], { fetch, dependencies });
  }

  /** As {@link run}, with `--json`; it must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; a test's expectations are its check.
  async json(...argv: readonly string[]): Promise<any> {
    const { exitCode, stdout, stderr } = await this.run(...argv, '--json');
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** What the processes remember of a tenant is forgotten. */
  passCaches(): void {
    this.#offsetMillis += 61_000;
  }

  passDays(days: number): void {
    this.#offsetMillis += days * 86_400_000;
  }
}
