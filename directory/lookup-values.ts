import { invalidValue } from '../scim/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../scim/schema/enterprise-user.ts';
import type { ResolvedAttribute, ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { TenantSettings } from './context.ts';
import { toKeyValue } from './store/keys.ts';

/**
 * The attributes by which a resource is found with one read, as paths: those that a client may match on
 * (docs/data-model.md, "Look-ups").
 */
export interface LookupAttributes {
  /** No two resources of the tenant share a value. */
  readonly claimed: readonly string[];
  readonly indexed: readonly string[];
}

const USER: LookupAttributes = {
  claimed: ['userName'],
  indexed: ['externalId', 'emails.value', `${ENTERPRISE_USER_SCHEMA}:employeeNumber`],
};
const GROUP: LookupAttributes = { claimed: ['displayName'], indexed: ['externalId'] };
const GROUP_WITH_SHARED_NAMES: LookupAttributes = { claimed: [], indexed: ['displayName', 'externalId'] };

export function lookupAttributes(type: ResourceTypeName, settings: TenantSettings): LookupAttributes {
  if (type === 'User') return USER;
  return settings.uniqueGroupNames ? GROUP : GROUP_WITH_SHARED_NAMES;
}

/** As {@link lookupAttributes}, in the canonical spelling that claims and index entries are kept under. */
export function canonicalLookups(schema: ResourceSchema, settings: TenantSettings): LookupAttributes {
  const { claimed, indexed } = lookupAttributes(schema.type.name, settings);
  const toCanonical = (path: string) => resolveCanonical(schema, path)?.canonical ?? [];
  return { claimed: claimed.flatMap(toCanonical), indexed: indexed.flatMap(toCanonical) };
}

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

/** Index entries a resource may have: deleting it moves each, and a transaction has 100 actions. */
export const MAX_INDEX_ENTRIES = 40;

/**
 * Every claim and index entry that a resource with these attributes has, each once.
 *
 * @throws ScimError 400 `invalidValue` where it would have more than {@link MAX_INDEX_ENTRIES}.
 */
export function lookupValues(schema: ResourceSchema, settings: TenantSettings, attributes: JsonObject): LookupValues {
  const { claimed, indexed } = lookupAttributes(schema.type.name, settings);
  const claims = claimed.flatMap((path) => valuesOf(schema, path, attributes));
  const entries = indexed.flatMap((path) => valuesOf(schema, path, attributes));
  if (entries.length > MAX_INDEX_ENTRIES) {
    throw invalidValue(
      `the resource has ${entries.length} values in ${indexed.join(', ')} together; at most ${MAX_INDEX_ENTRIES} are possible`,
    );
  }
  return { claims, entries };
}

function valuesOf(schema: ResourceSchema, path: string, attributes: JsonObject): LookupValue[] {
  const resolved = resolveCanonical(schema, path);
  if (resolved === undefined) return [];
  const { extension, attribute, subAttribute, canonical } = resolved;
  const holder = extension === undefined ? attributes : member(attributes, extension);
  const held = isJsonObject(holder) ? member(holder, attribute.name) : undefined;
  const caseExact = (subAttribute ?? attribute).caseExact;
  const values = new Set<string>();
  for (const value of isJsonArray(held) ? held : [held]) {
    const text: JsonValue | undefined =
      subAttribute === undefined ? value : isJsonObject(value) ? member(value, subAttribute.name) : undefined;
    if (typeof text === 'string' && text !== '') values.add(toKeyValue(text, caseExact, canonical));
  }
  return [...values].map((value) => ({ attribute: canonical, value }));
}

function resolveCanonical(schema: ResourceSchema, path: string): ResolvedAttribute | undefined {
  const colon = path.lastIndexOf(':');
  const [name = '', subAttribute] = path.slice(colon + 1).split('.');
  return schema.resolve({
    name,
    ...(colon === -1 ? {} : { schema: path.slice(0, colon) }),
    ...(subAttribute === undefined ? {} : { subAttribute }),
  });
}
