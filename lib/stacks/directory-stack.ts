import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackOutputs } from '../../lambda/contract/stack-outputs.ts';
import {
  ADMIN_PATH,
  APPLICATION_PATH,
  parseTenantUrlTemplate,
  type TenantUrlTemplate,
} from '../../lambda/contract/tenant-url.ts';
import type { RegionConfig } from '../config/region-config.ts';
import { AdminPolicies } from '../constructs/admin-policies.ts';
import { ApiDomain } from '../constructs/api-domain.ts';
import { ApiFirewall } from '../constructs/api-firewall.ts';
import { ApiLogRole } from '../constructs/api-log-role.ts';
import { ApplicationPolicy } from '../constructs/application-policy.ts';
import { ChangeFeed } from '../constructs/change-feed.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { DirectoryFunctions } from '../constructs/directory-functions.ts';
import { DirectoryTable } from '../constructs/directory-table.ts';
import { EventBus } from '../constructs/event-bus.ts';
import { ScimApi } from '../constructs/scim-api.ts';
import { TokenSecrets } from '../constructs/token-secrets.ts';
import { WebhookSecrets } from '../constructs/webhook-secrets.ts';
import { Webhooks } from '../constructs/webhooks.ts';

export interface DirectoryStackProps extends StackProps {
  readonly config: RegionConfig;
}

/** The directory of one region: its table, its tokens, its API. Shares nothing with another region's. */
export class DirectoryStack extends Stack {
  readonly directory: DirectoryTable;
  readonly functions: DirectoryFunctions;
  readonly api: ScimApi;
  readonly deadLetters: DeadLetters;
  readonly events: EventBus;
  readonly webhooks: Webhooks;
  readonly feed: ChangeFeed;
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
    const own = { directory: this.directory, service: this.stackName, logRetention: config.logRetentionDays };
    const webhookSecrets = new WebhookSecrets(this, 'WebhookSecrets');
    this.events = new EventBus(this, 'Events');
    this.webhooks = new Webhooks(this, 'Webhooks', { ...own, secrets: webhookSecrets });
    this.feed = new ChangeFeed(this, 'Feed', { ...own, events: this.events, webhooks: this.webhooks });
    this.functions = new DirectoryFunctions(this, 'Functions', {
      directory: this.directory,
      tokens: new TokenSecrets(this, 'Tokens'),
      ...{ events: this.events, webhooks: this.webhooks, webhookSecrets },
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
    const { authorizer, admin, application, users, groups, bulk, search, discovery } = this.functions;
    const api = new ScimApi(this, 'Api', {
      name: this.stackName,
      tenantUrl,
      authorizer,
      entries: { users, groups, bulk, search, discovery },
      signed: { admin, application },
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
    this.#addOutput(
      stackOutputs.applicationUrl,
      "The API for the vendor's own application, signed",
      restApi.urlForPath(`/${APPLICATION_PATH}`),
    );
    this.#addOutput(stackOutputs.eventBusName, 'Where events are published', this.events.bus.eventBusName);
    this.#addOutput(stackOutputs.eventBusArn, 'The same, for rules', this.events.bus.eventBusArn);
    this.#addOutput(stackOutputs.tableName, 'The directory itself', this.directory.table.tableName);
    this.#addOutput('RotationFunctionArn', 'For Secrets Manager', this.functions.rotation.functionArn);
    const { policy } = new ApplicationPolicy(this, 'ApplicationPolicy', restApi);
    this.#addOutput('ApplicationPolicyArn', "Policy of the vendor's own application", policy.managedPolicyArn);
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
