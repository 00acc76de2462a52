import { deleteResource } from '../../directory/delete-resource.ts';
import { listDue } from '../../directory/lifecycle/due.ts';
import { type DeletedUser as Deleted, listDeletedUsers } from '../../directory/lifecycle/list-deleted.ts';
import { purgeUser } from '../../directory/lifecycle/purge-user.ts';
import { restoreUser } from '../../directory/lifecycle/restore-user.ts';
import { configureApplication } from '../../directory/operator/applications.ts';
import { auditAction } from '../../directory/operator/audit.ts';
import { OperationRefusedError } from '../../directory/operator/operation.ts';
import type { DeletedUser } from '../contract/lifecycle-messages.ts';
import type { AdminContext, AdminHandlers } from './admin-request.ts';
import { toApplication } from './application-handlers.ts';

/** Left for the answer once a purge has to stop. */
const RESERVE_MILLIS = 2_000;
const DAY_MILLIS = 86_400_000;

/** What operators do with people: delete, restore, purge; and what applications may do. */
export const lifecycleHandlers = {
  deleteUser: async ({ context, path: { tenant, id } }) => {
    const alongside = audit(context, 'users.delete', tenant, id);
    await deleteResource(await context.openDirectory(tenant), 'User', id, { ifMatch: undefined, alongside });
    return { id };
  },
  restoreUser: async ({ context, path: { tenant, id } }) => {
    const directory = await context.openDirectory(tenant);
    const alongside = audit(context, 'users.restore', tenant, id);
    const { isWhole, groups, skipped } = await restoreUser(directory, id, alongside);
    return { id, done: isWhole, groups: [...groups], skipped: [...skipped] };
  },
  purgeUser: async ({ context, path: { tenant, id }, body: { confirm } }) => {
    if (confirm !== id)
      throw new OperationRefusedError('unconfirmed', `to go on, confirm with the id of the user: ${id}`);
    const { done } = await purgeUser(await context.openDirectory(tenant), id, {
      alongside: audit(context, 'users.purge', tenant, id),
      hasTime: () => context.remainingMs() > RESERVE_MILLIS,
    });
    return { id, done };
  },
  listDeletedUsers: async ({ context, path: { tenant }, query: { after } }) => {
    const { users, next } = await listDeletedUsers(await context.openDirectory(tenant), after);
    return { users: users.map(toDeletedUser), ...(next === undefined ? {} : { next }) };
  },
  listDue: async ({ context, path: { tenant }, query: { days, deleteAfterDeactivatedDays, after } }) => {
    const until = new Date(context.now().getTime() + days * DAY_MILLIS);
    const directory = await context.openDirectory(tenant);
    const asked = deleteAfterDeactivatedDays === undefined ? {} : { deleteAfterDeactivatedDays };
    const settings = { ...directory.tenant.settings, ...asked };
    const { due, faults, next } = await listDue(
      { ...directory, tenant: { ...directory.tenant, settings } },
      until,
      after,
    );
    return {
      due: due.map(({ from, userName, ...rest }) => ({
        ...rest,
        ...(userName === undefined ? {} : { userName }),
        from: from.toISOString(),
      })),
      unreadable: faults.length,
      ...(next === undefined ? {} : { next }),
    };
  },
  configureApplication: async ({ context, path: { tenant, application }, body }) => {
    const item = await configureApplication(context, tenant, application, body);
    return await toApplication(context, tenant, { name: application, item });
  },
} as const satisfies Partial<AdminHandlers>;

/** Records who did it, in the transaction that does it; of the person nothing but the id. */
function audit(context: AdminContext, action: string, tenant: string, id: string) {
  return [auditAction(context, { action, tenant, after: { id } })];
}

function toDeletedUser({ tombstone: { sk: id, deletedAt, by, item }, restorableUntil }: Deleted): DeletedUser {
  const { userName, displayName, externalId } = item.attributes;
  return {
    id,
    ...(typeof userName === 'string' ? { userName } : {}),
    ...(typeof displayName === 'string' ? { displayName } : {}),
    ...(typeof externalId === 'string' ? { externalId } : {}),
    deletedAt,
    deletedBy: by.application,
    restorableUntil: restorableUntil.toISOString(),
  };
}
