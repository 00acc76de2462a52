import { decideSignIn } from '../../directory/access/sign-in.ts';
import { getPolicy, type PolicyRecord, requirePolicy, setPolicy } from '../../directory/operator/policy.ts';
import { previewPolicy } from '../../directory/operator/preview-policy.ts';
import { getUserRole, lockRole, type UserRole, unlockRole } from '../../directory/operator/role-lock.ts';
import { readOwners, setOwners } from '../../directory/ownership/owners.ts';
import { listOwnerships } from '../../directory/ownership/registered.ts';
import type { PolicyAnswer, UserRoleAnswer } from '../contract/access-routes.ts';
import { OWNERSHIPS_A_PAGE, toOwnersAnswer } from '../http/ownership-handlers.ts';
import { toSignInAnswer } from '../http/sign-in-handler.ts';
import type { AdminHandlers } from './admin-request.ts';

/** The operations on who may enter, and with which access role. */
export const accessHandlers = {
  showPolicy: async ({ context, path: { tenant } }) => toPolicyAnswer(await getPolicy(context, tenant)),
  setPolicy: async ({ context, path: { tenant }, body: { policy: document, version } }) => {
    const { differences, ...record } = await setPolicy(context, tenant, { document, version });
    return { ...toPolicyAnswer(record), differences: [...differences] };
  },
  previewPolicy: async ({ context, path: { tenant }, body: { policy, after } }) => {
    const checked = requirePolicy(policy);
    const { remainingMs } = context;
    const preview = await previewPolicy(await context.openDirectory(tenant), checked, { after, remainingMs });
    const { differences, missingGroups, moves } = preview;
    return { ...preview, differences: [...differences], missingGroups: [...missingGroups], moves: [...moves] };
  },
  showRole: async ({ context, path: { tenant, id } }) => {
    return toRoleAnswer(await getUserRole(await context.openDirectory(tenant), id));
  },
  lockRole: async ({ context, path: { tenant, id }, body: { role } }) => {
    return toRoleAnswer(await lockRole(context, await context.openDirectory(tenant), id, role));
  },
  unlockRole: async ({ context, path: { tenant, id } }) => {
    return toRoleAnswer(await unlockRole(context, await context.openDirectory(tenant), id));
  },
  showOwners: async ({ context, path: { tenant } }) => {
    const directory = await context.openDirectory(tenant);
    return toOwnersAnswer(await readOwners(context.table, directory.tenant.name));
  },
  setOwners: async ({ context, path: { tenant }, body }) => {
    const directory = await context.openDirectory(tenant);
    const by = { application: directory.application, requestId: directory.requestId };
    return toOwnersAnswer(await setOwners(context, { tenant, by }, body));
  },
  listOwnerships: async ({ context, path: { tenant, id }, query: { after } }) => {
    const page = await listOwnerships(await context.openDirectory(tenant), id, { after, limit: OWNERSHIPS_A_PAGE });
    return { ...page, ownerships: [...page.ownerships] };
  },
  checkSignIn: async ({ context, path: { tenant }, body }) => {
    return toSignInAnswer(await decideSignIn(context.table, tenant, body));
  },
} as const satisfies Partial<AdminHandlers>;

function toPolicyAnswer({ version, changedAt, policy }: PolicyRecord): PolicyAnswer {
  return { version, ...(changedAt === undefined ? {} : { changedAt }), policy };
}

function toRoleAnswer({ userId, accessRole, lock }: UserRole): UserRoleAnswer {
  return { userId, accessRole, ...(lock === undefined ? {} : { lock }) };
}
