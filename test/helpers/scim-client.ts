import type { RunningTenant } from './local-run.ts';

export interface ScimAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answered; a test's expectations are its check.
  readonly body: any;
}

/** Sends one request to a tenant, as any client with its two strings would. */
export async function sendScim(
  { tenantUrl, token }: RunningTenant,
  method: string,
  path: string,
  body?: unknown,
): Promise<ScimAnswer> {
  const response = await fetch(`${tenantUrl}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** The body of a request that creates a user. */
export function newUser(userName: string): Readonly<Record<string, unknown>> {
  return { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName };
}

/** @returns The user's id, or `undefined` when there is no such user. */
export async function findUserId(tenant: RunningTenant, userName: string): Promise<string | undefined> {
  const filter = encodeURIComponent(`userName eq "${userName}"`);
  const { body } = await sendScim(tenant, 'GET', `Users?filter=${filter}`);
  return body.Resources[0]?.id;
}
