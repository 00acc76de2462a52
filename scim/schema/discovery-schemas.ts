import { defineAttribute } from './common.ts';
import type { AttributeDefinition, Schema } from './types.ts';

export const SERVICE_PROVIDER_CONFIG_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
export const RESOURCE_TYPE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
export const SCHEMA_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

type Characteristics = Partial<Omit<AttributeDefinition, 'name' | 'description' | 'mutability'>>;

/** Whatever discovery says is read-only. */
function readOnly(name: string, description: string, characteristics: Characteristics = {}): AttributeDefinition {
  return defineAttribute(name, description, { ...characteristics, mutability: 'readOnly' });
}

function reference(
  name: string,
  description: string,
  referenceType: 'external' | 'uri',
  required = false,
): AttributeDefinition {
  return readOnly(name, description, {
    type: 'reference',
    referenceTypes: [referenceType],
    caseExact: true,
    required,
  });
}

/** What a feature says of itself: whether it is supported, and its limits. */
function feature(name: string, description: string, ...limits: readonly AttributeDefinition[]): AttributeDefinition {
  return readOnly(name, description, {
    type: 'complex',
    required: true,
    subAttributes: [
      readOnly('supported', 'Whether the feature is supported.', { type: 'boolean', required: true }),
      ...limits,
    ],
  });
}

function limit(name: string, description: string): AttributeDefinition {
  return readOnly(name, description, { type: 'integer', required: true });
}

const authenticationSchemes = readOnly('authenticationSchemes', 'How a client can authenticate itself.', {
  type: 'complex',
  multiValued: true,
  required: true,
  subAttributes: [
    readOnly('type', 'Kind of the scheme.', {
      required: true,
      canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
    }),
    readOnly('name', 'What the scheme is commonly called.', { required: true }),
    readOnly('description', 'What a client has to do.', { required: true }),
    reference('specUri', 'URL of the specification.', 'external'),
    reference('documentationUri', 'URL of the documentation.', 'external'),
    readOnly('primary', 'Whether this is the preferred scheme.', { type: 'boolean' }),
  ],
});

/** @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-4 RFC 9865 §4} */
const pagination = readOnly('pagination', 'How lists come in pages.', {
  type: 'complex',
  subAttributes: [
    readOnly('cursor', 'Whether pages can be asked for by cursor.', { type: 'boolean', required: true }),
    readOnly('index', 'Whether pages can be asked for by startIndex.', { type: 'boolean', required: true }),
    readOnly('defaultPaginationMethod', 'How pages come where the client does not say.', {
      canonicalValues: ['cursor', 'index'],
    }),
    readOnly('defaultPageSize', 'Resources of a page where the client gives no count.', { type: 'integer' }),
    readOnly('maxPageSize', 'Resources of a page at most.', { type: 'integer' }),
    readOnly('cursorTimeout', 'Seconds for which a cursor is valid at least.', { type: 'integer' }),
  ],
});

/** @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-5 RFC 7643 §5} */
const serviceProviderConfigSchema: Schema = {
  id: SERVICE_PROVIDER_CONFIG_SCHEMA,
  name: 'ServiceProviderConfig',
  description: 'What this service supports of SCIM.',
  attributes: [
    reference('documentationUri', "URL of the service's documentation.", 'external'),
    feature('patch', 'The PATCH method.'),
    feature(
      'bulk',
      'Many operations in one request.',
      limit('maxOperations', 'Operations that a request may have.'),
      limit('maxPayloadSize', 'Bytes that a request may have.'),
    ),
    feature('filter', 'Filters in queries.', limit('maxResults', 'Resources that a response has at most.')),
    feature('changePassword', 'Setting the password of a user.'),
    feature('sort', 'Sorted lists.'),
    feature('etag', 'Versions of resources, as ETags.'),
    authenticationSchemes,
    pagination,
  ],
};

/** @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-6 RFC 7643 §6} */
const resourceTypeSchema: Schema = {
  id: RESOURCE_TYPE_SCHEMA,
  name: 'ResourceType',
  description: 'A type of resources that this service has.',
  attributes: [
    readOnly('id', 'Identifier of the resource type: its name.', { caseExact: true }),
    readOnly('name', 'Name of the resource type; meta.resourceType refers to it.', { required: true, caseExact: true }),
    readOnly('description', 'What the resource type is for.'),
    reference('endpoint', 'Path of the resources, relative to the base URL.', 'uri', true),
    reference('schema', 'URN of the core schema.', 'uri', true),
    readOnly('schemaExtensions', 'Schema extensions of the resource type.', {
      type: 'complex',
      multiValued: true,
      required: true,
      subAttributes: [
        reference('schema', 'URN of the extension.', 'uri', true),
        readOnly('required', 'Whether every resource must have the extension.', { type: 'boolean', required: true }),
      ],
    }),
  ],
};

const characteristics: readonly AttributeDefinition[] = [
  readOnly('name', 'Name of the attribute.', { required: true, caseExact: true }),
  readOnly('type', 'Data type of the attribute.', {
    required: true,
    caseExact: true,
    canonicalValues: ['string', 'complex', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'],
  }),
  readOnly('multiValued', 'Whether the attribute has a list of values.', { type: 'boolean', required: true }),
  readOnly('description', 'What the attribute means.', { caseExact: true }),
  readOnly('required', 'Whether a resource must have the attribute.', { type: 'boolean' }),
  readOnly('canonicalValues', 'Values that are suggested.', { multiValued: true, caseExact: true }),
  readOnly('caseExact', 'Whether upper and lower case differ in comparisons.', { type: 'boolean' }),
  readOnly('mutability', 'Whether and when the attribute can be written.', {
    caseExact: true,
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  readOnly('returned', 'When the attribute is part of a response.', {
    caseExact: true,
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  readOnly('uniqueness', 'Among which resources a value may occur only once.', {
    caseExact: true,
    canonicalValues: ['none', 'server', 'global'],
  }),
  readOnly('referenceTypes', 'What a reference may refer to.', { multiValued: true, caseExact: true }),
];

/** @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7} */
const schemaSchema: Schema = {
  id: SCHEMA_SCHEMA,
  name: 'Schema',
  description: 'A schema: which attributes resources have.',
  attributes: [
    readOnly('id', 'URN of the schema.', { required: true, returned: 'always' }),
    readOnly('name', 'Name of the schema.', { required: true }),
    readOnly('description', 'What the schema is for.'),
    readOnly('attributes', 'Attributes of the schema.', {
      type: 'complex',
      multiValued: true,
      required: true,
      subAttributes: [
        ...characteristics,
        readOnly('subAttributes', 'Sub-attributes of a complex attribute.', {
          type: 'complex',
          multiValued: true,
          subAttributes: characteristics,
        }),
      ],
    }),
  ],
};

/**
 * The schemas of what discovery itself answers: `/Schemas` lists them, since every URN in a resource's `schemas` is one
 * of a Schema resource.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-8.7.2 RFC 7643 §8.7.2}
 */
export const discoverySchemas: readonly Schema[] = [serviceProviderConfigSchema, resourceTypeSchema, schemaSchema];
