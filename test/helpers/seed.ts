import { randomUUID } from 'node:crypto';
import type { DirectoryContext } from '../../directory/context.ts';
import { inParts } from '../../directory/in-parts.ts';
import { createActions, newResourceItem } from '../../directory/resource-writes.ts';
import { keyOf } from '../../directory/store/actions.ts';
import type { Action, UpdateAction } from '../../directory/store/item-table.ts';
import { FORMAT } from '../../directory/store/items.ts';
import { memberKey, memberOfKey } from '../../directory/store/keys.ts';
import { MAX_ACTIONS } from '../../directory/store/limits.ts';
import type { JsonObject } from '../../scim/json.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';

/** Resources, or memberships, whose items are made and written together: of any number no more are in memory. */
const STRETCH = 5_000;
const LANES = 8;

/**
 * Puts many users at once, as single creates would leave them, without the price of a transaction each.
 *
 * @param attributesOf - What the n-th has, from 0; `userName` and what else is looked up by must differ.
 * @returns Their ids, ascending: the n-th is that of the n-th user.
 */
export async function seedUsers(
  context: DirectoryContext,
  count: number,
  prefix: string,
  attributesOf: (n: number) => JsonObject = (n) => userAttributes(prefix, n),
): Promise<readonly string[]> {
  // In the order of the keys, since a file takes them faster so.
  const ids = Array.from({ length: count }, () => randomUUID() as string).sort();
  const counters = new Map<string, UpdateAction>();
  for (const [part, stretch] of inParts(ids, STRETCH).entries()) {
    const actions: Action[] = [];
    for (const [n, id] of stretch.entries()) {
      const item = newResourceItem(context, 'User', id, attributesOf(part * STRETCH + n));
      for (const { action } of createActions(context, item, new Map())) {
        if (action.kind === 'update') addUp(counters, action);
        else actions.push(action);
      }
    }
    await writeAll(context, actions);
  }
  await writeAll(context, [...counters.values()]);
  return ids;
}

/** Makes users members of a group, as single PATCHes would. */
export async function seedMembers(context: DirectoryContext, groupId: string, ids: readonly string[]): Promise<void> {
  await seedMemberships(
    context,
    ids.map((memberId) => ({ groupId, memberId })),
  );
}

/** The same for any number of groups, and for members that are groups. */
export async function seedMemberships(
  context: DirectoryContext,
  memberships: readonly { readonly groupId: string; readonly memberId: string }[],
  type: ResourceTypeName = 'User',
): Promise<void> {
  const tenant = context.tenant.name;
  for (const stretch of inParts(memberships, STRETCH)) {
    await writeAll(
      context,
      stretch.flatMap(({ groupId, memberId }) =>
        [memberKey(tenant, groupId, memberId), memberOfKey(tenant, memberId, groupId)].map(
          (key): Action => ({ kind: 'put', item: { ...key, format: FORMAT, type } }),
        ),
      ),
    );
  }
}

function addUp(counters: Map<string, UpdateAction>, action: UpdateAction): void {
  const { sk } = action.key;
  const counted = counters.get(sk)?.add?.['count'] ?? 0;
  counters.set(sk, { ...action, add: { count: counted + (action.add?.['count'] ?? 0) } });
}

async function writeAll(context: DirectoryContext, actions: readonly Action[]): Promise<void> {
  const sorted = actions
    .map((action) => ({ action, key: keyOf(action) }))
    .sort((left, right) => compare(left.key.pk, right.key.pk) || compare(left.key.sk, right.key.sk))
    .map(({ action }) => action);
  const parts = inParts(sorted, MAX_ACTIONS).values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const part of parts) await context.table.write(part);
    }),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
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
