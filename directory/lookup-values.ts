import { invalidValue } from '../scim/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../scim/json.ts';
import type { ResolvedAttribute } from '../scim/schema/resource-schema.ts';
import { kindOfLookup, type LookupAttributes } from './lookup-attributes.ts';
import { toKeyValue } from './store/keys.ts';

/** A value under which a resource is found. */
export interface LookupValue {
  /** Canonical path of the attribute. */
  readonly attribute: string;
  /** In the form of the keys (`toKeyValue`). */
  readonly value: string;
}

export interface LookupValues {
  readonly claims: readonly LookupValue[];
  readonly entries: readonly LookupValue[];
}

/**
 * Index entries a resource may have: deleting it moves each by two actions, and a transaction has 100. Those of the
 * {@link MAX_ADDED_INDEXES} come on top: 2 × 44, the claim, the user, the tombstone, the counter, the deletion's two, an
 * office holder's four that pass it on, and the audit's record are 99.
 */
export const MAX_INDEX_ENTRIES = 40;

/** Indexes that operators may have made for a type of resource; each has one entry a resource at most. */
export const MAX_ADDED_INDEXES = 4;

/**
 * Every claim and index entry that a resource with these attributes has, each once.
 *
 * @throws ScimError 400 `invalidValue` where it would have more than {@link MAX_INDEX_ENTRIES}.
 */
export function lookupValues({ claimed, indexed, added }: LookupAttributes, attributes: JsonObject): LookupValues {
  const claims = claimed.flatMap((attribute) => valuesOf(attribute, attributes));
  const entries = indexed.flatMap((attribute) => valuesOf(attribute, attributes));
  if (entries.length > MAX_INDEX_ENTRIES) {
    const names = indexed.map(({ canonical }) => canonical).join(', ');
    throw invalidValue(
      `the resource has ${entries.length} values in ${names} together; at most ${MAX_INDEX_ENTRIES} are possible`,
    );
  }
  return { claims, entries: [...entries, ...added.flatMap(({ attribute }) => valuesOf(attribute, attributes))] };
}

/** As {@link lookupValues}, without the entries of indexes that not every resource has its entries of. */
export function wholeLookupValues(lookups: LookupAttributes, attributes: JsonObject): LookupValues {
  const { claims, entries } = lookupValues(lookups, attributes);
  return { claims, entries: entries.filter(({ attribute }) => kindOfLookup(lookups, attribute) === 'index') };
}

/** The values of one attribute, each once. What is stored may be of another type than the schema says now. */
export function valuesOf(
  { extension, attribute, subAttribute, canonical }: ResolvedAttribute,
  attributes: JsonObject,
): LookupValue[] {
  const holder = extension === undefined ? attributes : member(attributes, extension);
  const held = isJsonObject(holder) ? member(holder, attribute.name) : undefined;
  const caseExact = (subAttribute ?? attribute).caseExact;
  const values = new Set<string>();
  for (const value of attribute.multiValued && isJsonArray(held) ? held : [held]) {
    const text: JsonValue | undefined =
      subAttribute === undefined ? value : isJsonObject(value) ? member(value, subAttribute.name) : undefined;
    if (typeof text === 'string' && text !== '') values.add(toKeyValue(text, caseExact, canonical));
  }
  return [...values].map((value) => ({ attribute: canonical, value }));
}
