/** The entries that answer SCIM requests: `lambda/<entry>.ts`. */
export type ScimEntry = 'users' | 'groups' | 'discovery';

export interface Route {
  /** Relative to the Tenant URL; `{id}` is one segment, `{proxy+}` whatever is left. */
  readonly path: string;
  readonly entry: ScimEntry;
  /** What the route answers; any other method is 405 with these in `Allow`. None: 404 to every method. */
  readonly methods: readonly string[];
}

/**
 * The SCIM routes, from which both API Gateway's resources and the local router are made. Every route takes ANY method:
 * an undeclared one would be answered 403 by API Gateway, where SCIM wants 405.
 */
export const routes: readonly Route[] = [
  { path: 'Users', entry: 'users', methods: ['GET', 'POST'] },
  { path: 'Users/{id}', entry: 'users', methods: ['GET', 'PUT', 'PATCH', 'DELETE'] },
  { path: 'Groups', entry: 'groups', methods: ['GET', 'POST'] },
  { path: 'Groups/{id}', entry: 'groups', methods: ['GET', 'PUT', 'PATCH', 'DELETE'] },
  { path: 'ServiceProviderConfig', entry: 'discovery', methods: ['GET'] },
  { path: 'ResourceTypes', entry: 'discovery', methods: ['GET'] },
  { path: 'ResourceTypes/{id}', entry: 'discovery', methods: ['GET'] },
  { path: 'Schemas', entry: 'discovery', methods: ['GET'] },
  { path: 'Schemas/{id}', entry: 'discovery', methods: ['GET'] },
  { path: '{proxy+}', entry: 'discovery', methods: [] },
];
