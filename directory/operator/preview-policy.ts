import { RoleRule } from '../access/access-role.ts';
import { comparePolicies, type PolicyDifference } from '../access/compare-policies.ts';
import { type GroupNames, GroupReader, type UserGroup } from '../access/group-reader.ts';
import type { Mapping, Policy } from '../access/policy.ts';
import type { DirectoryContext } from '../context.ts';
import { inLanes } from '../in-lanes.ts';
import { parseItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourcePartition } from '../store/keys.ts';
import { findMissingGroups } from './missing-groups.ts';

/** How many users would go from one access role to another; the two are the same of those that keep theirs. */
export interface RoleMove {
  readonly from: string | null;
  readonly to: string | null;
  readonly users: number;
}

/** What a policy would change, as far as a stretch of the users tells. */
export interface PolicyPreview {
  readonly differences: readonly PolicyDifference[];
  /** Mappings whose group is not there; told with the first stretch. */
  readonly missingGroups: readonly Mapping[];
  /** Users looked at in this stretch. */
  readonly users: number;
  readonly moves: readonly RoleMove[];
  readonly next?: string;
}

const PAGE = 200;
/** Users of a stretch: few enough that whoever waits sees it go on. */
const MAX_USERS = 2_000;
/** A page is not begun with less time than this. */
const RESERVE_MILLIS = 8_000;
/** Users whose memberships are read at once. */
const LANES = 16;

/**
 * Computes the access roles of a stretch of the users by the policy in force and by another, and counts who would change.
 * Nothing is written.
 *
 * @param after - The `next` of the stretch before.
 */
export async function previewPolicy(
  context: DirectoryContext,
  policy: Policy,
  { after, remainingMs }: { readonly after: string | undefined; readonly remainingMs: () => number },
): Promise<PolicyPreview> {
  const { table, tenant } = context;
  const rules = {
    before: new RoleRule(tenant.policy, tenant.schemas),
    after: new RoleRule(policy, tenant.schemas),
  };
  const reader = new GroupReader(context);
  const tally = new Map<string, RoleMove>();
  const differences = comparePolicies(tenant.policy, policy);
  const missingGroups = after === undefined ? await findMissingGroups(context, policy) : [];
  const pk = resourcePartition(tenant.name, 'User');
  let users = 0;
  let position = after;
  do {
    const page = await table.query({ pk, limit: PAGE, ...(position === undefined ? {} : { after: position }) });
    const items = page.items.map((item) => parseItem(ResourceItemSchema, item));
    for (const move of await movesOf(reader, rules, items)) {
      const key = JSON.stringify([move.from, move.to]);
      tally.set(key, { ...move, users: (tally.get(key)?.users ?? 0) + 1 });
    }
    users += items.length;
    position = page.next;
  } while (position !== undefined && users < MAX_USERS && remainingMs() > RESERVE_MILLIS);
  const moves = [...tally.values()];
  return { differences, missingGroups, users, moves, ...(position === undefined ? {} : { next: position }) };
}

interface Rules {
  readonly before: RoleRule;
  readonly after: RoleRule;
}

async function movesOf(
  reader: GroupReader,
  { before, after }: Rules,
  users: readonly ResourceItem[],
): Promise<readonly Omit<RoleMove, 'users'>[]> {
  const needsGroups = (user: ResourceItem) => [before, after].some((rule) => rule.readsGroupsOf(user));
  const groups = await inLanes(users, LANES, async (user): Promise<readonly UserGroup[]> => {
    return needsGroups(user) ? await reader.groupsOf(user.sk) : [];
  });
  const needsNames = before.readsNames || after.readsNames;
  const ids = needsNames ? [...new Set(groups.flat().map(({ id }) => id))] : [];
  const names: ReadonlyMap<string, GroupNames> = await reader.namesOf(ids);
  return users.map((user, n) => ({
    from: before.roleOf(user, groups[n] ?? [], names).role,
    to: after.roleOf(user, groups[n] ?? [], names).role,
  }));
}
