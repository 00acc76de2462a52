import type { DirectoryContext } from '../context.ts';
import { ClaimItemSchema, parseItem } from '../store/items.ts';
import {
  claimKey,
  type Indexed,
  idOfIndexKey,
  indexPartition,
  indexRange,
  isResourceId,
  toKeyValue,
} from '../store/keys.ts';
import { hashIdentifier, logOfIdentifierPartition, logOfResourcePartition } from '../store/log-keys.ts';

/** Of how many users entries are looked for at most: an externalId need not be unique, and a name changes hands. */
const MAX_USERS = 5;
/** Pointers by the name that are asked whom they are about: some 200 bytes each. */
const MAX_POINTERS = 2_000;
const INDEXES: readonly Indexed[] = ['User', 'TombstoneUser'];

export interface UserPartitions {
  /** The pointers' partitions in which there may be entries about the user. */
  readonly partitions: readonly string[];
  /** There may be more users who have or had the name: their entries are asked for by their ids. */
  readonly isCut: boolean;
}

/**
 * Looks for a user in the log.
 *
 * @param user - An id, or what somebody is or was called: the entries under that userName or externalId, and all of those
 * users who have it now, had it when they were deleted, or are named so in an entry. A GUID may be an id or an externalId.
 * @throws ScimError 400 `invalidValue` where nobody can be called so.
 */
export async function findUserPartitions(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  user: string,
): Promise<UserPartitions> {
  const tenant = context.tenant.name;
  const named = logOfIdentifierPartition(tenant, hashIdentifier(tenant, user));
  const [holders, logged] = await Promise.all([findHolders(context, user), findLogged(context, named)]);
  const ids = [...new Set([...(isResourceId(user) ? [user] : []), ...holders, ...logged.ids])];
  return {
    partitions: [...ids.slice(0, MAX_USERS).map((id) => logOfResourcePartition(tenant, id)), named],
    isCut: ids.length > MAX_USERS || logged.isCut,
  };
}

async function findHolders(
  { table, tenant: { name } }: Pick<DirectoryContext, 'table' | 'tenant'>,
  user: string,
): Promise<readonly string[]> {
  const range = { ...indexRange(toKeyValue(user, true, 'externalId')), limit: MAX_USERS + 1 };
  const [claim, ...pages] = await Promise.all([
    table.get(claimKey(name, 'User', 'userName', toKeyValue(user, false, 'userName'))),
    ...INDEXES.map((indexed) => table.query({ pk: indexPartition(name, indexed, 'externalId'), ...range })),
  ]);
  const holder = claim === undefined ? [] : [parseItem(ClaimItemSchema, claim).resourceId];
  return [...holder, ...pages.flatMap(({ items }) => items.map(({ sk }) => idOfIndexKey(sk)))];
}

/** Whom the entries under the name are about; what a request by id has left is under that id alone. */
async function findLogged(
  { table }: Pick<DirectoryContext, 'table'>,
  pk: string,
): Promise<{ readonly ids: readonly string[]; readonly isCut: boolean }> {
  const { items, next } = await table.query({ pk, limit: MAX_POINTERS, consistent: false });
  return {
    ids: items.flatMap(({ userId }) => (typeof userId === 'string' ? [userId] : [])),
    isCut: next !== undefined,
  };
}
