import type { JsonObject } from '../../scim/json.ts';
import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import { parseResourceBody } from '../../scim/validation/resource-body.ts';
import { createPeople } from './people.ts';

export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface StoredUser {
  readonly id: string;
  /** As they are stored (`scim/validation/resource-body.ts`). */
  readonly attributes: JsonObject;
}

/** Users as a directory has them once Entra has created them. */
export function createStoredUsers(seed: string, count: number): readonly StoredUser[] {
  const schema = createResourceSchemas().User;
  return createPeople(seed, count).map(({ person, body }) => ({
    id: person.objectId,
    attributes: parseResourceBody(schema, body).attributes,
  }));
}

/** The same users as a directory represents them. */
export function createRepresentations(seed: string, count: number): readonly JsonObject[] {
  return createStoredUsers(seed, count).map(({ id, attributes }, i) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE_USER],
    id,
    ...attributes,
    meta: {
      resourceType: 'User',
      created: '2026-03-01T08:00:00.000Z',
      lastModified: new Date(Date.UTC(2026, 2, 1, 8) + i * 1000).toISOString(),
      version: 'W/"1"',
      location: `https://example.com/scim/v2/Users/${id}`,
    },
  }));
}
