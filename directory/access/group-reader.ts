import { member } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import { inLanes } from '../in-lanes.ts';
import { readOpenDeletions } from '../open-deletions.ts';
import { parseItem, ResourceItemSchema } from '../store/items.ts';
import { memberOfPartition, resourceKey } from '../store/keys.ts';
import { queryAll } from '../store/query-all.ts';

type Source = Pick<DirectoryContext, 'table' | 'tenant'>;

/** A group that somebody is in. */
export interface UserGroup {
  readonly id: string;
  /** `indirect`: through other groups alone (RFC 7643 §4.1.2, `groups`). */
  readonly type: 'direct' | 'indirect';
}

/** What a group is called. */
export interface GroupNames {
  readonly displayName: string | undefined;
  readonly externalId: string | undefined;
}

/** Queries at once. */
const LANES = 8;

/**
 * Reads whose groups are whose, strongly consistently; what was read once is not read again, so one is made for one
 * question, or for one stretch of many users.
 */
export class GroupReader {
  readonly #source: Source;
  readonly #parents = new Map<string, Promise<readonly string[]>>();
  readonly #names = new Map<string, GroupNames | undefined>();
  #gone: Promise<ReadonlySet<string>> | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Every group that a user is in, from the nearest on. The memberships are walked upwards in rounds, each group visited
   * once, so that a cycle of groups has an end. A group that is being deleted counts no more, nor what it is in.
   */
  async groupsOf(userId: string): Promise<readonly UserGroup[]> {
    this.#gone ??= readOpenDeletions(this.#source);
    // The user's own are not kept: nobody else has them.
    const [gone, direct] = await Promise.all([this.#gone, this.#readParents(userId)]);
    const found = new Map<string, UserGroup['type']>();
    let round = direct.filter((id) => !gone.has(id));
    for (let type: UserGroup['type'] = 'direct'; round.length > 0; type = 'indirect') {
      for (const id of round) found.set(id, type);
      const parents = await inLanes(round, LANES, (id) => this.#parentsOf(id));
      round = [...new Set(parents.flat())].filter((id) => !found.has(id) && !gone.has(id));
    }
    return [...found].map(([id, type]) => ({ id, type }));
  }

  /** What the groups are called; without those that are gone. */
  async namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, GroupNames>> {
    const { table, tenant } = this.#source;
    const unread = ids.filter((id) => !this.#names.has(id));
    const items =
      unread.length === 0 ? [] : await table.getMany(unread.map((id) => resourceKey(tenant.name, 'Group', id)));
    for (const [n, id] of unread.entries()) {
      const item = items[n];
      this.#names.set(id, item === undefined ? undefined : toNames(parseItem(ResourceItemSchema, item).attributes));
    }
    return new Map(
      ids.flatMap((id) => {
        const names = this.#names.get(id);
        return names === undefined ? [] : [[id, names] as const];
      }),
    );
  }

  async #parentsOf(groupId: string): Promise<readonly string[]> {
    const known = this.#parents.get(groupId) ?? this.#readParents(groupId);
    this.#parents.set(groupId, known);
    return await known;
  }

  async #readParents(memberId: string): Promise<readonly string[]> {
    const { table, tenant } = this.#source;
    return (await queryAll(table, { pk: memberOfPartition(tenant.name, memberId) })).map(({ sk }) => sk);
  }
}

function toNames(attributes: Parameters<typeof member>[0]): GroupNames {
  const textOf = (name: string) => {
    const value = member(attributes, name);
    return typeof value === 'string' ? value : undefined;
  };
  return { displayName: textOf('displayName'), externalId: textOf('externalId') };
}
