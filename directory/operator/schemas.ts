import { toSchemaDocument } from '../../scim/discovery.ts';
import { isSameJson, type JsonObject, type JsonValue } from '../../scim/json.ts';
import { parseSchema } from '../../scim/schema/parse-schema.ts';
import { builtInSchemas } from '../../scim/schema/resource-types.ts';
import { findSchemaConflicts } from '../../scim/schema/schema-change.ts';
import { findUrnConflict } from '../../scim/schema/schema-urn.ts';
import type { ResourceTypeName, Schema } from '../../scim/schema/types.ts';
import type { Condition } from '../store/item-table.ts';
import { FORMAT } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import type { SchemaItem } from '../store/tenant-items.ts';
import { schemaKey } from '../store/tenant-keys.ts';
import type { TenantRecords } from '../tenant-records.ts';
import { auditAction } from './audit.ts';
import { changeAction } from './change.ts';
import { changedMeanwhile, OperationRefusedError, type OperatorContext } from './operation.ts';
import { assertConfirmed, beingDeleted, getTenantRecords } from './tenants.ts';

/** Schemas of a tenant, those that are no longer in use included: each process reads them all every 30 s. */
export const MAX_SCHEMAS = 10;

const IMPOSSIBLE = 'the schema cannot be registered';

/** What shall be registered. */
export interface SchemaRegistration {
  /** In the form of RFC 7643 §7. */
  readonly document: JsonValue;
  /** Added to those that the schema extends already. Default: `User`, for a schema that is new. */
  readonly resourceTypes?: readonly ResourceTypeName[] | undefined;
}

/** @throws {@link OperationRefusedError} `not_found` where the tenant has no such schema in use */
export async function getSchema(
  context: Pick<OperatorContext, 'table'>,
  tenant: string,
  urn: string,
): Promise<SchemaItem> {
  const found = findSchema(await getTenantRecords(context, tenant), urn);
  if (found === undefined || found.removedAt !== undefined) throw noSuchSchema(tenant, urn);
  return found;
}

/**
 * Registers a schema extension, or takes a registered one's new document: attributes may be added and described
 * differently, never taken away or made into something else, for values may be stored. Of a schema that was removed the
 * same holds, because its values are still there. Requests go by it within 30 s.
 *
 * @throws {@link OperationRefusedError} `invalid` with every fault of the document; `conflict` with what is registered;
 * `not_found`
 */
export async function addSchema(
  context: OperatorContext,
  tenant: string,
  { document, resourceTypes }: SchemaRegistration,
): Promise<SchemaItem> {
  const { schema, faults } = parseSchema(document);
  if (schema === undefined) throw new OperationRefusedError('invalid', toList(IMPOSSIBLE, faults));
  const records = await getTenantRecords(context, tenant);
  if (records.item.state === 'deleting') throw beingDeleted(tenant);
  const before = findSchema(records, schema.id);
  assertPossible(tenant, records, schema, before);
  const added = resourceTypes ?? (before === undefined ? ['User' as const] : []);
  const after = {
    resourceTypes: [...new Set([...(before?.resourceTypes ?? []), ...added])].toSorted(),
    schema: toSchemaDocument(schema),
  };
  if (before !== undefined && before.removedAt === undefined && isSameJson(toDescription(before), after)) return before;
  await write(context, tenant, records, {
    action: 'schemas.add',
    urn: schema.id,
    before,
    after: {
      ...after,
      created: before?.created ?? context.now().toISOString(),
      version: (before?.version ?? 0) + 1,
    },
    audited: after,
  });
  return await getSchema(context, tenant, schema.id);
}

/**
 * Takes a schema out of use within 30 s. What resources hold under it stays where it is, unseen, and comes back when the
 * schema is registered again.
 *
 * @param confirmation - The tenant's name once more.
 * @throws {@link OperationRefusedError} `not_found`; `unconfirmed`; `conflict` where one of its attributes is indexed
 */
