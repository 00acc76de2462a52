import * as z from 'zod';

const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const CORE_USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const CORE_GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

function schemasWith(urn: string) {
  return z.array(z.string()).refine((schemas) => schemas.includes(urn), `must include ${urn}`);
}

function metaOf(resourceType: string) {
  return z.looseObject({
    resourceType: z.literal(resourceType),
    location: z.url(),
    created: z.iso.datetime({ offset: true }).optional(),
    lastModified: z.iso.datetime({ offset: true }).optional(),
    version: z.string().min(1).optional(),
  });
}

/** A user as a client must be able to read it, RFC 7643 §4.1. */
export const UserSchema = z.looseObject({
  schemas: schemasWith(CORE_USER),
  id: z.string().min(1),
  userName: z.string().min(1),
  active: z.boolean().optional(),
  emails: z.array(z.looseObject({})).optional(),
  phoneNumbers: z.array(z.looseObject({})).optional(),
  addresses: z.array(z.looseObject({})).optional(),
  name: z.looseObject({}).optional(),
  groups: z.array(z.looseObject({ value: z.string().min(1) })).optional(),
  // A bare string here makes Entra report that the directory is not fully compatible.
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': z
    .looseObject({ manager: z.looseObject({ value: z.string().min(1) }).optional() })
    .optional(),
  meta: metaOf('User'),
});

/** A group, RFC 7643 §4.2. */
export const GroupSchema = z.looseObject({
  schemas: schemasWith(CORE_GROUP),
  id: z.string().min(1),
  displayName: z.string().min(1),
  members: z.array(z.looseObject({ value: z.string().min(1) })).nullish(),
  meta: metaOf('Group'),
});

/** A resource of which only some attributes were asked for. */
export const PartialResourceSchema = z.looseObject({ id: z.string().min(1) });

/** RFC 7644 §3.4.2; the counters must be there, and integers, for Okta pages by them. */
export const ListResponseSchema = z
  .looseObject({
    schemas: schemasWith(LIST_RESPONSE),
    totalResults: z.int().nonnegative(),
    itemsPerPage: z.int().nonnegative(),
    startIndex: z.int().positive(),
    Resources: z.array(z.looseObject({})).optional(),
  })
  .refine(({ itemsPerPage, Resources }) => itemsPerPage === (Resources ?? []).length, {
    message: 'itemsPerPage must be the number of Resources',
  })
  .refine(({ totalResults, Resources }) => totalResults >= (Resources ?? []).length, {
    message: 'totalResults must not be less than the number of Resources',
  });

/** RFC 7644 §3.12: `status` is a string. */
export const ErrorSchema = z.looseObject({
  schemas: schemasWith(ERROR),
  status: z.string(),
  scimType: z.string().optional(),
  detail: z.string().min(1),
});

const attributeTypes = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex'];

/** One attribute of a schema, RFC 7643 §7; the characteristics in the RFC's own spelling. */
const SchemaAttributeSchema = z.looseObject({
  name: z.string().regex(/^\$?[A-Za-z][\w$-]*$/),
  type: z.enum(attributeTypes),
  multiValued: z.boolean(),
  mutability: z.enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']).optional(),
  returned: z.enum(['always', 'never', 'default', 'request']).optional(),
  uniqueness: z.enum(['none', 'server', 'global']).optional(),
  canonicalValues: z.array(z.string()).optional(),
});

/** What `GET /Schemas` lists. */
export const SchemaResourceSchema = z.looseObject({
  id: z.string().startsWith('urn:'),
  attributes: z.array(SchemaAttributeSchema.extend({ subAttributes: z.array(SchemaAttributeSchema).optional() })),
});

export type SchemaResource = z.infer<typeof SchemaResourceSchema>;

/** The first few faults of a refused body, each with the place where it is. */
export function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.length === 0 ? 'body' : path.join('.')}: ${message}`)
    .join('; ');
}
