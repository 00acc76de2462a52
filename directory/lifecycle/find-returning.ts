import { uniquenessError } from '../../scim/errors.ts';
import type { JsonObject } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import { type LookupValue, lookupValues } from '../lookup-values.ts';
import {
  ClaimItemSchema,
  parseItem,
  parseOptionalItem,
  type TombstoneItem,
  TombstoneItemSchema,
} from '../store/items.ts';
import { claimKey, type Indexed, idOfIndexKey, indexPartition, indexRange, tombstoneKey } from '../store/keys.ts';
import { queryAll } from '../store/query-all.ts';
import { endOfRetention } from './tombstones.ts';

/** What is known of the people who may be meant by the attributes of a POST. */
export interface Findings {
  /** Who returns; undefined where it is somebody new. */
  readonly tombstone: TombstoneItem | undefined;
  /** Claims that point to a tombstone, whichever: the claim's value → its id. */
  readonly takeovers: ReadonlyMap<string, string>;
  /** Claims of the tombstone that the attributes do not have. */
  readonly givenUp: readonly LookupValue[];
  /** False where a claim or index entry points to what is not there: another commit has taken effect in part. */
  readonly isSettled: boolean;
}

/**
 * Looks for the tombstone of somebody who returns. It is theirs where userName and externalId are the same; by externalId
 * alone only where the operator has declared that this application's never change hands, and where it was this application
 * that created the user: another's externalIds are of another kind. Of several the one deleted last.
 *
 * @throws ScimError 409 `uniqueness` where a user who is there, deactivated or not, has the userName or, where it proves who
 * somebody is, the externalId.
 */
export async function findReturning(context: DirectoryContext, attributes: JsonObject): Promise<Findings> {
  const { table, tenant } = context;
  const wanted = lookupValues(tenant.lookups.User, attributes);
  const externalId = wanted.entries.find(({ attribute }) => attribute === 'externalId');
  const takeovers = await readTakeovers(context, wanted.claims);
  const provesAlone = tenant.applications.get(context.application)?.immutableExternalId === true;
  if (provesAlone && externalId !== undefined && (await findByEntry(context, 'User', externalId)).length > 0) {
    throw uniquenessError('externalId');
  }
  const indexed = externalId === undefined ? [] : await findByEntry(context, 'TombstoneUser', externalId);
  const ids = [...new Set([...takeovers.values(), ...indexed])];
  const found = await table.getMany(ids.map((id) => tombstoneKey(tenant.name, 'User', id)));
  const tombstones = found.flatMap((item) => (item === undefined ? [] : [parseItem(TombstoneItemSchema, item)]));
  const [tombstone] = tombstones
    .filter((candidate) => isSamePerson(context, candidate, wanted.claims, externalId, provesAlone))
    .toSorted((left, right) => right.deletedAt.localeCompare(left.deletedAt));
  return {
    tombstone,
    takeovers,
    givenUp: tombstone === undefined ? [] : await readGivenUp(context, tombstone, wanted.claims),
    isSettled: tombstones.length === ids.length,
  };
}

function isSamePerson(
  { tenant, application, now }: DirectoryContext,
  tombstone: TombstoneItem,
  claims: readonly LookupValue[],
  externalId: LookupValue | undefined,
  provesAlone: boolean,
): boolean {
  const { claims: formerClaims, entries } = lookupValues(tenant.lookups.User, tombstone.item.attributes);
  if (externalId === undefined || !includes(entries, externalId)) return false;
  if (endOfRetention(tombstone, tenant.settings) <= now()) return false;
  if (claims.length > 0 && claims.every((claim) => includes(formerClaims, claim))) return true;
  return provesAlone && tombstone.item.createdBy === application;
}

function includes(values: readonly LookupValue[], { attribute, value }: LookupValue): boolean {
  return values.some((other) => other.attribute === attribute && other.value === value);
}

/** @throws ScimError 409 `uniqueness` where somebody who is there has one of the values. */
async function readTakeovers(
  { table, tenant }: DirectoryContext,
  claims: readonly LookupValue[],
): Promise<ReadonlyMap<string, string>> {
  const takeovers = new Map<string, string>();
  for (const { attribute, value } of claims) {
    const claim = parseOptionalItem(ClaimItemSchema, await table.get(claimKey(tenant.name, 'User', attribute, value)));
    if (claim === undefined) continue;
    if (claim.tombstone !== true) throw uniquenessError(attribute);
    takeovers.set(value, claim.resourceId);
  }
  return takeovers;
}

async function findByEntry(
  { table, tenant }: DirectoryContext,
  indexed: Indexed,
  { attribute, value }: LookupValue,
): Promise<readonly string[]> {
  const entries = await queryAll(table, { pk: indexPartition(tenant.name, indexed, attribute), ...indexRange(value) });
  return entries.map(({ sk }) => idOfIndexKey(sk));
}

/** Whoever returns under another userName gives the former one up, unless it is somebody else's by now. */
async function readGivenUp(
  { table, tenant }: DirectoryContext,
  { sk: id, item }: TombstoneItem,
  claims: readonly LookupValue[],
): Promise<readonly LookupValue[]> {
  const former = lookupValues(tenant.lookups.User, item.attributes).claims.filter((claim) => !includes(claims, claim));
  const stored = await table.getMany(
    former.map(({ attribute, value }) => claimKey(tenant.name, 'User', attribute, value)),
  );
  return former.filter((_, n) => {
    const claim = parseOptionalItem(ClaimItemSchema, stored[n]);
    return claim?.resourceId === id && claim.tombstone === true;
  });
}
