import { ENTERPRISE_USER_SCHEMA } from '../scim/schema/enterprise-user.ts';
import type { ResolvedAttribute, ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';

/**
 * The attributes by which a resource is found with one read: those that a client may match on (docs/data-model.md,
 * "Look-ups"), and those that the tenant's operators have had indexed.
 */
export interface LookupAttributes {
  /** No two resources of the tenant share a value. */
  readonly claimed: readonly ResolvedAttribute[];
  readonly indexed: readonly ResolvedAttribute[];
  /** Indexed because operators asked for it; single-valued. Every change of a resource keeps their entries as well. */
  readonly added: readonly AddedLookup[];
}

export interface AddedLookup {
  readonly attribute: ResolvedAttribute;
  /** Whether every resource has its entry, so that filters can be answered from it. */
  readonly isWhole: boolean;
}

/**
 * How far the index of an attribute is. No two processes of a deployment may differ by more than one step, which is why
 * each but the last waits (docs/decisions/0015-custom-schemas-and-indexes.md).
 *
 * - `written`: changes keep its entries, and what was there before gets them.
 * - `read`: whole; filters are answered from it.
 * - `unread`: as `written`, on the way out.
 * - `unwritten`: its entries are being erased.
 */
export type IndexPhase = 'written' | 'read' | 'unread' | 'unwritten';

/** An index that the tenant's operators have asked for. */
export interface AttributeIndex {
  readonly type: ResourceTypeName;
  /** Canonical path. */
  readonly attribute: string;
  readonly phase: IndexPhase;
}

interface Paths {
  readonly claimed: readonly string[];
  readonly indexed: readonly string[];
}

const USER: Paths = {
  claimed: ['userName'],
  indexed: ['externalId', 'emails.value', `${ENTERPRISE_USER_SCHEMA}:employeeNumber`],
};
const GROUP: Paths = { claimed: ['displayName'], indexed: ['externalId'] };
const GROUP_WITH_SHARED_NAMES: Paths = { claimed: [], indexed: ['displayName', 'externalId'] };

/** The attributes that resources of the type are looked up by. An index on what no schema describes (any more) counts for nothing. */
export function lookupAttributes(
  schema: ResourceSchema,
  settings: { readonly uniqueGroupNames: boolean },
  indexes: readonly AttributeIndex[] = [],
): LookupAttributes {
  const type = schema.type.name;
  const builtIn = type === 'User' ? USER : settings.uniqueGroupNames ? GROUP : GROUP_WITH_SHARED_NAMES;
  const resolve = (path: string) => resolvePath(schema, path) ?? [];
  const isAdded = (index: AttributeIndex) =>
    // A later release may index the attribute for every tenant.
    index.type === type && index.phase !== 'unwritten' && !builtIn.indexed.includes(index.attribute);
  return {
    claimed: builtIn.claimed.flatMap(resolve),
    indexed: builtIn.indexed.flatMap(resolve),
    added: indexes.filter(isAdded).flatMap(({ attribute: path, phase }) => {
      const attribute = resolvePath(schema, path);
      return attribute === undefined ? [] : [{ attribute, isWhole: phase === 'read' }];
    }),
  };
}

/** What a filter on the attribute can be answered from with one read, if there is anything. */
export function kindOfLookup(
  { claimed, indexed, added }: LookupAttributes,
  canonical: string,
): 'claim' | 'index' | undefined {
  const isIt = (attribute: ResolvedAttribute) => attribute.canonical === canonical;
  if (claimed.some(isIt)) return 'claim';
  return indexed.some(isIt) || added.some(({ attribute, isWhole }) => isWhole && isIt(attribute)) ? 'index' : undefined;
}

/** What a path such as `emails.value` or `urn:…:User:department` means. */
export function resolvePath(schema: ResourceSchema, path: string): ResolvedAttribute | undefined {
  const colon = path.lastIndexOf(':');
  const [name = '', subAttribute] = path.slice(colon + 1).split('.');
  return schema.resolve({
    name,
    ...(colon === -1 ? {} : { schema: path.slice(0, colon) }),
    ...(subAttribute === undefined ? {} : { subAttribute }),
  });
}
