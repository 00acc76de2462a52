/** The entries that answer SCIM requests: `lambda/<entry>.ts`. */
export type ScimEntry = 'users' | 'groups' | 'bulk' | 'search' | 'discovery';

/** Where requests are answered, by whatever way they come. */
export interface RoutePattern {
  /** Relative to the API's base, such as the Tenant URL; `{id}` is one segment, `{proxy+}` whatever is left. */
  readonly path: string;
  /** What the route answers; any other method is 405 with these in `Allow`. None: 404 to every method. */
  readonly methods: readonly string[];
}

export interface Route extends RoutePattern {
  readonly entry: ScimEntry;
}

/** Where the routes begin: the path of a Tenant URL on a deployment without a domain of its own. */
export const TENANT_PATH = '{tenant}/scim/v2';

/**
 * The SCIM routes, from which both API Gateway's resources and the local router are made. Every route takes ANY method:
 * an undeclared one would be answered 403 by API Gateway, where SCIM wants 405.
 */
export const routes: readonly Route[] = [
  { path: 'Users', entry: 'users', methods: ['GET', 'POST'] },
  { path: 'Users/{id}', entry: 'users', methods: ['GET', 'PUT', 'PATCH', 'DELETE'] },
  { path: 'Groups', entry: 'groups', methods: ['GET', 'POST'] },
  { path: 'Groups/{id}', entry: 'groups', methods: ['GET', 'PUT', 'PATCH', 'DELETE'] },
  { path: 'Bulk', entry: 'bulk', methods: ['POST'] },
  { path: 'ServiceProviderConfig', entry: 'discovery', methods: ['GET'] },
  { path: 'ResourceTypes', entry: 'discovery', methods: ['GET'] },
  { path: 'ResourceTypes/{id}', entry: 'discovery', methods: ['GET'] },
  { path: 'Schemas', entry: 'discovery', methods: ['GET'] },
  { path: 'Schemas/{id}', entry: 'discovery', methods: ['GET'] },
  { path: 'Users/.search', entry: 'search', methods: ['POST'] },
  { path: 'Groups/.search', entry: 'search', methods: ['POST'] },
  { path: '.search', entry: 'search', methods: ['POST'] },
  // Answered 501: no token stands for a user.
  { path: 'Me', entry: 'discovery', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
  { path: '{proxy+}', entry: 'discovery', methods: [] },
];
