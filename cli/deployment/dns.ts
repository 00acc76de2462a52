import { stackOutputs } from '../../lambda/contract/stack-outputs.ts';
import type { Aws, DeployedStack } from './aws.ts';

/** What makes the host name of a tenant's URL lead to its region. */
export interface TenantRecord {
  readonly hostName: string;
  /** The custom domain's regional name. */
  readonly target: string;
  readonly targetZoneId: string | undefined;
  /** Where the record can be made; undefined where the operator's DNS is elsewhere. */
  readonly hostedZoneId: string | undefined;
}

/**
 * The record that a tenant needs; undefined where no tenant needs one of its own, since the Tenant URL's host name is
 * the same for all.
 */
export function toTenantRecord({ outputs }: DeployedStack, tenant: string): TenantRecord | undefined {
  const [, host] = /^https?:\/\/([^/]+)/.exec(outputs[stackOutputs.tenantUrl] ?? '') ?? [];
  const target = outputs[stackOutputs.domainTarget];
  if (host === undefined || target === undefined || !host.includes('{tenant}')) return undefined;
  return {
    hostName: host.replace('{tenant}', tenant),
    target,
    targetZoneId: outputs[stackOutputs.domainTargetZoneId],
    hostedZoneId: outputs[stackOutputs.hostedZoneId],
  };
}

/** The record as it is entered in a DNS service. */
export function toRecordText({ hostName, target }: TenantRecord): string {
  return `${hostName}. 300 IN CNAME ${target}.`;
}

/**
 * Makes the record, or takes it away: an alias, which costs no query and follows the custom domain.
 *
 * @returns False where there is no hosted zone to do it in.
 */
export async function changeTenantRecord(
  aws: Aws,
  action: 'UPSERT' | 'DELETE',
  { hostName, target, targetZoneId, hostedZoneId }: TenantRecord,
): Promise<boolean> {
  if (hostedZoneId === undefined || targetZoneId === undefined) return false;
  await aws.changeAlias(action, { hostedZoneId, hostName, target, targetZoneId });
  return true;
}
