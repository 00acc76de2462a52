import { normaliseText } from '../../scim/text.ts';
import type { DirectoryContext, Tenant } from '../context.ts';
import { resolvePath } from '../lookup-attributes.ts';
import { isActive } from '../ownership/owner.ts';
import type { ResourceItem } from '../store/items.ts';
import { type GroupNames, GroupReader, type UserGroup } from './group-reader.ts';
import type { Mapping, Policy } from './policy.ts';

/** Which access role somebody has, and why. */
export type AccessRole =
  /** It is locked. */
  | { readonly role: string; readonly source: 'lock' }
  /** Of all that mappings give to the user's groups the highest; `groupId` is such a group. */
  | { readonly role: string; readonly source: 'mapping'; readonly groupId: string }
  | { readonly role: string; readonly source: 'default' }
  | { readonly role: null; readonly source: 'none' }
  /** Nobody who is deactivated has one, until they come back. */
  | { readonly role: null; readonly source: 'inactive' };

/** Decides access roles by one policy; pure. */
export class RoleRule {
  readonly #policy: Policy;
  readonly #ranks: ReadonlyMap<string, number>;
  /** Rank by what a group is named by, then by the value in the form in which it is compared. */
  readonly #mapped: Readonly<Record<Mapping['by'], ReadonlyMap<string, number>>>;
  readonly #normalise: (by: Mapping['by'], value: string) => string;

  constructor(policy: Policy, schemas: Tenant['schemas']) {
    const isExact = (by: Mapping['by']) => by === 'id' || (resolvePath(schemas.Group, by)?.attribute.caseExact ?? true);
    this.#policy = policy;
    this.#normalise = (by, value) => normaliseText(value, isExact(by));
    this.#ranks = new Map(policy.roles.map((role, rank) => [role, rank]));
    const mapped = (by: Mapping['by']) =>
      new Map(
        policy.mappings
          .filter((mapping) => mapping.by === by)
          .map(({ value, role }) => [this.#normalise(by, value), this.#ranks.get(role) ?? Number.POSITIVE_INFINITY]),
      );
    this.#mapped = { id: mapped('id'), displayName: mapped('displayName'), externalId: mapped('externalId') };
  }

  /** Whether it depends on what groups are called. */
  get readsNames(): boolean {
    return this.#mapped.displayName.size + this.#mapped.externalId.size > 0;
  }

  /** Whether it depends on the groups that the user is in. */
  readsGroupsOf(user: Pick<ResourceItem, 'attributes' | 'roleLock'>): boolean {
    return this.#policy.mappings.length > 0 && isActive(user) && this.#lockedRole(user) === undefined;
  }

  /** The role that is locked. A lock to a role that the tenant no longer names does not count while it is so. */
  #lockedRole({ roleLock }: Pick<ResourceItem, 'roleLock'>): string | undefined {
    return roleLock !== undefined && this.#ranks.has(roleLock.role) ? roleLock.role : undefined;
  }

  /**
   * @param groups - Those that the user is in, directly or through others; where {@link readsGroupsOf} the user.
   * @param names - Of those of them that are there, where {@link readsNames}.
   */
  roleOf(
    user: Pick<ResourceItem, 'attributes' | 'roleLock'>,
    groups: readonly UserGroup[],
    names: ReadonlyMap<string, GroupNames>,
  ): AccessRole {
    if (!isActive(user)) return { role: null, source: 'inactive' };
    const locked = this.#lockedRole(user);
    if (locked !== undefined) return { role: locked, source: 'lock' };
    const best = groups
      .map(({ id }) => ({ groupId: id, rank: this.#rankOf(id, names.get(id)) }))
      .reduce<{ groupId: string; rank: number } | undefined>(
        (highest, each) => (highest === undefined || each.rank < highest.rank ? each : highest),
        undefined,
      );
    const role = best === undefined ? undefined : this.#policy.roles[best.rank];
    if (best !== undefined && role !== undefined) return { role, source: 'mapping', groupId: best.groupId };
    const { defaultRole } = this.#policy;
    return defaultRole === null ? { role: null, source: 'none' } : { role: defaultRole, source: 'default' };
  }

  /** The highest rank, the least number, that a mapping gives to the group. */
  #rankOf(id: string, names: GroupNames | undefined): number {
    const rankBy = (by: Mapping['by'], value: string | undefined) =>
      (value === undefined ? undefined : this.#mapped[by].get(this.#normalise(by, value))) ?? Number.POSITIVE_INFINITY;
    return Math.min(
      rankBy('id', id),
      rankBy('displayName', names?.displayName),
      rankBy('externalId', names?.externalId),
    );
  }
}

/** The access role of a user as it is now: nothing of it is stored but a lock. */
export async function getAccessRole(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  user: ResourceItem,
): Promise<AccessRole> {
  const { policy, schemas } = context.tenant;
  const rule = new RoleRule(policy, schemas);
  if (!rule.readsGroupsOf(user)) return rule.roleOf(user, [], new Map());
  return (await readAccess(context, user, { withNames: false })).accessRole;
}

/** What somebody who signs in has. */
export interface Access {
  readonly accessRole: AccessRole;
  readonly groups: readonly (UserGroup & { readonly displayName?: string })[];
}

/**
 * The groups of a user, and the access role that comes of them.
 *
 * @param options - `withNames`: what each group is called, for one batch of reads more.
 */
export async function readAccess(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  user: ResourceItem,
  { withNames }: { readonly withNames: boolean },
): Promise<Access> {
  const { policy, schemas } = context.tenant;
  const rule = new RoleRule(policy, schemas);
  const reader = new GroupReader(context);
  const groups = await reader.groupsOf(user.sk);
  const names = withNames || rule.readsNames ? await reader.namesOf(groups.map(({ id }) => id)) : new Map();
  return {
    accessRole: rule.roleOf(user, groups, names),
    groups: withNames ? groups.flatMap((group) => named(group, names.get(group.id))) : groups,
  };
}

/** Without one that has gone since. */
function named(group: UserGroup, names: GroupNames | undefined): Access['groups'] {
  if (names === undefined) return [];
  return [{ ...group, ...(names.displayName === undefined ? {} : { displayName: names.displayName }) }];
}
