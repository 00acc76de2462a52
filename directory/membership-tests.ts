import { invalidFilter } from '../scim/errors.ts';
import type { Filter } from '../scim/filter/ast.ts';
import { printAttributePath } from '../scim/filter/printer.ts';
import type { JsonObject } from '../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../scim/schema/enterprise-user.ts';
import type { ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { valuePathOf } from './lookup-plan.ts';
import { findOpenDeletions } from './open-deletions.ts';
import type { Key } from './store/item-table.ts';
import { isResourceId, memberKey, memberOfPartition, membersPartition } from './store/keys.ts';
import { getEach, queryAll } from './store/query-all.ts';

/** Resolved on read and stored nowhere, so that no filter can look at them. */
const RESOLVED_ON_READ = new Set(['displayName', '$ref'].map((name) => `${ENTERPRISE_USER_SCHEMA}:manager.${name}`));
/** Pairs of candidate and tested id that are read one by one; beyond, the memberships of the tested ids are listed. */
export const MAX_PAIRS = 100;

/** Whether what a canonical path names is stored nowhere, so that resources can be neither filtered nor sorted by it. */
export function isResolvedOnRead(canonical: string): boolean {
  return RESOLVED_ON_READ.has(canonical);
}

/**
 * The ids with which a filter compares `members` (of groups) or `groups` (of users). These lists are not in the
 * resources, so they can only be compared by id, with `eq`; that works anywhere in a filter, in `or` and `not` too.
 *
 * @throws ScimError 400 `invalidFilter` for any other question about them, and for what is resolved on read only.
 */
export function membershipTests(filter: Filter, schema: ResourceSchema): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.flatMap((operand) => membershipTests(operand, schema));
    case 'not':
      return membershipTests(filter.operand, schema);
    case 'present':
    case 'compare': {
      const resolved = schema.resolveLenient(filter.path);
      if (resolved === undefined) return [];
      if (isResolvedOnRead(resolved.canonical)) throw notFilterable(printAttributePath(filter.path));
      if (!resolved.attribute.keptApart) return [];
      return [testedId(filter, valuePathOf(resolved).subAttribute?.name, printAttributePath(filter.path))];
    }
    case 'valuePath': {
      const resolved = schema.resolveLenient(filter.path);
      if (!resolved?.attribute.keptApart) return [];
      return testsOfValueFilter(filter.filter, resolved.attribute.name);
    }
  }
}

function testsOfValueFilter(filter: Filter, attribute: string): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.flatMap((operand) => testsOfValueFilter(operand, attribute));
    case 'compare':
      return [testedId(filter, filter.path.name.toLowerCase(), `${attribute}[${printAttributePath(filter.path)}]`)];
    case 'not':
    case 'present':
    case 'valuePath':
      throw notFilterable(attribute);
  }
}

function testedId(filter: Filter, subAttribute: string | undefined, path: string): string {
  if (filter.kind === 'compare' && filter.operator === 'eq' && subAttribute === 'value') {
    if (typeof filter.value === 'string') return filter.value;
  }
  throw notFilterable(path);
}

function notFilterable(path: string) {
  return invalidFilter(`${path} cannot be filtered like this: members and groups can be compared by id, with eq, only`);
}

/** Tells, of a resource, which of the tested ids are its members (of a user: its groups), as a derived attribute. */
export type MembershipOf = (id: string) => JsonObject;

/**
 * Finds out what the tests of a filter need. A tested id that is being deleted is nobody's member, and has none.
 *
 * @param candidates - The ids that will be asked about; undefined: any.
 */
export async function readMemberships(
  context: DirectoryContext,
  type: ResourceTypeName,
  tests: readonly string[],
  candidates: readonly string[] | undefined,
): Promise<MembershipOf> {
  const tenant = context.tenant.name;
  const tested = [...new Set(tests)].filter(isResourceId);
  /** By tested id: the ids of the resources that have it. */
  const known = new Map<string, Set<string>>(tested.map((other) => [other, new Set()]));
  if (candidates !== undefined && candidates.length * tested.length <= MAX_PAIRS) {
    const keyOf = (id: string, other: string): Key =>
      type === 'Group' ? memberKey(tenant, id, other) : memberKey(tenant, other, id);
    const pairs = candidates.flatMap((id) => tested.map((other) => ({ id, other })));
    const items = await getEach(
      context.table,
      pairs.map(({ id, other }) => keyOf(id, other)),
    );
    pairs.forEach(({ id, other }, index) => {
      if (items[index] !== undefined) known.get(other)?.add(id);
    });
  } else {
    await Promise.all(
      tested.map(async (other) => {
        known.set(other, new Set(await listMemberships(context, type, other)));
      }),
    );
  }
  const held = tested.filter((other) => (known.get(other)?.size ?? 0) > 0);
  for (const other of await findOpenDeletions(context, held)) known.delete(other);
  const attribute = type === 'Group' ? 'members' : 'groups';
  return (id) => {
    const values = tested.filter((other) => known.get(other)?.has(id));
    return values.length === 0 ? {} : { [attribute]: values.map((value) => ({ value })) };
  };
}

/** The groups that have that member, or the users and groups that are members of that group. */
async function listMemberships(
  { table, tenant }: DirectoryContext,
  type: ResourceTypeName,
  otherId: string,
): Promise<readonly string[]> {
  return (await queryAll(table, { pk: membershipPartition(tenant.name, type, otherId) })).map(({ sk }) => sk);
}

/** Holds, in the order of ids, the groups that have that member, or the users and groups that are members of that group. */
export function membershipPartition(tenant: string, type: ResourceTypeName, otherId: string): string {
  return type === 'Group' ? memberOfPartition(tenant, otherId) : membersPartition(tenant, otherId);
}
