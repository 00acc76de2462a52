import type { JsonObject } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import type { ResourceItem } from '../store/items.ts';
import { memberKey } from '../store/keys.ts';
import type { Gate } from './admission.ts';
import { createDeletionGate } from './deletion-gate.ts';
import type { Amount } from './guard-items.ts';
import { GuardedRequest } from './guarded-request.ts';
import type { HeldWrite } from './held-write.ts';
import { toKeptBody } from './kept-body.ts';
import { takeStatement } from './statement.ts';

/** The gate of a request. Nothing is counted where the guard is off, or who asks is no identity provider. */
export function createGate(context: DirectoryContext, write: HeldWrite): Gate {
  const request = new GuardedRequest(context, write);
  return {
    ...createDeletionGate(context, write),
    admitChange: async (before, intent) => {
      const { attributes, members } = intent;
      const asked: Amount = { users: isDeactivation(before, attributes) ? 1 : 0, memberships: members.remove.length };
      const measure = async () => ({ ...asked, memberships: await countMembers(context, write.id, members.remove) });
      const toBody = () => toKeptBody(context.tenant.schemas[write.type], write, intent);
      if (!(await request.admit(before, { asked, measure, toBody }))) return 'again';
      const stated = await takeStatement(context, write, before, intent);
      return stated === 'again' ? 'again' : { ...stated, attributes, members };
    },
  };
}

/** How many of them are members. */
async function countMembers(
  { table, tenant }: DirectoryContext,
  groupId: string,
  ids: readonly string[],
): Promise<number> {
  const items = await table.getMany(ids.map((id) => memberKey(tenant.name, groupId, id)));
  return items.filter((item) => item !== undefined).length;
}

function isDeactivation(before: ResourceItem, after: JsonObject | undefined): boolean {
  return before.type === 'User' && before.attributes['active'] !== false && after?.['active'] === false;
}
