import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScannableTable } from '../../directory/store/item-table.ts';
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
  readonly table: ScannableTable;
  /** Of the tenant `acme`. */
  token = '';
  #server: DirectoryServer | undefined;
  #offsetMillis = 0;

  private constructor(folder: string, table: ScannableTable) {
    this.folder = folder;
    this.table = table;
  }

  static async start(): Promise<LocalCli> {
    const cli = new LocalCli(await mkdtemp(join(tmpdir(), 'scim-stack-cli-')), await createTestTable());
    await cli.#serve();
    return cli;
  }

  async #serve(): Promise<void> {
    const key = await getOrCreateAdminKey(join(this.folder, 'admin.key'), randomBytes);
    const vault = new MemoryVault();
    this.#server = await startDirectoryServer({
      host: '127.0.0.1',
      port: 0,
      table: this.table,
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

  /** Makes the tenant `acme`, as an operator does. */
  async createTenant(): Promise<void> {
    this.token = (await this.json('tenants', 'create', 'acme')).token;
  }

  /** A request of the identity provider of `acme`. */
  async scim(method: string, path: string, body?: object, token = this.token) {
    const response = await fetch(`${this.tenantUrl('acme')}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  /** What the processes remember of a tenant is forgotten. */
  passCaches(): void {
    this.#offsetMillis += 61_000;
  }

  passDays(days: number): void {
    this.#offsetMillis += days * 86_400_000;
  }
}
