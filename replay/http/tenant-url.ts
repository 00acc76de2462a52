import type { Query } from './query.ts';

/** A Tenant URL taken apart. */
export interface TenantUrl {
  /** Without a trailing slash. */
  readonly base: string;
  /** What stood behind its question mark, such as `aadOptscim062020`: sent along with every request. */
  readonly query: Query;
}

/** @throws Error that says what is wrong with the URL. */
export function parseTenantUrl(text: string): TenantUrl {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `${JSON.stringify(text)} is not a Tenant URL: expected one such as https://scim.example.com/scim/v2`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error('the Tenant URL must not hold a user name or password: give the token by --token or --token-file');
  }
  return {
    base: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    query: Object.fromEntries(url.searchParams),
  };
}
