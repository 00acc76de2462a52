/** The Tenant URL of a deployment without a domain of its own. */
export const DEFAULT_TENANT_URL_TEMPLATE = 'https://{api}/{stage}/{tenant}/scim/v2';

/** First path segment of the admin API, which is why no Tenant URL may hold it and no tenant may have it as its name. */
export const ADMIN_PATH = 'admin';

/** First path segment of the API for the vendor's own application, reserved for the same reason. */
export const APPLICATION_PATH = 'application';

/** A Tenant URL template, taken apart. */
export interface TenantUrlTemplate {
  /** The host name, such as `global-us.example.com`; `{api}` where it is API Gateway's own. */
  readonly host: string;
  /** Where the routes begin, relative to the API: `{tenant}/scim/v2`, `api/v1/scim`; empty for the API's root. */
  readonly path: string;
  /** What tells the tenant of a request. `token`: nothing in the URL does, which is one for the whole region. */
  readonly tenantIn: 'path' | 'host' | 'token';
}

const URL_FORM = /^https?:\/\/([^/?#\s]+)((?:\/[^/?#\s]+)*)$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/;
const SEGMENT = /^[A-Za-z0-9._~-]+$/;
const PLACEHOLDER = /\{[^}]*\}/g;
const DNS_LABEL_LENGTH = 63;
const TENANT_NAME_LENGTH = 40;

/** @throws Error that says what is wrong with the template. */
export function parseTenantUrlTemplate(template: string): TenantUrlTemplate {
  const fault = findTenantUrlFault(template, 'proxied');
  if (fault !== undefined)
    throw new Error(`the Tenant URL template ${JSON.stringify(template)} is not valid: ${fault}`);
  const { host, segments } = split(template);
  const path = segments.slice(segments.indexOf('{stage}') + 1).join('/');
  return { host, path, tenantIn: host.includes('{tenant}') ? 'host' : path.includes('{tenant}') ? 'path' : 'token' };
}

/**
 * What is wrong with a Tenant URL template, in words; undefined where nothing is.
 *
 * @param reach - How clients get to the API: by its own domain, or (`proxied`) also by another server's path, which ends
 *   in `{stage}`: `http://127.0.0.1:4566/_aws/execute-api/c9560953/{stage}/api/v1/scim` on an emulated AWS.
 */
export function findTenantUrlFault(template: string, reach: 'domain' | 'proxied' = 'domain'): string | undefined {
  if (!URL_FORM.test(template)) return 'expected an http(s) URL with neither query nor trailing slash';
  const placeholders = template.match(PLACEHOLDER) ?? [];
  const unknown = placeholders.find((name) => !['{tenant}', '{api}', '{stage}'].includes(name));
  if (unknown !== undefined) return `expected {tenant}, {api} and {stage} as the only placeholders, got ${unknown}`;
  if (new Set(placeholders).size < placeholders.length) return 'expected each placeholder once';
  const { host, segments } = split(template);
  const isProxied = reach === 'proxied' && host !== '{api}';
  if (!isProxied && (host === '{api}') !== segments.includes('{stage}')) {
    return 'expected {api}/{stage}, or neither of the two';
  }
  if (!isProxied && segments.slice(1).includes('{stage}')) return 'expected {stage} right after {api}';
  return findHostFault(host) ?? findPathFault(segments);
}

function findHostFault(host: string): string | undefined {
  if (host === '{api}') return undefined;
  const [label = '', ...rest] = host.split('.');
  if (rest.join('.').includes('{')) return 'expected {tenant} in the first label of the host name';
  if (!HOST.test(host.replace('{tenant}', 'x'))) return `expected a host name in lower case, got ${host}`;
  if (!label.includes('{tenant}')) return undefined;
  if (rest.length < 2) return 'expected {tenant} in a sub-domain, as in users-{tenant}.example.com';
  const room = DNS_LABEL_LENGTH - TENANT_NAME_LENGTH;
  if (label.replace('{tenant}', '').length > room) return `expected ${room} characters beside {tenant} at most`;
  return undefined;
}

function findPathFault(segments: readonly string[]): string | undefined {
  const literals = segments.filter((segment) => segment !== '{tenant}' && segment !== '{stage}');
  const odd = literals.find((segment) => !SEGMENT.test(segment));
  if (odd !== undefined) return `expected path segments of letters, digits and . _ ~ - or {tenant} alone, got ${odd}`;
  const reserved = [ADMIN_PATH, APPLICATION_PATH].find((name) => literals.includes(name));
  if (reserved !== undefined) return `expected no path segment ${reserved}, where the ${reserved} API is`;
  return undefined;
}

function split(template: string): { readonly host: string; readonly segments: readonly string[] } {
  const [, host = '', path = ''] = URL_FORM.exec(template) ?? [];
  return { host, segments: path.split('/').filter((segment) => segment !== '') };
}

/** A route's path below the API's root, such as `api/v1/scim/Users/{id}`. */
export function toApiPath(template: Pick<TenantUrlTemplate, 'path'>, routePath: string): string {
  return template.path === '' ? routePath : `${template.path}/${routePath}`;
}
