import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackOutputs } from '../../lambda/contract/stack-outputs.ts';
import { ADMIN_PATH, parseTenantUrlTemplate, type TenantUrlTemplate } from '../../lambda/contract/tenant-url.ts';
import type { RegionConfig } from '../config/region-config.ts';
import { AdminPolicies } from '../constructs/admin-policies.ts';
import { ApiDomain } from '../constructs/api-domain.ts';
import { ApiFirewall } from '../constructs/api-firewall.ts';
import { ApiLogRole } from '../constructs/api-log-role.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { DirectoryFunctions } from '../constructs/directory-functions.ts';
import { DirectoryTable } from '../constructs/directory-table.ts';
import { ScimApi } from '../constructs/scim-api.ts';
import { TokenSecrets } from '../constructs/token-secrets.ts';

export interface DirectoryStackProps extends StackProps {
  readonly config: RegionConfig;
}

/** The directory of one region: its table, its tokens, its API. Shares nothing with another region's. */
export class DirectoryStack extends Stack {
  readonly directory: DirectoryTable;
  readonly functions: DirectoryFunctions;
  readonly api: ScimApi;
  readonly deadLetters: DeadLetters;
  /** Undefined where it is switched off. */
  readonly firewall: ApiFirewall | undefined;

  constructor(scope: Construct, id: string, { config, ...props }: DirectoryStackProps) {
    super(scope, id, props);
    const isKept = config.removalPolicy === 'retain';
    const template = parseTenantUrlTemplate(config.tenantUrl);
    this.directory = new DirectoryTable(this, 'Directory', {
      removalPolicy: isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: isKept,
    });
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    this.functions = new DirectoryFunctions(this, 'Functions', {
      directory: this.directory,
      tokens: new TokenSecrets(this, 'Tokens'),
      deadLetters: this.deadLetters,
      tenantUrl: config.tenantUrl,
      runbook: config.alarms.runbook,
      logRetention: config.logRetentionDays,
      reservedConcurrency: config.reservedConcurrency,
    });
    this.api = this.#addApi(config, template);
    this.firewall = this.#addFirewall(config);
    this.#addOutputs(config, template);
    if (template.host !== '{api}') this.#addDomain(config, template.host);
  }

  #addApi(config: RegionConfig, tenantUrl: TenantUrlTemplate): ScimApi {
    const { authorizer, admin, users, groups, bulk, search, discovery } = this.functions;
    const api = new ScimApi(this, 'Api', {
      name: this.stackName,
      tenantUrl,
      authorizer,
      entries: { users, groups, bulk, search, discovery },
      admin,
      throttle: config.throttle,
      logRetention: config.logRetentionDays,
    });
    // Without the role no stage with an access log can be made.
    if (config.apiGatewayLogRole === 'create') api.node.addDependency(new ApiLogRole(this, 'ApiLogRole'));
    return api;
  }

  #addFirewall({ waf }: RegionConfig): ApiFirewall | undefined {
    const stage = this.api.restApi.deploymentStage;
    if (waf.enabled) return new ApiFirewall(this, 'Firewall', { stage, ...waf });
    Validations.of(stage).acknowledge({ id: 'AwsSolutions-APIG3', reason: 'Switched off in the configuration' });
    return undefined;
  }

  #addOutputs({ tenantUrl }: RegionConfig, { host, path }: TenantUrlTemplate): void {
    const { restApi } = this.api;
    this.#addOutput(
      stackOutputs.tenantUrl,
      'Tenant URL of each tenant: put its name in the place of {tenant}',
      host === '{api}' ? restApi.urlForPath(`/${path}`) : tenantUrl,
    );
    this.#addOutput(stackOutputs.adminUrl, "The operators' API, signed", restApi.urlForPath(`/${ADMIN_PATH}`));
    this.#addOutput(stackOutputs.tableName, 'The directory itself', this.directory.table.tableName);
    this.#addOutput('RotationFunctionArn', 'For Secrets Manager', this.functions.rotation.functionArn);
    const { observer, operator, administrator } = new AdminPolicies(this, 'AdminPolicies', restApi);
    this.#addOutput('ObserverPolicyArn', 'Policy of who may look', observer.managedPolicyArn);
    this.#addOutput('OperatorPolicyArn', 'Policy of who runs tenants', operator.managedPolicyArn);
    this.#addOutput('AdministratorPolicyArn', 'Policy of who may delete them', administrator.managedPolicyArn);
  }

  #addDomain({ domain }: RegionConfig, host: string): void {
    const { domainName, hostedZoneId, recordToMake } = new ApiDomain(this, 'Domain', {
      api: this.api.restApi,
      host,
      ...domain,
    });
    const { domainNameAliasDomainName: target, domainNameAliasHostedZoneId: zoneId } = domainName;
    this.#addOutput(stackOutputs.domainTarget, 'What the DNS record of a Tenant URL points to', target);
    this.#addOutput(stackOutputs.domainTargetZoneId, 'The hosted zone of that target', zoneId);
    if (hostedZoneId !== undefined) this.#addOutput(stackOutputs.hostedZoneId, 'Where records are made', hostedZoneId);
    if (recordToMake !== undefined) this.#addOutput('RecordToMake', 'Enter this record in your DNS', recordToMake);
  }

  #addOutput(id: string, description: string, value: string): void {
    new CfnOutput(this, id, { description, value });
  }
}
