import { createResourceSchemas, isBuiltInUrn, type RegisteredExtension } from '../scim/schema/resource-types.ts';
import { EMPTY_POLICY, toPolicy } from './access/policy.ts';
import type { Tenant, TenantStanding } from './context.ts';
import { lookupAttributes } from './lookup-attributes.ts';
import type { Item, ItemTable } from './store/item-table.ts';
import { parseItem, parseOptionalItem } from './store/items.ts';
import { queryAll } from './store/query-all.ts';
import {
  type ApplicationItem,
  ApplicationItemSchema,
  type AttributeIndexItem,
  AttributeIndexItemSchema,
  type PolicyItem,
  PolicyItemSchema,
  type SchemaItem,
  SchemaItemSchema,
  type TenantItem,
  TenantItemSchema,
} from './store/tenant-items.ts';
import { kindOfTenantKey, nameOfApplicationKey, tenantPartition, tenantRange } from './store/tenant-keys.ts';

/** All that makes a tenant what it is. */
export interface TenantRecords {
  readonly item: TenantItem;
  readonly schemas: readonly SchemaItem[];
  readonly indexes: readonly AttributeIndexItem[];
  readonly applications: readonly ApplicationItem[];
  /** Undefined of a tenant that has none. */
  readonly policy: PolicyItem | undefined;
}

/** Reads a tenant with one query, as cheap as its settings alone; undefined where there is no such tenant. */
export async function readTenantRecords(table: ItemTable, name: string): Promise<TenantRecords | undefined> {
  return toTenantRecords(await queryAll(table, { pk: tenantPartition(name), ...tenantRange() }));
}

/** What the items of a tenant's partition say of it; what else is there is passed over. */
export function toTenantRecords(items: readonly Item[]): TenantRecords | undefined {
  const ofKind = (kind: ReturnType<typeof kindOfTenantKey>) => items.filter(({ sk }) => kindOfTenantKey(sk) === kind);
  const [settings] = ofKind('settings');
  if (settings === undefined) return undefined;
  return {
    item: parseItem(TenantItemSchema, settings),
    schemas: ofKind('schema').map((item) => parseItem(SchemaItemSchema, item)),
    indexes: ofKind('index').map((item) => parseItem(AttributeIndexItemSchema, item)),
    applications: ofKind('application').map((item) => parseItem(ApplicationItemSchema, item)),
    policy: parseOptionalItem(PolicyItemSchema, ofKind('policy')[0]),
  };
}

/**
 * The tenant as requests need it.
 *
 * @param options - `withRemoved`: also what is stored under schemas that are no longer in use, for who has to see all.
 */
export function toTenant(
  name: string,
  { item, schemas: registered, indexes, applications, policy }: TenantRecords,
  { withRemoved = false } = {},
): Tenant {
  const inUse = registered.filter(({ removedAt }) => withRemoved || removedAt === undefined);
  const schemas = createResourceSchemas(inUse.flatMap(toExtensions));
  return {
    name,
    standing: standingOf(item),
    settings: item.settings,
    applications: new Map(
      applications.map(({ sk, features, immutableExternalId }) => [
        nameOfApplicationKey(sk),
        { features, immutableExternalId },
      ]),
    ),
    policy: policy === undefined ? EMPTY_POLICY : toPolicy(policy.document),
    policyVersion: policy?.version ?? 0,
    cursorKey: item.cursorKey,
    schemas,
    lookups: {
      User: lookupAttributes(schemas.User, item.settings, indexes),
      Group: lookupAttributes(schemas.Group, item.settings, indexes),
    },
  };
}

/** One for each type of resource. Where a later release has the URN itself, its own schema counts. */
function toExtensions({ schema, resourceTypes }: SchemaItem): RegisteredExtension[] {
  return isBuiltInUrn(schema.id) ? [] : resourceTypes.map((resourceType) => ({ resourceType, schema }));
}

/** How the tenant's item has it; whether a pause has ended is the reader's to tell. */
function standingOf({ state, pausedUntil }: TenantItem): TenantStanding {
  if (state !== 'paused') return { state };
  return pausedUntil === undefined ? { state: 'active' } : { state, until: new Date(pausedUntil) };
}
