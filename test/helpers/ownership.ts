import type { DirectoryContext } from '../../directory/context.ts';
import type { OperatorContext } from '../../directory/operator/operation.ts';
import { type OwnersChange, setOwners } from '../../directory/ownership/owners.ts';
import { listOwnerships, registerOwnership } from '../../directory/ownership/registered.ts';
import { sweep } from '../../directory/sweep.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../scim/schema/enterprise-user.ts';
import { addUser, patch } from './directory.ts';

export function operatorOf({ table, requestId, now, newId }: DirectoryContext): OperatorContext {
  return { table, principal: 'arn:aws:iam::123456789012:user/jo', requestId, now, newId };
}

export async function nameOwners(context: DirectoryContext, change: OwnersChange): Promise<void> {
  const by = { application: '@operator', requestId: context.requestId };
  await setOwners(operatorOf(context), { tenant: context.tenant.name, by }, change);
}

/** A user, whose manager is the one of that id. */
export async function addReport(context: DirectoryContext, name: string, manager?: string): Promise<string> {
  const more = manager === undefined ? {} : { [ENTERPRISE_USER_SCHEMA]: { manager: { value: manager } } };
  return await addUser(context, `${name}@example.com`, { externalId: name, ...more });
}

export async function own(context: DirectoryContext, user: string, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await registerOwnership(context, { type: 'document', id }, user);
}

/** The ids of what a user owns. */
export async function ownedBy(context: DirectoryContext, user: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await listOwnerships(context, user, { after, limit: 5_000 });
    ids.push(...page.ownerships.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

export async function setActive(context: DirectoryContext, user: string, value: boolean): Promise<void> {
  await patch(context, 'User', user, [{ op: 'replace', path: 'active', value }]);
}

/** The sweeper, when nothing is too young for it. */
export async function sweepAll(context: DirectoryContext): Promise<void> {
  const now = () => new Date(Date.now() + 600_000);
  await sweep(context.table, { now, remainingMs: () => 600_000 });
}
