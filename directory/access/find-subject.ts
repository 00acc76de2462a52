import { invalidValue } from '../../scim/errors.ts';
import type { JsonObject } from '../../scim/json.ts';
import type { ResolvedAttribute } from '../../scim/schema/resource-schema.ts';
import type { DirectoryContext, Tenant } from '../context.ts';
import { valuesOf } from '../lookup-values.ts';
import {
  ClaimItemSchema,
  parseItem,
  parseOptionalItem,
  type ResourceItem,
  ResourceItemSchema,
  TombstoneItemSchema,
} from '../store/items.ts';
import {
  claimKey,
  type Indexed,
  idOfIndexKey,
  indexPartition,
  indexRange,
  resourceKey,
  toKeyValue,
  tombstoneKey,
} from '../store/keys.ts';
import { getEach, queryPages } from '../store/query-all.ts';
import type { SubjectKey } from './policy.ts';

type Source = Pick<DirectoryContext, 'table' | 'tenant'>;

/** A subject in the form in which users are looked up. */
export interface SubjectValue {
  readonly kind: 'claim' | 'index';
  readonly attribute: ResolvedAttribute;
  readonly value: string;
}

const paths: Readonly<Record<SubjectKey, string>> = {
  externalId: 'externalId',
  userName: 'userName',
  email: 'emails.value',
};

/** Entries of one value read at once: of an attribute that somebody signs in with there is one. */
const PAGE = 10;

/** @throws ScimError 400 `invalidValue` for a value that no user could have */
export function toSubjectValue(
  { lookups }: Tenant,
  { by, value }: { readonly by: SubjectKey; readonly value: string },
): SubjectValue {
  const isIt = ({ canonical }: ResolvedAttribute) => canonical === paths[by];
  const claimed = lookups.User.claimed.find(isIt);
  const attribute = claimed ?? lookups.User.indexed.find(isIt);
  if (attribute === undefined) throw new Error(`users are not looked up by ${paths[by]}`);
  if (value === '' || !value.isWellFormed()) {
    throw invalidValue(`subject: expected a value of ${paths[by]}, which is neither empty nor half of a character`);
  }
  const { caseExact } = attribute.subAttribute ?? attribute.attribute;
  return {
    kind: claimed === undefined ? 'index' : 'claim',
    attribute,
    value: toKeyValue(value, caseExact, paths[by]),
  };
}

/**
 * The users of that value: none, one, or two where there are more. What the index says is a hint, so each is looked at.
 *
 * @returns Also the ids that were looked at: one that is no user's may be a tombstone's.
 */
export async function findSubject(
  source: Source,
  sought: SubjectValue,
): Promise<{ readonly users: readonly ResourceItem[]; readonly candidates: readonly string[] }> {
  const { table, tenant } = source;
  const users: ResourceItem[] = [];
  const candidates: string[] = [];
  for await (const ids of candidatesOf(source, 'User', sought)) {
    candidates.push(...ids);
    const items = await getEach(
      table,
      ids.map((id) => resourceKey(tenant.name, 'User', id)),
    );
    for (const item of items) {
      const user = parseOptionalItem(ResourceItemSchema, item);
      if (user !== undefined && hasValue(user.attributes, sought)) users.push(user);
    }
    if (users.length > 1) break;
  }
  return { users, candidates };
}

/** Whether somebody of that value was deleted and can still be restored. @param candidates - As of {@link findSubject} */
export async function isAmongTombstones(
  source: Source,
  sought: SubjectValue,
  candidates: readonly string[],
): Promise<boolean> {
  if (await isOneDeleted(source, sought, candidates)) return true;
  // The claim that a deleted user leaves points to the tombstone: it was the candidate.
  if (sought.kind === 'claim') return false;
  for await (const ids of candidatesOf(source, 'TombstoneUser', sought)) {
    if (await isOneDeleted(source, sought, ids)) return true;
  }
  return false;
}

async function isOneDeleted({ table, tenant }: Source, sought: SubjectValue, ids: readonly string[]): Promise<boolean> {
  const items = await getEach(
    table,
    ids.map((id) => tombstoneKey(tenant.name, 'User', id)),
  );
  return items.some((item) => {
    const tombstone = parseOptionalItem(TombstoneItemSchema, item);
    return tombstone !== undefined && hasValue(tombstone.item.attributes, sought);
  });
}

/** The ids that the claim, or the index, has for the value; one read where there are few. */
async function* candidatesOf(
  { table, tenant }: Source,
  indexed: Indexed,
  { kind, attribute, value }: SubjectValue,
): AsyncIterable<readonly string[]> {
  if (kind === 'claim') {
    const item = await table.get(claimKey(tenant.name, 'User', attribute.canonical, value));
    if (item !== undefined) yield [parseItem(ClaimItemSchema, item).resourceId];
    return;
  }
  const pk = indexPartition(tenant.name, indexed, attribute.canonical);
  for await (const page of queryPages(table, { pk, ...indexRange(value), limit: PAGE })) {
    yield page.map(({ sk }) => idOfIndexKey(sk));
  }
}

function hasValue(attributes: JsonObject, { attribute, value }: SubjectValue): boolean {
  return valuesOf(attribute, attributes).some((held) => held.value === value);
}
