import { createHash } from 'node:crypto';
import * as z from 'zod';

/** Random bytes that a new secret needs. Standard Webhooks asks for 24 to 64. */
export const WEBHOOK_RANDOM_BYTES = 32;

const timestamp = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** The JSON text of a tenant's webhook secret, one version of which is `AWSCURRENT`, the one before it `AWSPREVIOUS`. */
export const WebhookSecretSchema = z.object({
  /** `whsec_` and Base64, as libraries of Standard Webhooks take it. */
  secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/),
  /** Of a current secret: until when is signed with the one before as well. */
  previousUntil: timestamp.optional(),
});
export type WebhookSecret = z.infer<typeof WebhookSecretSchema>;

/**
 * A secret by which a receiver knows that a webhook is ours.
 *
 * @param random - {@link WEBHOOK_RANDOM_BYTES} bytes of a cryptographic random source.
 */
export function createWebhookSecret(random: Uint8Array): string {
  if (random.length !== WEBHOOK_RANDOM_BYTES) {
    throw new Error(`expected ${WEBHOOK_RANDOM_BYTES} random bytes, got ${random.length}`);
  }
  return `whsec_${Buffer.from(random).toString('base64')}`;
}

/** Tells secrets apart, without revealing any: the first twelve hex digits of the SHA-256. */
export function toSecretId(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12);
}

/** What is to be signed with now, the newest first; nothing where there is no secret. */
export function secretsInForce(
  current: WebhookSecret | undefined,
  previous: WebhookSecret | undefined,
  now: Date,
): readonly string[] {
  if (current === undefined) return [];
  const { previousUntil } = current;
  const isOverlap = previous !== undefined && previousUntil !== undefined && now < previousUntil;
  return isOverlap ? [current.secret, previous.secret] : [current.secret];
}

/**
 * @param name - Of the secret, for the message: what it holds is in no message.
 * @throws Error where the text is not that of a webhook's secret.
 */
export function parseWebhookSecret(name: string, text: string | undefined): WebhookSecret {
  const { success, data } = WebhookSecretSchema.safeParse(parseJson(text ?? ''));
  if (!success) throw new Error(`secret ${name} is not the JSON text of a webhook's secret`);
  return data;
}

export function toWebhookSecretText({ secret, previousUntil }: WebhookSecret): string {
  return JSON.stringify({
    secret,
    ...(previousUntil === undefined ? {} : { previousUntil: previousUntil.toISOString() }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
