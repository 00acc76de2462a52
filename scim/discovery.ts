import type { JsonObject } from './json.ts';
import { CURSOR_TIMEOUT_SECONDS } from './paging.ts';
import {
  discoverySchemas,
  RESOURCE_TYPE_SCHEMA,
  SCHEMA_SCHEMA,
  SERVICE_PROVIDER_CONFIG_SCHEMA,
} from './schema/discovery-schemas.ts';
import type { ResourceSchema } from './schema/resource-schema.ts';
import type { AttributeDefinition, ResourceType, Schema } from './schema/types.ts';

/** What differs between tenants in what the service supports. */
export interface ServiceFeatures {
  /** Resources of a list page at most, and unless asked otherwise. */
  readonly maxPageSize: number;
  /** Operations of a bulk request at most, and bytes of its body. */
  readonly maxBulkOperations: number;
  readonly maxBulkBytes: number;
  /** Where an administrator finds help. Left out where there is no such page. */
  readonly documentationUri?: string;
}

/**
 * The answer to `GET /ServiceProviderConfig`. What is not supported is declared so.
 *
 * @param tenantUrl - Without a trailing slash.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-5 RFC 7643 §5}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-4 RFC 9865 §4}, for `pagination`
 */
export function serviceProviderConfig(tenantUrl: string, features: ServiceFeatures): JsonObject {
  return {
    schemas: [SERVICE_PROVIDER_CONFIG_SCHEMA],
    ...(features.documentationUri === undefined ? {} : { documentationUri: features.documentationUri }),
    patch: { supported: true },
    bulk: { supported: true, maxOperations: features.maxBulkOperations, maxPayloadSize: features.maxBulkBytes },
    filter: { supported: true, maxResults: features.maxPageSize },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'Send the secret token of the tenant in the Authorization header: "Bearer <secret token>".',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: features.maxPageSize,
      maxPageSize: features.maxPageSize,
      cursorTimeout: CURSOR_TIMEOUT_SECONDS,
    },
    meta: { resourceType: 'ServiceProviderConfig', location: `${tenantUrl}/ServiceProviderConfig` },
  };
}

/**
 * The resources of `/ResourceTypes`, one for each resource type; its `id` is its name.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-6 RFC 7643 §6}
 */
export function resourceTypeRepresentations(
  schemas: readonly ResourceSchema[],
  tenantUrl: string,
): readonly JsonObject[] {
  return schemas.map(({ type }) => toResourceTypeRepresentation(type, tenantUrl));
}

/**
 * The resources of `/Schemas`: the core schemas of the resource types first, then their extensions, then the schemas of
 * discovery itself. Each is listed once, also where two resource types share an extension.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7}
 */
export function schemaRepresentations(schemas: readonly ResourceSchema[], tenantUrl: string): readonly JsonObject[] {
  const types = schemas.map(({ type }) => type);
  const listed = new Map<string, Schema>();
  for (const schema of [
    ...types.map((type) => type.schema),
    ...types.flatMap((type) => type.extensions.map((extension) => extension.schema)),
    ...discoverySchemas,
  ]) {
    const key = schema.id.toLowerCase();
    if (!listed.has(key)) listed.set(key, schema);
  }
  return [...listed.values()].map((schema) => toSchemaRepresentation(schema, tenantUrl));
}

function toResourceTypeRepresentation(type: ResourceType, tenantUrl: string): JsonObject {
  return {
    schemas: [RESOURCE_TYPE_SCHEMA],
    id: type.name,
    name: type.name,
    description: type.description,
    endpoint: type.endpoint,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ schema, required }) => ({ schema: schema.id, required })),
    meta: { resourceType: 'ResourceType', location: `${tenantUrl}/ResourceTypes/${type.name}` },
  };
}

function toSchemaRepresentation(schema: Schema, tenantUrl: string): JsonObject {
  return {
    schemas: [SCHEMA_SCHEMA],
    ...toSchemaDocument(schema),
    // A colon may stand in a path as it is (RFC 3986 §3.3), and clients know a schema's URL by its unescaped URN.
    meta: {
      resourceType: 'Schema',
      location: `${tenantUrl}/Schemas/${encodeURIComponent(schema.id).replaceAll('%3A', ':')}`,
    },
  };
}

/** The schema as a document, such as `parseSchema` reads. */
export function toSchemaDocument(schema: Schema): JsonObject {
  return {
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(toAttributeRepresentation),
  };
}

/** Every characteristic is written, also where it says little (`caseExact` of a boolean): clients may expect all. */
function toAttributeRepresentation(attribute: AttributeDefinition): JsonObject {
  const { canonicalValues, referenceTypes, subAttributes } = attribute;
  return {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.multiValued,
    description: attribute.description,
    required: attribute.required,
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
    caseExact: attribute.caseExact,
    mutability: attribute.mutability,
    returned: attribute.returned,
    uniqueness: attribute.uniqueness,
    ...(referenceTypes === undefined ? {} : { referenceTypes }),
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(toAttributeRepresentation) }),
  };
}
