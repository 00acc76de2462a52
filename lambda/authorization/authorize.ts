import { hashToken, parseToken, toCredentialId } from './token.ts';
import { findRecord, type TokenRecord, type TokenStore } from './token-store.ts';

/** What the authorizer makes of an `Authorization` header. */
export type Decision =
  /** No token, not a token, or not ours: nothing is told apart. */
  | { readonly kind: 'unknown' }
  /** A genuine token that is no longer good. */
  | { readonly kind: 'denied'; readonly tenant: string; readonly application: string; readonly reason: string }
  | {
      readonly kind: 'allowed';
      readonly tenant: string;
      readonly application: string;
      /** Tells the application's tokens apart, without revealing any. */
      readonly credentialId: string;
    };

/**
 * Judges the `Authorization` header of a request: `Bearer <secret token>`, the scheme in any case, blanks around either.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1 RFC 6750 §2.1}
 */
export async function authorize(store: TokenStore, now: Date, header: string | undefined): Promise<Decision> {
  const token = parseToken(toBearerToken(header) ?? '');
  if (token === undefined) return { kind: 'unknown' };
  const { tenant, application } = token;
  const hash = hashToken(token.text);
  const record = findRecord(await store.find(tenant, application, hash), hash);
  if (record === undefined) return { kind: 'unknown' };
  const reason = reasonToDeny(record, now);
  if (reason !== undefined) return { kind: 'denied', tenant, application, reason };
  return { kind: 'allowed', tenant, application, credentialId: toCredentialId(hash) };
}

function toBearerToken(header: string | undefined): string | undefined {
  return /^bearer[ \t]+(\S+)$/i.exec(header?.trim() ?? '')?.[1];
}

/** Goes into a JSON text by plain substitution (gateway response), so it holds no quote and no backslash. */
function reasonToDeny({ revokedAt, expiresAt }: TokenRecord, now: Date): string | undefined {
  if (revokedAt !== undefined && revokedAt <= now) {
    return `The secret token was revoked on ${revokedAt.toISOString()}: enter the new one in the identity provider`;
  }
  if (expiresAt <= now) {
    return `The secret token expired on ${expiresAt.toISOString()}: create a new one and enter it in the identity provider`;
  }
  return undefined;
}
