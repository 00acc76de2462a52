import { getResource } from '../../directory/get-resource.ts';
import { listResources } from '../../directory/list-resources.ts';
import { parseFilter } from '../../scim/filter/parser.ts';
import type { JsonObject } from '../../scim/json.ts';
import { toListResponse } from '../../scim/list-response.ts';
import { parsePaging } from '../../scim/paging.ts';
import { parseSelection, project } from '../../scim/projection.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { fitsResponse } from '../http/responses.ts';
import { AdminError } from './admin-error.ts';
import type { AdminContext, AdminHandlers } from './admin-request.ts';

/** What may be asked of a list. */
interface ListQuery {
  readonly filter?: string | undefined;
  readonly startIndex?: string | undefined;
  readonly count?: string | undefined;
}

/** Users and groups as an identity provider would see them. */
export const directoryHandlers = {
  listUsers: async ({ context, path: { tenant }, query }) => await list(context, tenant, 'User', query),
  showUser: async ({ context, path: { tenant, id } }) => await show(context, tenant, 'User', id),
  listGroups: async ({ context, path: { tenant }, query }) => await list(context, tenant, 'Group', query),
  showGroup: async ({ context, path: { tenant, id } }) => await show(context, tenant, 'Group', id),
} as const satisfies Partial<AdminHandlers>;

/** Groups are listed without their members. */
async function list(
  context: AdminContext,
  tenant: string,
  type: ResourceTypeName,
  { filter, ...paging }: ListQuery,
): Promise<JsonObject> {
  const directory = await context.openDirectory(tenant);
  const { schemas, settings } = directory.tenant;
  const { startIndex, count } = parsePaging(paging, settings.maxPageSize);
  const selection = parseSelection(schemas[type], { excludedAttributes: type === 'Group' ? 'members' : 'groups' });
  const { totalResults, resources } = await listResources(directory, type, {
    filter: filter === undefined ? undefined : parseFilter(filter),
    startIndex,
    count,
    selection,
  });
  const bodies = resources.map(({ representation }) => project(schemas[type], representation, selection));
  return assertFits(toListResponse({ totalResults, startIndex, resources: bodies }));
}

async function show(context: AdminContext, tenant: string, type: ResourceTypeName, id: string): Promise<JsonObject> {
  const directory = await context.openDirectory(tenant);
  const selection = parseSelection(directory.tenant.schemas[type], {});
  const { representation } = await getResource(directory, type, id, selection);
  return assertFits(project(directory.tenant.schemas[type], representation, selection));
}

function assertFits(body: JsonObject): JsonObject {
  if (fitsResponse(JSON.stringify(body))) return body;
  throw new AdminError(400, 'tooMany', 'the answer would be larger than 6 MB: ask for fewer with count, or export');
}
