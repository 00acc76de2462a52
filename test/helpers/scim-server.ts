import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createToken, hashToken, TOKEN_RANDOM_BYTES } from '../../lambda/authorization/token.ts';
import type { TokenRecords, TokenStore } from '../../lambda/authorization/token-store.ts';
import { systemRuntime } from '../../lambda/aws/runtime.ts';
import type { Runtime } from '../../lambda/http/request.ts';
import type { Log, LogFields } from '../../lambda/observability/log.ts';
import { APPLICATION, ensureTenants, startDirectoryServer } from '../../local/directory-server.ts';
import type { JsonObject, JsonValue } from '../../scim/json.ts';
import { createTestTable } from './tables.ts';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface ScimRequestOptions {
  /** Sent as JSON; a text or bytes as they are. */
  readonly body?: JsonValue | Buffer | undefined;
  /** Instead of `application/scim+json`; undefined for none. */
  readonly contentType?: string | undefined;
  /** Instead of the tenant's own. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ScimResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body; `{}` where there is none. */
  readonly json: JsonObject;
}

/** Log lines as they were written. */
export class RecordedLog implements Log {
  readonly lines: (LogFields & { readonly level: string; readonly message: string })[] = [];

  info(message: string, fields: LogFields): void {
    this.lines.push({ level: 'INFO', message, ...fields });
  }

  error(message: string, fields: LogFields): void {
    this.lines.push({ level: 'ERROR', message, ...fields });
  }
}

/** A token store in memory. */
export class MemoryTokenStore implements TokenStore {
  readonly records = new Map<string, TokenRecords>();
  /** How often it was asked. */
  lookups = 0;

  async find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    this.lookups += 1;
    return this.records.get(`${tenant}/${application}`);
  }

  /** Makes a token that is good for a day. */
  issue(tenant: string, application = APPLICATION): string {
    const token = createToken(tenant, application, randomBytes(TOKEN_RANDOM_BYTES));
    const expiresAt = new Date(Date.now() + 86_400_000);
    const current = { sha256: hashToken(token), expiresAt, revokedAt: undefined };
    this.records.set(`${tenant}/${application}`, { current, previous: undefined });
    return token;
  }
}

/** The local run's server over a fresh table, and a client that sends whatever a test wants sent. */
export class ScimServer {
  readonly table: ItemTable;
  readonly log = new RecordedLog();
  readonly tokens = new MemoryTokenStore();
  readonly #tokenOf = new Map<string, string>();
  readonly #runtime: Runtime;
  #server: Awaited<ReturnType<typeof startDirectoryServer>> | undefined;

  /** @param runtime - Default: the process's own clock and random sources. */
  constructor(table: ItemTable, runtime: Runtime = systemRuntime) {
    this.table = table;
    this.#runtime = runtime;
  }

  async start(tenants: readonly string[]): Promise<void> {
    await ensureTenants(this.table, tenants, new Date());
    for (const tenant of tenants) this.#tokenOf.set(tenant, this.tokens.issue(tenant));
    const { table, tokens, log } = this;
    const runtime = this.#runtime;
    this.#server = await startDirectoryServer({ host: '127.0.0.1', port: 0, table, tokens, log, runtime });
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  get port(): number {
    if (this.#server === undefined) throw new Error('the server was not started');
    return this.#server.port;
  }

  tokenOf(tenant: string): string {
    return this.#tokenOf.get(tenant) ?? '';
  }

  tenantUrl(tenant: string): string {
    return this.#server?.tenantUrl(tenant) ?? '';
  }

  /** Sends a request to a path below the Tenant URL, byte for byte as given. */
  async send(tenant: string, method: string, path: string, options: ScimRequestOptions = {}): Promise<ScimResponse> {
    const { body, headers = {}, token = this.tokenOf(tenant) } = options;
    const contentType = 'contentType' in options ? options.contentType : 'application/scim+json';
    const payload = toPayload(body);
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: this.port,
      method,
      path: `/${tenant}/scim/v2${path}`,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(payload === undefined || contentType === undefined ? {} : { 'Content-Type': contentType }),
        ...(payload === undefined ? {} : { 'Content-Length': payload.length }),
        ...headers,
      },
    });
    outgoing.end(payload);
    const [incoming] = await once(outgoing, 'response');
    const answer = await text(incoming);
    return {
      status: incoming.statusCode,
      headers: incoming.headers,
      text: answer,
      json: answer === '' ? {} : JSON.parse(answer),
    };
  }

  async createUser(tenant: string, userName: string, more: JsonObject = {}): Promise<JsonObject & { id: string }> {
    return withId(await this.send(tenant, 'POST', '/Users', { body: { userName, ...more } }));
  }

  async createGroup(tenant: string, displayName: string, more: JsonObject = {}): Promise<JsonObject & { id: string }> {
    return withId(await this.send(tenant, 'POST', '/Groups', { body: { displayName, ...more } }));
  }
}

/** A started server over a fresh table of the kind that the vitest project is about. */
export async function startScimServer(tenants: readonly string[] = ['acme']): Promise<ScimServer> {
  const server = new ScimServer(await createTestTable());
  await server.start(tenants);
  return server;
}

/** The body of a PATCH. */
export function patchOf(...operations: readonly JsonValue[]): JsonObject {
  return { schemas: [PATCH_OP], Operations: operations };
}

function withId({ status, text: body, json }: ScimResponse): JsonObject & { id: string } {
  const id = json['id'];
  if (status !== 201 || typeof id !== 'string') throw new Error(`not created: ${status} ${body}`);
  return { ...json, id };
}

function toPayload(body: ScimRequestOptions['body']): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
