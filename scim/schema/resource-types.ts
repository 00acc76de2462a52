import { enterpriseUserSchema } from './enterprise-user.ts';
import { groupSchema } from './group.ts';
import { ResourceSchema } from './resource-schema.ts';
import type { ResourceType, ResourceTypeName, Schema } from './types.ts';
import { userSchema } from './user.ts';

export const userResourceType: ResourceType = {
  name: 'User',
  description: 'User account.',
  endpoint: '/Users',
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
};

export const groupResourceType: ResourceType = {
  name: 'Group',
  description: 'Group of users and of other groups.',
  endpoint: '/Groups',
  schema: groupSchema,
  extensions: [],
};

/** The schemas that every tenant's resources have. */
export const builtInSchemas: readonly Schema[] = [userResourceType, groupResourceType].flatMap((type) => [
  type.schema,
  ...type.extensions.map(({ schema }) => schema),
]);

/** Whether the URN is that of a schema that every tenant's resources have. */
export function isBuiltInUrn(urn: string): boolean {
  return builtInSchemas.some(({ id }) => id.toLowerCase() === urn.toLowerCase());
}

/** A schema extension that a tenant has registered for one of the resource types. */
export interface RegisteredExtension {
  readonly resourceType: ResourceTypeName;
  readonly schema: Schema;
}

/**
 * The schemas of a tenant's resource types: the built-in ones, and the extensions that it has registered.
 *
 * @throws Error when two schemas of a resource type have the same URN: the later one would silently hide the other.
 */
export function createResourceSchemas(
  extensions: readonly RegisteredExtension[] = [],
): Readonly<Record<ResourceTypeName, ResourceSchema>> {
  return {
    User: new ResourceSchema(withExtensions(userResourceType, extensions)),
    Group: new ResourceSchema(withExtensions(groupResourceType, extensions)),
  };
}

function withExtensions(type: ResourceType, registered: readonly RegisteredExtension[]): ResourceType {
  const own = registered.filter(({ resourceType }) => resourceType === type.name);
  const extensions = [
    ...type.extensions,
    ...own.map(({ schema }) => ({ schema, required: false, registered: true as const })),
  ];
  const taken = new Set([type.schema.id.toLowerCase()]);
  for (const { schema } of extensions) {
    const urn = schema.id.toLowerCase();
    if (taken.has(urn)) throw new Error(`${type.name} has two schemas with the URN ${schema.id}; each needs its own`);
    taken.add(urn);
  }
  return { ...type, extensions };
}
