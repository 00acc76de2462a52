import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createAdmin } from '../../lambda/admin.ts';
import type { TokenVault } from '../../lambda/authorization/token-vault.ts';
import { systemRuntime } from '../../lambda/aws/runtime.ts';
import { type AdminOperation, adminRoutes } from '../../lambda/contract/admin-api.ts';
import type { AdminRoute } from '../../lambda/contract/admin-route.ts';
import type { Runtime } from '../../lambda/http/request.ts';
import { MemoryDelivery } from './memory-delivery.ts';
import type { MemoryVault } from './memory-vault.ts';
import { RecordedLog } from './scim-server.ts';

export const PRINCIPAL = 'arn:aws:sts::123456789012:assumed-role/Operator/ada';

export interface AdminAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; a test's expectations are its check.
  readonly body: any;
}

/** How a call is made; `path` fills the route's names. */
export interface AdminCallOptions {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly principal?: string;
}

/** The admin entry over a table, called as API Gateway calls it, at a time that the test sets. */
export class AdminApi<Vault extends TokenVault = MemoryVault> {
  readonly log = new RecordedLog();
  readonly vault: Vault;
  /** What was published, queued for webhooks, and made as their secrets. */
  readonly delivery = new MemoryDelivery();
  /** Milliseconds since 1970. */
  time = Date.parse('2026-11-01T00:00:00Z');
  readonly #handler;

  constructor(table: ItemTable, vault: Vault, runtime: Partial<Runtime> = {}) {
    this.vault = vault;
    this.#handler = createAdmin({
      table,
      vault: this.vault,
      publisher: this.delivery.publisher,
      webhooks: this.delivery.webhooks,
      webhookSecrets: this.delivery.webhookSecrets,
      tenantUrlTemplate: 'https://{api}/{stage}/{tenant}/scim/v2',
      runbook: 'docs/runbook.md',
      log: this.log,
      runtime: { ...systemRuntime, now: () => this.time, ...runtime },
      randomBytes,
    });
  }

  async call(operation: AdminOperation, options: AdminCallOptions = {}): Promise<AdminAnswer> {
    const { method, path }: AdminRoute = adminRoutes[operation];
    const proxy = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.path?.[name] ?? ''));
    return await this.send(method, proxy, options);
  }

  async send(method: string, proxy: string, { query, body, principal }: AdminCallOptions = {}): Promise<AdminAnswer> {
    const event = {
      httpMethod: method,
      resource: '/admin/{proxy+}',
      pathParameters: { proxy },
      headers: { 'Content-Type': 'application/json' },
      queryStringParameters: query ?? null,
      body: typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: 'request-1',
        domainName: 'abc123.execute-api.aws.example',
        stage: 'prod',
        identity: { userArn: principal ?? PRINCIPAL },
      },
    };
    // biome-ignore lint/suspicious/noExplicitAny: nothing reads the Lambda context.
    const result: APIGatewayProxyResult = await this.#handler(event, {} as any);
    return { status: result.statusCode, body: JSON.parse(result.body) };
  }

  /** A call that must succeed. @returns the body */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  async ok(operation: AdminOperation, options: AdminCallOptions = {}): Promise<any> {
    const { status, body } = await this.call(operation, options);
    if (status >= 400) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  passDays(days: number): void {
    this.time += days * 86_400_000;
  }
}
