import type { AttributeDefinition } from './types.ts';

/** An attribute with the defaults of RFC 7643 §2.2, and what is said of it. */
export function defineAttribute(
  name: string,
  description: string,
  characteristics: Partial<Omit<AttributeDefinition, 'name' | 'description'>> = {},
): AttributeDefinition {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...characteristics,
  };
}

/**
 * The attributes that every resource has and that no schema lists. `externalId` is not here: our User and Group schemas
 * list it, because clients look for it there.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-3.1 RFC 7643 §3.1}
 */
export const commonAttributes: readonly AttributeDefinition[] = [
  defineAttribute('schemas', 'URNs of the schemas that the resource uses.', {
    type: 'reference',
    referenceTypes: ['uri'],
    multiValued: true,
    caseExact: false,
    mutability: 'readOnly',
    returned: 'always',
  }),
  defineAttribute('id', 'Identifier that this service gave the resource.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  defineAttribute('meta', 'Metadata of the resource.', {
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      defineAttribute('resourceType', 'Name of the resource type.', { caseExact: true, mutability: 'readOnly' }),
      defineAttribute('created', 'When the resource was created.', { type: 'dateTime', mutability: 'readOnly' }),
      defineAttribute('lastModified', 'When the resource was last changed.', {
        type: 'dateTime',
        mutability: 'readOnly',
      }),
      defineAttribute('location', 'URL of the resource.', {
        type: 'reference',
        referenceTypes: ['uri'],
        caseExact: true,
        mutability: 'readOnly',
      }),
      defineAttribute('version', 'Version of the resource: its ETag.', { caseExact: true, mutability: 'readOnly' }),
    ],
  }),
];
