/**
 * Outputs of a region's directory stack (`<name>-<region>`), by which the operator's command line finds the deployment.
 * The last three only where the Tenant URL template has a domain of one's own.
 */
export const stackOutputs = {
  /** Base of the admin API, such as `https://….execute-api.us-east-1.amazonaws.com/prod/admin`. */
  adminUrl: 'AdminUrl',
  /** Tenant URL of each tenant: the name goes in the place of `{tenant}`. */
  tenantUrl: 'TenantUrl',
  tableName: 'TableName',
  /** Base of the application API, such as `https://….execute-api.us-east-1.amazonaws.com/prod/application`. */
  applicationUrl: 'ApplicationUrl',
  /** The bus that events are published on. */
  eventBusName: 'EventBusName',
  eventBusArn: 'EventBusArn',
  /** What the DNS record of a tenant's (or the region's) host name points to. */
  domainTarget: 'DomainTarget',
  /** The hosted zone of that target, for an alias record. */
  domainTargetZoneId: 'DomainTargetZoneId',
  /** The hosted zone that the records are made in; absent where the operator makes them elsewhere. */
  hostedZoneId: 'HostedZoneId',
} as const;
