import * as z from 'zod';
import type { DirectoryContext } from '../../directory/context.ts';
import type { EventPublisher } from '../../directory/feed/event.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import type { TokenContext } from '../authorization/token-changes.ts';
import type { TokenVault } from '../authorization/token-vault.ts';
import type { AdminOperation, AdminResponse, adminRoutes } from '../contract/admin-api.ts';
import { ProxyEventSchema } from '../http/event.ts';
import type { Runtime } from '../http/request.ts';
import type { Log } from '../observability/log.ts';
import type { WebhookQueue } from '../webhooks/webhook-message.ts';
import type { WebhookSecretVault } from '../webhooks/webhook-secrets.ts';

/** What the admin entry needs from outside. */
export interface AdminDependencies {
  readonly table: ItemTable;
  /** Where tokens are put; nothing here can read one. */
  readonly vault: TokenVault;
  /** Where the secrets of webhooks are put; nothing here can read one. */
  readonly webhookSecrets: WebhookSecretVault;
  /** What is to be posted to tenants' webhooks. */
  readonly webhooks: WebhookQueue;
  /** Publishes as the change feed does, for replays. */
  readonly publisher: EventPublisher;
  /** See `TENANT_URL_TEMPLATE` in `contract/environment.ts`. */
  readonly tenantUrlTemplate: string;
  /** Where the runbook is published. */
  readonly runbook: string;
  readonly log: Log;
  readonly runtime: Runtime;
  /** A cryptographic random source. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The event of a call of the admin API. IAM has allowed it: the principal is in `identity.userArn`. */
export const AdminEventSchema = ProxyEventSchema.extend({
  requestContext: ProxyEventSchema.shape.requestContext.extend({
    identity: z.object({ userArn: z.string().min(1) }),
  }),
});
export type AdminEvent = z.infer<typeof AdminEventSchema>;

type Part<O extends AdminOperation, Name extends 'query' | 'request'> = (typeof adminRoutes)[O] extends {
  readonly [N in Name]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** A call that has passed everything that is the same for all of them. */
export interface AdminCall<O extends AdminOperation> {
  readonly context: AdminContext;
  /** The path's names, decoded; empty where the route has none of that name. */
  readonly path: { readonly tenant: string; readonly application: string; readonly id: string };
  readonly query: Part<O, 'query'>;
  readonly body: Part<O, 'request'>;
}

export interface AdminContext
  extends TokenContext,
    Pick<AdminDependencies, 'webhookSecrets' | 'webhooks' | 'publisher'> {
  readonly runbook: string;
  readonly tenantUrlOf: (tenant: string) => string;
  /**
   * The tenant's directory, as a SCIM request would have it.
   *
   * @param options - `withRemoved`: with what resources hold under schemas that are no longer in use.
   * @throws OperationRefusedError `not_found`
   */
  readonly openDirectory: (tenant: string, options?: { readonly withRemoved?: boolean }) => Promise<DirectoryContext>;
  /** Time left until the call should have ended. */
  readonly remainingMs: () => number;
}

export type AdminHandler<O extends AdminOperation> = (call: AdminCall<O>) => Promise<AdminResponse<O>>;

/** A handler for each operation of the contract: a missing one does not compile. */
export type AdminHandlers = { readonly [O in AdminOperation]: AdminHandler<O> };
