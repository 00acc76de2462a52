import { buildIndex, dropIndex, type IndexProgress } from '../../directory/operator/indexes.ts';
import { addSchema, getSchema, removeSchema } from '../../directory/operator/schemas.ts';
import { getTenantRecords } from '../../directory/operator/tenants.ts';
import type { AttributeIndexItem, SchemaItem } from '../../directory/store/tenant-items.ts';
import { toSchemaDocument } from '../../scim/discovery.ts';
import type {
  AttributeIndex,
  RegisteredSchema,
  IndexProgress as ReportedProgress,
} from '../contract/admin-messages.ts';
import type { AdminHandlers } from './admin-request.ts';

/** The operations on a tenant's own schemas and indexes. */
export const schemaHandlers = {
  listSchemas: async ({ context, path: { tenant } }) => {
    const { schemas, indexes } = await getTenantRecords(context, tenant);
    return { schemas: schemas.map(toRegisteredSchema), indexes: indexes.map(toAttributeIndex) };
  },
  showSchema: async ({ context, path: { tenant, id } }) => {
    const item = await getSchema(context, tenant, id);
    return { ...toRegisteredSchema(item), schema: toSchemaDocument(item.schema) };
  },
  addSchema: async ({ context, path: { tenant }, body }) => {
    return toRegisteredSchema(await addSchema(context, tenant, body));
  },
  removeSchema: async ({ context, path: { tenant, id }, body: { confirm } }) => {
    return toRegisteredSchema(await removeSchema(context, tenant, id, confirm));
  },
  buildIndex: async ({ context, path: { tenant }, body: { resourceType: type, attribute: path } }) => {
    return toProgress(await buildIndex(context, tenant, { type, path }));
  },
  dropIndex: async ({ context, path: { tenant }, body: { resourceType: type, attribute: path } }) => {
    return toProgress(await dropIndex(context, tenant, { type, path }));
  },
} as const satisfies Partial<AdminHandlers>;

function toRegisteredSchema({ schema, resourceTypes, created, removedAt }: SchemaItem): RegisteredSchema {
  const { id, name, attributes } = schema;
  return {
    ...{ id, name, resourceTypes, attributes: attributes.length, created },
    ...(removedAt === undefined ? {} : { removedAt }),
  };
}

function toAttributeIndex({ type, attribute, phase, since }: AttributeIndexItem): AttributeIndex {
  return { resourceType: type, attribute, phase, since };
}

function toProgress({ index, ...progress }: IndexProgress): ReportedProgress {
  return index === undefined ? progress : { ...progress, index: toAttributeIndex(index) };
}
