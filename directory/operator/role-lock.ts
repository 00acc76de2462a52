import { type AccessRole, getAccessRole } from '../access/access-role.ts';
import type { DirectoryContext } from '../context.ts';
import { readResource } from '../read-resource.ts';
import { actorOf } from '../resource-writes.ts';
import type { ResourceItem } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { auditAction } from './audit.ts';
import { OperationRefusedError, type OperatorContext } from './operation.ts';

/** The access role of a user, as an operator sees it. */
export interface UserRole {
  readonly userId: string;
  readonly accessRole: AccessRole;
  /** The lock, also where it does not count because the tenant no longer names its role. */
  readonly lock: { readonly role: string; readonly since: string } | undefined;
}

/** @throws ScimError 404 */
export async function getUserRole(directory: DirectoryContext, id: string): Promise<UserRole> {
  return await toUserRole(directory, await readResource(directory, 'User', id));
}

/**
 * Keeps a user's access role as it is, whatever becomes of the user's groups, names and the mappings, until it is
 * unlocked. The lock is on the user's item beside the attributes: no identity provider sees or ends it, and it comes
 * back with a user who is restored.
 *
 * @param role - Undefined: the one that the user has now.
 * @throws ScimError 404
 * @throws {@link OperationRefusedError} `invalid` for a role that the tenant does not name; `conflict` where the user has
 * none that could be locked
 */
export async function lockRole(
  context: OperatorContext,
  directory: DirectoryContext,
  id: string,
  role: string | undefined,
): Promise<UserRole> {
  const { roles } = directory.tenant.policy;
  if (role !== undefined && !roles.includes(role)) {
    const named = roles.length === 0 ? 'it names none yet' : `it names ${roles.join(', ')}`;
    throw new OperationRefusedError(
      'invalid',
      `${JSON.stringify(role)} is no role of the tenant ${directory.tenant.name}: ${named}`,
    );
  }
  return await change(context, directory, id, 'roles.lock', async (user) => {
    const kept = role ?? (await getAccessRole(directory, user)).role;
    if (kept === null) {
      throw new OperationRefusedError('conflict', 'the user has no access role that could be locked: say which');
    }
    if (user.roleLock?.role === kept) return undefined;
    return { role: kept, since: context.now().toISOString() };
  });
}

/** Ends a role lock: the role is computed again. @throws ScimError 404 */
export async function unlockRole(context: OperatorContext, directory: DirectoryContext, id: string): Promise<UserRole> {
  return await change(context, directory, id, 'roles.unlock', async ({ roleLock }) =>
    roleLock === undefined ? undefined : 'none',
  );
}

type RoleLock = NonNullable<ResourceItem['roleLock']>;

/**
 * Writes the lock that `decide` says under the version that it was decided on; begins again where that has moved.
 *
 * @param decide - Undefined: it is so already.
 */
async function change(
  context: OperatorContext,
  directory: DirectoryContext,
  id: string,
  action: string,
  decide: (user: ResourceItem) => Promise<RoleLock | 'none' | undefined>,
): Promise<UserRole> {
  for (;;) {
    const before = await readResource(directory, 'User', id);
    const decided = await decide(before);
    if (decided === undefined) return await toUserRole(directory, before);
    const after = decided === 'none' ? undefined : decided;
    const audited = (lock: RoleLock | undefined) => ({ user: id, ...(lock === undefined ? {} : { role: lock.role }) });
    try {
      await context.table.write([
        {
          kind: 'update',
          key: { pk: before.pk, sk: before.sk },
          set: {
            ...(after === undefined ? {} : { roleLock: after }),
            by: actorOf(directory),
            lastModified: context.now().toISOString(),
            writeId: context.newId(),
          },
          // What the last write said of itself goes with it.
          remove: [...(after === undefined ? ['roleLock'] : []), 'delta', 'broughtBack'],
          add: { version: 1 },
          conditions: [{ kind: 'versionIs', version: before.version }],
        },
        auditAction(context, {
          action,
          tenant: directory.tenant.name,
          before: audited(before.roleLock),
          after: audited(after),
        }),
      ]);
      return await getUserRole(directory, id);
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
}

async function toUserRole(directory: DirectoryContext, user: ResourceItem): Promise<UserRole> {
  return { userId: user.sk, accessRole: await getAccessRole(directory, user), lock: user.roleLock };
}
