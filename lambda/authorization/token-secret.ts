import * as z from 'zod';
import { hashToken } from './token.ts';
import type { TokenRecord, TokenRecords } from './token-store.ts';

const timestamp = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** The JSON text of a token's secret, one version of which is `AWSCURRENT`, the one before it `AWSPREVIOUS`. */
export const TokenSecretSchema = z.object({
  token: z.string().min(1),
  expiresAt: timestamp,
  /** In Secrets Manager a version's labels say so instead (`revocation-label.ts`). */
  revokedAt: timestamp.optional(),
  /** On a current token: until when the previous one is accepted as well. Default: until its own expiry. */
  previousUntil: timestamp.optional(),
});
export type TokenSecret = z.infer<typeof TokenSecretSchema>;

/**
 * @param name - Of the secret, for the message: what the secret holds is in no message, as it is in those of JSON and zod.
 * @throws Error where the text is not that of a token's secret.
 */
export function parseTokenSecret(name: string, text: string | undefined): TokenSecret {
  const { success, data } = TokenSecretSchema.safeParse(parseJson(text ?? ''));
  if (!success) throw new Error(`secret ${name} is not the JSON text of a token: expected token and expiresAt`);
  return data;
}

/** The JSON text of a token's secret. */
export function toSecretText({ token, expiresAt, previousUntil }: TokenSecret): string {
  return JSON.stringify({
    token,
    expiresAt: expiresAt.toISOString(),
    ...(previousUntil === undefined ? {} : { previousUntil: previousUntil.toISOString() }),
  });
}

/** What is kept in memory of a secret's two versions: hashes, never the tokens. */
export function toTokenRecords(current: TokenSecret, previous: TokenSecret | undefined): TokenRecords {
  return {
    current: toRecord(current, current.expiresAt),
    previous: previous && toRecord(previous, earlier(previous.expiresAt, current.previousUntil)),
  };
}

function toRecord(secret: TokenSecret, expiresAt: Date): TokenRecord {
  return { sha256: hashToken(secret.token), expiresAt, revokedAt: secret.revokedAt };
}

function earlier(left: Date, right: Date | undefined): Date {
  return right !== undefined && right < left ? right : left;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
