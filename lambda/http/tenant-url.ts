import { parseTenantUrlTemplate, type TenantUrlTemplate } from '../contract/tenant-url.ts';
import { findPathParameter, type ScimEvent } from './event.ts';

const TENANT_NAME = /^[a-z0-9-]{1,40}$/;
const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i;

/** The Tenant URL by the deployment's template; what the template does not name, the request cannot influence. */
export function toTenantUrl(
  template: string,
  tenant: string,
  { domainName, stage }: Pick<ScimEvent['requestContext'], 'domainName' | 'stage'>,
): string {
  return template.replaceAll(/\{(tenant|api|stage)\}/g, (_, placeholder: string) => {
    switch (placeholder) {
      case 'tenant':
        return tenant;
      case 'stage':
        return encodeURIComponent(stage);
      default:
        return toHost(domainName);
    }
  });
}

function toHost(domainName: string | undefined): string {
  if (domainName === undefined || !HOST.test(domainName)) {
    throw new Error('the Tenant URL template names {api}, but the request context carries no host name');
  }
  return domainName;
}

/** Tells which tenant the URL of a request names; undefined where it names none, and the secret token alone tells it. */
export type FindNamedTenant = (event: ScimEvent) => string | undefined;

/**
 * By the deployment's template. A host name that the template does not make, such as API Gateway's own beside a domain of
 * one's own, names no tenant; a path always has to.
 */
export function createNamedTenantFinder(template: string): FindNamedTenant {
  const { host, tenantIn } = parseTenantUrlTemplate(template);
  switch (tenantIn) {
    case 'path':
      return (event) => findPathParameter(event, 'tenant') ?? '';
    case 'host':
      return ({ requestContext }) => findTenantInHost(host, requestContext.domainName?.toLowerCase() ?? '');
    case 'token':
      return () => undefined;
  }
}

function findTenantInHost(host: TenantUrlTemplate['host'], domainName: string): string | undefined {
  const [before = '', after = ''] = host.split('{tenant}');
  if (!domainName.startsWith(before) || !domainName.endsWith(after)) return undefined;
  const tenant = domainName.slice(before.length, domainName.length - after.length);
  return TENANT_NAME.test(tenant) ? tenant : undefined;
}
