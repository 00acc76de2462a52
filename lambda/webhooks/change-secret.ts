import { auditAction } from '../../directory/operator/audit.ts';
import type { OperatorContext } from '../../directory/operator/operation.ts';
import { getTenant } from '../../directory/operator/tenants.ts';
import { createWebhookSecret, toSecretId, WEBHOOK_RANDOM_BYTES } from './webhook-secret.ts';
import type { WebhookSecretVault } from './webhook-secrets.ts';

const HOUR_MILLIS = 3_600_000;

/** What making a secret needs. */
export interface WebhookSecretContext extends OperatorContext {
  readonly webhookSecrets: WebhookSecretVault;
  /** A cryptographic random source. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** A new secret; nothing else ever has its text. */
export interface NewWebhookSecret {
  readonly secret: string;
  readonly secretId: string;
  /** Until when is signed with the one before as well; undefined where there was none, or no overlap was asked for. */
  readonly previousUntil: Date | undefined;
}

/**
 * Gives a tenant a new webhook secret. The record comes first: a call that dies in between leaves one of a secret that
 * never was, rather than a secret that nobody knows of.
 *
 * @throws OperationRefusedError `not_found`
 */
export async function changeWebhookSecret(
  context: WebhookSecretContext,
  tenant: string,
  overlapHours: number,
): Promise<NewWebhookSecret> {
  const { table, webhookSecrets, newId, now, randomBytes } = context;
  await getTenant(context, tenant);
  const secret = createWebhookSecret(randomBytes(WEBHOOK_RANDOM_BYTES));
  const secretId = toSecretId(secret);
  await table.write([auditAction(context, { action: 'webhooks.secret', tenant, after: { secretId, overlapHours } })]);
  const previousUntil = new Date(now().getTime() + overlapHours * HOUR_MILLIS);
  const hadOne = await webhookSecrets.put(tenant, newId(), { secret, previousUntil });
  return { secret, secretId, previousUntil: hadOne && overlapHours > 0 ? previousUntil : undefined };
}
