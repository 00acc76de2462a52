import type { DirectoryContext } from '../context.ts';
import type { ResourceItem } from '../store/items.ts';
import { membersPartition } from '../store/keys.ts';
import { queryPages } from '../store/query-all.ts';
import type { DeletionGate } from './admission.ts';
import type { Amount } from './guard-items.ts';
import { GuardedRequest, isGuarded } from './guarded-request.ts';
import type { HeldWrite } from './held-write.ts';

/** The gate of a request that deletes: that of a change knows more of SCIM than a daily sweep needs. */
export function createDeletionGate(context: DirectoryContext, write: HeldWrite): DeletionGate {
  const request = new GuardedRequest(context, write);
  return {
    admitDeletion: async (before) => {
      if (!isGuarded(context)) return 'admitted';
      const asked = await amountOf(context, before);
      return (await request.admit(before, { asked, measure: async () => asked })) ? 'admitted' : 'again';
    },
  };
}

async function amountOf({ table, tenant }: DirectoryContext, { type, sk: id }: ResourceItem): Promise<Amount> {
  if (type === 'User') return { users: 1, memberships: 0 };
  let memberships = 0;
  for await (const page of queryPages(table, { pk: membersPartition(tenant.name, id) })) memberships += page.length;
  return { users: 0, memberships };
}
