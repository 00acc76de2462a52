import { randomBytes } from 'node:crypto';
import { getApplication, recordCredentials } from '../directory/operator/applications.ts';
import type { OperatorContext } from '../directory/operator/operation.ts';
import type { ItemTable } from '../directory/store/item-table.ts';
import { DEFAULT_EXPIRY_DAYS, issueToken, toCredential } from '../lambda/authorization/token-changes.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { APPLICATION } from './directory-server.ts';
import type { TokenFile } from './token-file.ts';

const PRINCIPAL = 'npm start';

/** The token of the tenant's application, the same at each start; made where there is none, or none that is still good. */
export async function ensureToken(table: ItemTable, tokens: TokenFile, tenant: string): Promise<string> {
  const { now, newId } = systemRuntime;
  const context = { table, principal: PRINCIPAL, requestId: newId(), now: () => new Date(now()), newId };
  const known = await tokens.findToken(tenant, APPLICATION);
  if (known === undefined) {
    const name = { tenant, application: APPLICATION };
    const issued = await issueToken({ ...context, vault: tokens, randomBytes }, name, {
      expiresInDays: DEFAULT_EXPIRY_DAYS,
    });
    return issued.token;
  }
  await recordKnown(context, tenant, known);
  return known.token;
}

/** A token of an earlier release, or of another data folder, that the table does not know of. */
async function recordKnown(
  context: OperatorContext,
  tenant: string,
  { token, versionId, expiresAt }: { readonly token: string; readonly versionId: string; readonly expiresAt: Date },
): Promise<void> {
  const item = await getApplication(context, tenant, APPLICATION);
  if (item.token !== undefined) return;
  const credential = toCredential(token, versionId, context.now(), expiresAt);
  const change = { action: 'tokens.issue', tenant, application: APPLICATION };
  await recordCredentials(context, change, item, { token: credential, previousToken: undefined });
}
