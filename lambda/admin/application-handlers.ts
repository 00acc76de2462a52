import { lastUses } from '../../directory/cycles/health.ts';
import { readLastCycles } from '../../directory/cycles/list-cycles.ts';
import {
  type ApplicationRecord,
  addApplication,
  getApplication,
  listApplications,
  muteApplication,
} from '../../directory/operator/applications.ts';
import type { ApplicationItem } from '../../directory/store/tenant-items.ts';
import { issueToken, type NewToken, revokeTokens, rotateToken } from '../authorization/token-changes.ts';
import { toTokenStatus } from '../authorization/token-status.ts';
import type { Application, IssuedToken, TokenStatus } from '../contract/admin-messages.ts';
import type { AdminContext, AdminHandlers } from './admin-request.ts';

/** The last cycles, in which it is looked up when a token was used. */
const CYCLES = 20;

/** The operations on applications and their tokens. */
export const applicationHandlers = {
  listApplications: async ({ context, path: { tenant } }) => {
    const records = await listApplications(context, tenant);
    return { applications: await Promise.all(records.map((record) => toApplication(context, tenant, record))) };
  },
  createApplication: async ({ context, path: { tenant }, body: { name } }) => {
    return await toApplication(context, tenant, { name, item: await addApplication(context, tenant, name) });
  },
  muteApplication: async ({ context, path: { tenant, application }, body: { muted } }) => {
    const item = await muteApplication(context, tenant, application, muted);
    return await toApplication(context, tenant, { name: application, item });
  },
  showToken: async ({ context, path: { tenant, application } }) => {
    return await readStatus(context, tenant, application, await getApplication(context, tenant, application));
  },
  issueToken: async ({ context, path: { tenant, application }, body }) => {
    return toIssuedToken(context, tenant, application, await issueToken(context, { tenant, application }, body));
  },
  rotateToken: async ({ context, path: { tenant, application }, body }) => {
    return toIssuedToken(context, tenant, application, await rotateToken(context, { tenant, application }, body));
  },
  revokeToken: async ({ context, path: { tenant, application }, body: { which } }) => {
    const item = await revokeTokens(context, { tenant, application }, which);
    return await readStatus(context, tenant, application, item);
  },
} as const satisfies Partial<AdminHandlers>;

export async function toApplication(
  context: AdminContext,
  tenant: string,
  { name, item }: ApplicationRecord,
): Promise<Application> {
  const token = await readStatus(context, tenant, name, item);
  const { created, muted, features, immutableExternalId } = item;
  return { name, created, muted, features, immutableExternalId, token };
}

async function readStatus(
  context: AdminContext,
  tenant: string,
  application: string,
  item: ApplicationItem,
): Promise<TokenStatus> {
  const cycles = await readLastCycles(context.table, { tenant, application }, CYCLES);
  return toTokenStatus(item, context.now(), lastUses(cycles));
}

function toIssuedToken(
  { tenantUrlOf }: AdminContext,
  tenant: string,
  application: string,
  { token, credential, previousUntil }: NewToken,
): IssuedToken {
  return {
    tenant,
    application,
    tenantUrl: tenantUrlOf(tenant),
    token,
    credentialId: credential.credentialId,
    expiresAt: credential.expiresAt,
    ...(previousUntil === undefined ? {} : { previousUntil: previousUntil.toISOString() }),
  };
}