export async function removeSchema(
  context: OperatorContext,
  tenant: string,
  urn: string,
  confirmation: string,
): Promise<SchemaItem> {
  const records = await getTenantRecords(context, tenant);
  assertConfirmed(tenant, confirmation);
  const before = findSchema(records, urn);
  if (before === undefined || before.removedAt !== undefined) throw noSuchSchema(tenant, urn);
  const indexed = records.indexes.filter(({ attribute }) => attribute.startsWith(`${before.schema.id}:`));
  if (indexed.length > 0) {
    const names = indexed.map(({ type, attribute }) => `${type} ${attribute}`);
    throw new OperationRefusedError(
      'conflict',
      toList('attributes of it are indexed: remove the indexes first', names),
    );
  }
  const removedAt = context.now().toISOString();
  const { pk: _pk, sk: _sk, ...rest } = before;
  const schema = toSchemaDocument(before.schema);
  const after = { ...rest, schema, removedAt, version: before.version + 1 };
  await write(context, tenant, records, { action: 'schemas.remove', urn, before, after, audited: { removedAt } });
  return { ...before, removedAt };
}

/** What an operator has said of it. */
function toDescription({ resourceTypes, schema }: SchemaItem): JsonObject {
  return { resourceTypes, schema: toSchemaDocument(schema) };
}

function findSchema({ schemas }: TenantRecords, urn: string): SchemaItem | undefined {
  return schemas.find(({ schema }) => schema.id.toLowerCase() === urn.toLowerCase());
}

function assertPossible(tenant: string, records: TenantRecords, schema: Schema, before: SchemaItem | undefined): void {
  const others = records.schemas.filter((item) => item !== before).map((item) => item.schema);
  const conflicts = [
    ...(before === undefined ? [] : findSchemaConflicts(before.schema, schema)),
    ...[...builtInSchemas, ...others].flatMap((other) => findUrnConflict(schema, other) ?? []),
  ];
  if (conflicts.length > 0) {
    const state = before?.removedAt === undefined ? '' : ' (it was removed; values of it are still stored)';
    const what = before === undefined ? IMPOSSIBLE : `the schema is registered already${state}`;
    throw new OperationRefusedError('conflict', toList(what, conflicts));
  }
  if (before === undefined && others.length >= MAX_SCHEMAS) {
    throw new OperationRefusedError(
      'conflict',
      `the tenant ${tenant} has ${others.length} schemas, removed ones included: more are not possible`,
    );
  }
}

interface SchemaChange {
  readonly action: string;
  readonly urn: string;
  readonly before: SchemaItem | undefined;
  readonly after: JsonObject;
  readonly audited: JsonObject;
}

/** Writes the schema as it shall be, and its record. The tenant's version keeps other changes of its schemas out. */
async function write(
  context: OperatorContext,
  tenant: string,
  records: TenantRecords,
  { action, urn, before, after, audited }: SchemaChange,
): Promise<void> {
  const key = schemaKey(tenant, urn);
  const conditions: Condition[] =
    before === undefined ? [{ kind: 'notExists' }] : [{ kind: 'versionIs', version: before.version }];
  const id = before?.schema.id ?? urn;
  try {
    await context.table.write([
      changeAction({ item: records.item }),
      { kind: 'put', item: { ...key, format: FORMAT, ...after }, conditions },
      auditAction(context, {
        action,
        tenant,
        ...(before === undefined ? {} : { before: toDescription(before) }),
        after: { id, ...audited },
      }),
    ]);
  } catch (error) {
    if (error instanceof WriteRefusedError) throw changedMeanwhile(`the tenant ${tenant}`);
    throw error;
  }
}

function noSuchSchema(tenant: string, urn: string): OperationRefusedError {
  const name = JSON.stringify(urn.slice(0, 200));
  return new OperationRefusedError('not_found', `the tenant ${tenant} has no schema ${name} of its own`);
}

/** One to a line: a document may have many faults. */
function toList(what: string, entries: readonly string[]): string {
  return [`${what}:`, ...entries.map((entry) => `- ${entry}`)].join('\n');
}
