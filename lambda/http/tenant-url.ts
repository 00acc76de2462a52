import type { ScimEvent } from './event.ts';

const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i;

/** The Tenant URL by the deployment's template; what the template does not name, the request cannot influence. */
export function toTenantUrl(
  template: string,
  tenant: string,
  { domainName, stage }: ScimEvent['requestContext'],
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
