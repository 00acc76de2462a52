import { parseTenantUrlTemplate } from '../../lambda/contract/tenant-url.ts';
import type { RegionConfig } from './region-config.ts';

/** What is wrong with a region of a configuration whose keys are each right by themselves. */
export interface RegionFault {
  /** Position of the region. */
  readonly region: number;
  readonly message: string;
}

const DOMAIN_NAME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/;

/** Finds what contradicts itself: host names, certificates, hosted zones. */
export function findRegionFaults(regions: readonly RegionConfig[]): readonly RegionFault[] {
  return regions.flatMap((region, i) => {
    const messages = [...findUrlFaults(region), ...findSharedHostFaults(region, regions.slice(0, i))];
    return messages.map((message) => ({ region: i, message }));
  });
}

function* findUrlFaults({ tenantUrl, domain, awsRegion }: RegionConfig): Generator<string> {
  const { host } = parseTenantUrlTemplate(tenantUrl);
  if (!tenantUrl.startsWith('https:')) yield `expected a Tenant URL that begins with https://, got ${tenantUrl}`;
  if (host === '{api}') {
    if (domain.hostedZone !== undefined || domain.certificateArn !== undefined) {
      yield 'expected no domain where the host of the Tenant URL is {api}, or a tenantUrl with a host name of your own';
    }
    return;
  }
  if (!DOMAIN_NAME.test(host.replace('{tenant}', 'x'))) yield `expected a domain name in the Tenant URL, got ${host}`;
  const { hostedZone, certificateArn } = domain;
  if (hostedZone !== undefined && !host.endsWith(`.${hostedZone.name}`) && host !== hostedZone.name) {
    yield `expected a hosted zone that ${host} lies in, got ${hostedZone.name}`;
  }
  if (certificateArn !== undefined && !certificateArn.includes(`:acm:${awsRegion}:`)) {
    yield `expected a certificate in ${awsRegion}, got ${certificateArn}`;
  }
}

/** Two regions with one host name: DNS would lead to one of them alone. With `{tenant}` each tenant has its own record. */
function* findSharedHostFaults({ tenantUrl }: RegionConfig, others: readonly RegionConfig[]): Generator<string> {
  const { host, tenantIn } = parseTenantUrlTemplate(tenantUrl);
  if (host === '{api}' || tenantIn === 'host') return;
  const other = others.find((region) => parseTenantUrlTemplate(region.tenantUrl).host === host);
  if (other !== undefined) {
    yield `expected a host name of its own, got that of ${other.name}, ${host}: put {region} or {tenant} into tenantUrl`;
  }
}
