/** A tenant, and the two strings that its administrator is given. */
export interface RunningTenant {
  readonly tenant: string;
  readonly tenantUrl: string;
  readonly token: string;
}

/** One line of JSON a tenant, for scripts. */
export function toJsonLines(tenants: readonly RunningTenant[]): string {
  return tenants.map(({ tenant, tenantUrl, token }) => `${JSON.stringify({ tenant, tenantUrl, token })}\n`).join('');
}

/** What a person needs to go on. */
export function toGreeting(tenants: readonly RunningTenant[], data: string): string {
  return [
    'scim-stack is listening. Enter both strings in your identity provider:\n',
    toCards(tenants),
    ...tenants.slice(0, 1).map((tenant) => `Or create a user yourself:\n\n${toCurl(tenant)}\n`),
    `Data, tokens and the request log are in ${data}. Ctrl-C ends it.\n`,
  ].join('\n');
}

/** The two strings of each tenant. */
export function toCards(tenants: readonly RunningTenant[]): string {
  return tenants
    .map(
      ({ tenant, tenantUrl, token }) => `Tenant "${tenant}"\n  Tenant URL    ${tenantUrl}\n  Secret token  ${token}\n`,
    )
    .join('\n');
}

/** Creates a user. */
export function toCurl({ tenantUrl, token }: RunningTenant): string {
  const body = JSON.stringify({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada@example.com',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    active: true,
  });
  return `curl -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/scim+json' -d '${body}' ${tenantUrl}/Users`;
}
