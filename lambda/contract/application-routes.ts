import type { RoutePattern } from './routes.ts';

/** Where the application asks whether somebody may enter. */
export const SIGN_IN_PATH = 'sign-in';

export const OWNERS_PATH = 'owners';
export const OWNERSHIPS_PATH = 'ownerships';

/**
 * The routes of the application API, relative to `/application/{tenant}`: what the vendor's own backend may ask of a
 * tenant. People and groups are the identity provider's to change; here nothing is, but the attributes that the tenant's
 * setting `locallyOwned` names. Literal segments stand before parameters.
 */
export const applicationRoutes: readonly RoutePattern[] = [
  { path: 'Users', methods: ['GET'] },
  { path: 'Users/.search', methods: ['POST'] },
  { path: 'Users/{id}', methods: ['GET', 'PATCH'] },
  { path: 'Groups', methods: ['GET'] },
  { path: 'Groups/.search', methods: ['POST'] },
  { path: 'Groups/{id}', methods: ['GET'] },
  { path: '.search', methods: ['POST'] },
  { path: 'ServiceProviderConfig', methods: ['GET'] },
  { path: 'ResourceTypes', methods: ['GET'] },
  { path: 'ResourceTypes/{id}', methods: ['GET'] },
  { path: 'Schemas', methods: ['GET'] },
  { path: 'Schemas/{id}', methods: ['GET'] },
  { path: SIGN_IN_PATH, methods: ['POST'] },
  /** Who holds the offices of the tenant. */
  { path: OWNERS_PATH, methods: ['GET', 'PUT'] },
  /** What the application has registered as a user's. */
  { path: OWNERSHIPS_PATH, methods: ['GET'] },
  { path: `${OWNERSHIPS_PATH}/{type}/{id}`, methods: ['GET', 'PUT', 'DELETE'] },
  /** All of a tenant's users, groups and memberships, page by page, as JSON lines. */
  { path: 'snapshot', methods: ['GET'] },
];

/** Of every other path. */
export const unknownApplicationRoute: RoutePattern = { path: '{proxy+}', methods: [] };
