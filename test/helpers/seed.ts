import { randomUUID } from 'node:crypto';
import type { DirectoryContext } from '../../directory/context.ts';
import { inParts } from '../../directory/in-parts.ts';
import { createActions, newResourceItem } from '../../directory/resource-writes.ts';
import type { Action } from '../../directory/store/item-table.ts';
import { FORMAT } from '../../directory/store/items.ts';
import { memberKey, memberOfKey } from '../../directory/store/keys.ts';
import type { JsonObject } from '../../scim/json.ts';

/** Puts many users at once, as single creates would leave them, without the price of a transaction each. */
export async function seedUsers(context: DirectoryContext, count: number, prefix: string): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const actions: Action[] = [];
  const counters = new Map<string, Extract<Action, { kind: 'update' }>>();
  for (const [n, id] of ids.entries()) {
    const item = newResourceItem(context, 'User', id, userAttributes(prefix, n));
    for (const { action } of createActions(context, item, new Map())) {
      if (action.kind !== 'update') actions.push(action);
      else {
        const counted = counters.get(action.key.sk)?.add?.['count'] ?? 0;
        counters.set(action.key.sk, { ...action, add: { count: counted + 1 } });
      }
    }
  }
  await writeAll(context, [...actions, ...counters.values()]);
  return ids;
}

/** Makes users members of a group, as single PATCHes would. */
export async function seedMembers(context: DirectoryContext, groupId: string, ids: readonly string[]): Promise<void> {
  const tenant = context.tenant.name;
  await writeAll(
    context,
    ids.flatMap((id) =>
      [memberKey(tenant, groupId, id), memberOfKey(tenant, id, groupId)].map(
        (key): Action => ({ kind: 'put', item: { ...key, format: FORMAT, type: 'User' } }),
      ),
    ),
  );
}

async function writeAll(context: DirectoryContext, actions: readonly Action[]): Promise<void> {
  const parts = inParts(actions, 100).values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const part of parts) await context.table.write(part);
    }),
  );
}

function userAttributes(prefix: string, n: number): JsonObject {
  return {
    externalId: `${prefix}-${n}`,
    userName: `${prefix}-${n}@example.com`,
    active: true,
    displayName: `User ${n}`,
    emails: [{ type: 'work', value: `${prefix}-${n}@example.com`, primary: true }],
    name: { givenName: 'User', familyName: String(n), formatted: `User ${n}` },
  };
}
