import { getApplication, recordCredentials } from '../../directory/operator/applications.ts';
import { OperationRefusedError, type OperatorContext } from '../../directory/operator/operation.ts';
import { getTenant } from '../../directory/operator/tenants.ts';
import { lockTokens } from '../../directory/operator/token-lock.ts';
import type { ApplicationItem, StoredCredential } from '../../directory/store/tenant-items.ts';
import { createToken, hashToken, TOKEN_RANDOM_BYTES, toCredentialId } from './token.ts';
import type { TokenVault } from './token-vault.ts';

export const DAY_MILLIS = 24 * 3_600_000;
/** Of a token for which nothing else was asked. */
export const DEFAULT_EXPIRY_DAYS = 365;
export const DEFAULT_OVERLAP_DAYS = 30;

/** What a change of tokens needs. */
export interface TokenContext extends OperatorContext {
  readonly vault: TokenVault;
  /** A cryptographic random source. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Names an application. */
export interface ApplicationName {
  readonly tenant: string;
  readonly application: string;
}

/** A new token; nothing else ever has its text. */
export interface NewToken {
  readonly token: string;
  readonly credential: StoredCredential;
  /** Until when the token before is accepted as well. */
  readonly previousUntil: Date | undefined;
}

/**
 * Gives an application a token that has none in force.
 *
 * @throws OperationRefusedError `not_found`; `conflict` where a token is in force: that one is rotated.
 */
export async function issueToken(
  context: TokenContext,
  name: ApplicationName,
  { expiresInDays }: { readonly expiresInDays: number },
): Promise<NewToken> {
  const item = await startChange(context, name, ({ token }) => {
    if (!isInForce(token, context.now())) return;
    throw new OperationRefusedError(
      'conflict',
      `the application ${name.application} has a token in force: rotate it, or revoke it first`,
    );
  });
  // Whatever was current before is accepted no longer.
  return await replaceToken(context, name, item, {
    action: 'tokens.issue',
    expiresInDays,
    previousUntil: context.now(),
  });
}

/**
 * Gives an application a new token; the one before is accepted as well until the overlap ends.
 *
 * @throws OperationRefusedError `not_found`; `conflict` where no token is in force, or where there are two already: the
 * older one would be lost.
 */
export async function rotateToken(
  context: TokenContext,
  name: ApplicationName,
  { expiresInDays, overlapDays }: { readonly expiresInDays: number; readonly overlapDays: number },
): Promise<NewToken> {
  const item = await startChange(context, name, (before) => assertRotatable(name, before, context.now()));
  const previousUntil = new Date(context.now().getTime() + overlapDays * DAY_MILLIS);
  return await replaceToken(context, name, item, { action: 'tokens.rotate', expiresInDays, previousUntil });
}

/** @throws OperationRefusedError `conflict` */
export function assertRotatable({ application }: ApplicationName, item: ApplicationItem, now: Date): void {
  if (!isInForce(item.token, now)) {
    throw new OperationRefusedError('conflict', `the application ${application} has no token in force: issue one`);
  }
  const { previousToken } = item;
  if (!isInForce(previousToken, now)) return;
  throw new OperationRefusedError(
    'conflict',
    `the token before the last rotation is accepted until ${previousToken?.until}, and may still be in use: revoke the previous token first`,
  );
}

/** Which of an application's tokens a revocation is about. */
export type Revoked = 'current' | 'previous' | 'all';

/**
 * Has tokens refused from now on (within a minute). Where the current token is revoked while the one before it is still
 * accepted, that one is the current one again: a rotation is undone.
 *
 * @throws OperationRefusedError `not_found`; `conflict` where there is nothing to revoke
 */
export async function revokeTokens(
  context: TokenContext,
  name: ApplicationName,
  which: Revoked,
): Promise<ApplicationItem> {
  const { tenant, application } = name;
  const at = context.now();
  const chosen = ({ token, previousToken }: ApplicationItem) => ({
    current: which !== 'previous' && isInForce(token, at) ? token : undefined,
    previous: which !== 'current' && isInForce(previousToken, at) ? previousToken : undefined,
  });
  const item = await startChange(context, name, (before) => {
    const { current, previous } = chosen(before);
    if (current !== undefined || previous !== undefined) return;
    const what = which === 'all' ? 'token' : `${which} token`;
    throw new OperationRefusedError('conflict', `the application ${application} has no ${what} in force`);
  });
  const { current, previous } = chosen(item);
  for (const credential of [current, previous]) {
    if (credential !== undefined) await context.vault.revoke(tenant, application, credential.versionId, at);
  }
  const marked = (credential: StoredCredential | undefined, revoked: StoredCredential | undefined) =>
    credential && (revoked === undefined ? credential : { ...credential, revokedAt: toSeconds(at).toISOString() });
  const token = marked(item.token, current);
  const previousToken = marked(item.previousToken, previous);
  const isUndone = current !== undefined && isInForce(previousToken, at);
  if (isUndone) await context.vault.promote(tenant, application, previousToken?.versionId ?? '');
  const after = isUndone ? undo(previousToken, token) : { token, previousToken };
  await recordCredentials(context, { action: 'tokens.revoke', ...name }, item, after);
  return await getApplication(context, tenant, application);
}

function undo(previousToken: StoredCredential | undefined, token: StoredCredential | undefined) {
  if (previousToken === undefined) return { token, previousToken };
  const { until: _until, ...current } = previousToken;
  return { token: current, previousToken: token };
}

/** Whether the token is accepted: neither revoked nor expired, nor beyond its overlap. */
export function isInForce(credential: StoredCredential | undefined, now: Date): boolean {
  if (credential === undefined || credential.revokedAt !== undefined) return false;
  const { expiresAt, until = expiresAt } = credential;
  return Date.parse(expiresAt) > now.getTime() && Date.parse(until) > now.getTime();
}

/** Locks an application's tokens, and undoes in the vault what a change that broke off has left. */
async function startChange(
  context: TokenContext,
  { tenant, application }: ApplicationName,
  assertPossible: (item: ApplicationItem) => void,
): Promise<ApplicationItem> {
  const { state } = await getTenant(context, tenant);
  if (state === 'deleting') throw new OperationRefusedError('conflict', `the tenant ${tenant} is being deleted`);
  const item = await lockTokens(context, tenant, application, assertPossible);
  const { current } = await context.vault.inForce(tenant, application);
  const recorded = item.token?.versionId;
  // A version that the table does not know of was never shown to anybody.
  if (recorded !== undefined && current !== recorded) await context.vault.promote(tenant, application, recorded);
  return item;
}

interface Replacement {
  readonly action: string;
  readonly expiresInDays: number;
  readonly previousUntil: Date;
}

/** In this order: what is in force but not recorded is undone by the next change; a token is shown once it is recorded. */
async function replaceToken(
  context: TokenContext,
  name: ApplicationName,
  item: ApplicationItem,
  { action, expiresInDays, previousUntil }: Replacement,
): Promise<NewToken> {
  const { tenant, application } = name;
  const { vault, now, newId, randomBytes } = context;
  const issuedAt = now();
  const token = createToken(tenant, application, randomBytes(TOKEN_RANDOM_BYTES));
  const expiresAt = new Date(issuedAt.getTime() + expiresInDays * DAY_MILLIS);
  const versionId = newId();
  await vault.add(tenant, application, versionId, { token, expiresAt, previousUntil });
  await vault.promote(tenant, application, versionId);
  const credential = toCredential(token, versionId, issuedAt, expiresAt);
  await recordCredentials(context, { action, ...name }, item, {
    token: credential,
    previousToken: toPrevious(item.token, previousUntil),
  });
  return { token, credential, previousUntil: isInForce(item.token, issuedAt) ? previousUntil : undefined };
}

/** What may be known of a token. */
export function toCredential(token: string, versionId: string, issuedAt: Date, expiresAt: Date): StoredCredential {
  return {
    credentialId: toCredentialId(hashToken(token)),
    versionId,
    issuedAt: issuedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

/** A token that is current no longer, accepted until the overlap's end. */
export function toPrevious(token: StoredCredential | undefined, until: Date): StoredCredential | undefined {
  return token && { ...token, until: until.toISOString() };
}

/** A label has no more. */
function toSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}
