import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectoryContext } from '../../directory/context.ts';
import { createResource } from '../../directory/create-resource.ts';
import { patchResource } from '../../directory/patch-resource.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { createTenant, TenantCache } from '../../directory/tenants.ts';
import type { JsonObject, JsonValue } from '../../scim/json.ts';
import { parsePatchBody } from '../../scim/patch/parse.ts';
import { parseSelection, type Selection } from '../../scim/projection.ts';
import { GROUP_SCHEMA } from '../../scim/schema/group.ts';
import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { USER_SCHEMA } from '../../scim/schema/user.ts';
import { parseResourceBody } from '../../scim/validation/resource-body.ts';

export const schemas = createResourceSchemas();

/** Everything that a resource has by default. */
export const everything: Readonly<Record<ResourceTypeName, Selection>> = {
  User: parseSelection(schemas.User, {}),
  Group: parseSelection(schemas.Group, {}),
};

/** A context as a request has it: its own retries and deadline, of a tenant that exists. */
export async function createContext(
  table: ItemTable,
  options: { readonly tenant?: string; readonly deadlineSeconds?: number } = {},
): Promise<DirectoryContext> {
  const name = options.tenant ?? 'acme';
  await createTenant(table, name, new Date());
  const tenant = await new TenantCache({ now: Date.now }).find(table, name);
  if (tenant === undefined) throw new Error('the tenant was not made');
  return requestOf(
    {
      table,
      tenant,
      application: 'entra',
      requestId: 'request-1',
      tenantUrl: `https://scim.example.com/${name}/scim/v2`,
      now: () => new Date(),
      newId: randomUUID,
    },
    table,
    options.deadlineSeconds,
  );
}

/** The context of another request of the same client, over that table. */
export function requestOf(context: DirectoryContext, table: ItemTable, deadlineSeconds = 20): DirectoryContext {
  return {
    ...context,
    requestId: randomUUID(),
    table: createRetryingTable(table, {
      now: Date.now,
      // Waits are shorter than a service's, in proportion: an emulated transaction takes no time either.
      sleep: async (milliseconds) => {
        await sleep(milliseconds / 20);
      },
      random: Math.random,
      newId: randomUUID,
      deadline: Date.now() + deadlineSeconds * 1_000,
    }),
  };
}

export async function addUser(context: DirectoryContext, userName: string, more: JsonObject = {}): Promise<string> {
  const body = parseResourceBody(schemas.User, { schemas: [USER_SCHEMA], userName, active: true, ...more });
  return idOf((await createResource(context, 'User', body, everything.User)).representation);
}

export async function addGroup(
  context: DirectoryContext,
  displayName: string,
  members: readonly string[] = [],
): Promise<string> {
  const body = parseResourceBody(schemas.Group, {
    schemas: [GROUP_SCHEMA],
    displayName,
    members: members.map((value) => ({ value })),
  });
  return idOf((await createResource(context, 'Group', body, everything.Group)).representation);
}

export function idOf(representation: JsonObject): string {
  const id = representation['id'];
  if (typeof id !== 'string') throw new Error('the resource has no id');
  return id;
}

/** A PATCH as a client sends it. */
export async function patch(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  operations: readonly JsonValue[],
): Promise<void> {
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
  await patchResource(context, type, id, parsePatchBody(schemas[type], body), {
    ifMatch: undefined,
    selection: undefined,
  });
}

export function addMembers(ids: readonly string[]): JsonObject {
  return { op: 'add', path: 'members', value: ids.map((value) => ({ value })) };
}

export function removeMembers(ids: readonly string[]): JsonObject {
  return { op: 'Remove', path: 'members', value: ids.map((value) => ({ value })) };
}
