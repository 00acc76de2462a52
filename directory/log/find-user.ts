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

/** An externalId need not be unique; of how many users entries are looked for at most. */
const MAX_USERS = 5;
const INDEXES: readonly Indexed[] = ['User', 'TombstoneUser'];

/**
 * The pointers' partitions in which there may be entries about a user.
 *
 * @param user - An id, or what somebody is or was called: the entries under that userName or externalId, and all of those
 * users who have it now, or had it when they were deleted. A GUID may be an id or an externalId.
 * @throws ScimError 400 `invalidValue` where nobody can be called so.
 */
export async function findUserPartitions(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  user: string,
): Promise<readonly string[]> {
  const tenant = context.tenant.name;
  const ids = new Set([...(isResourceId(user) ? [user] : []), ...(await findIds(context, user))]);
  return [
    ...[...ids].slice(0, MAX_USERS).map((id) => logOfResourcePartition(tenant, id)),
    logOfIdentifierPartition(tenant, hashIdentifier(tenant, user)),
  ];
}

async function findIds(
  { table, tenant: { name } }: Pick<DirectoryContext, 'table' | 'tenant'>,
  user: string,
): Promise<readonly string[]> {
  const range = { ...indexRange(toKeyValue(user, true, 'externalId')), limit: MAX_USERS };
  const [claim, ...pages] = await Promise.all([
    table.get(claimKey(name, 'User', 'userName', toKeyValue(user, false, 'userName'))),
    ...INDEXES.map((indexed) => table.query({ pk: indexPartition(name, indexed, 'externalId'), ...range })),
  ]);
  const holder = claim === undefined ? [] : [parseItem(ClaimItemSchema, claim).resourceId];
  return [...holder, ...pages.flatMap(({ items }) => items.map(({ sk }) => idOfIndexKey(sk)))];
}
