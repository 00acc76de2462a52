import { Duration, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EntryName } from '../../lambda/contract/environment.ts';
import { CallSchedule } from './call-schedule.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DirectoryTable } from './directory-table.ts';
import type { EventBus } from './event-bus.ts';
import { ScimFunction, type ScimFunctionProps } from './scim-function.ts';
import type { TokenSecrets } from './token-secrets.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';
import type { Webhooks } from './webhooks.ts';

export interface DirectoryFunctionsProps {
  readonly directory: DirectoryTable;
  readonly tokens: TokenSecrets;
  readonly events: EventBus;
  readonly webhooks: Webhooks;
  readonly webhookSecrets: WebhookSecrets;

  /** Where the calls of schedules end that failed. */
  readonly deadLetters: DeadLetters;

  /** The Tenant URL template, without `{region}`. */
  readonly tenantUrl: string;

  /** Where the runbook is published. */
  readonly runbook: string;

  /** How long log lines are kept. */
  readonly logRetention: RetentionDays;

  /**
   * Concurrency set aside, by function.
   *
   * @default - none
   */
  readonly reservedConcurrency?: Readonly<Partial<Record<'users' | 'groups' | 'authorizer', number | undefined>>>;
}

type Options<Entry extends EntryName> = Pick<ScimFunctionProps<Entry>, 'description' | 'environment'> &
  Partial<ScimFunctionProps<Entry>>;

/** The functions of a directory; each may do what its entry needs, and no more. */
export class DirectoryFunctions extends Construct {
  readonly users: NodejsFunction;
  readonly groups: NodejsFunction;
  readonly bulk: NodejsFunction;
  readonly search: NodejsFunction;
  readonly discovery: NodejsFunction;
  readonly application: NodejsFunction;
  readonly authorizer: NodejsFunction;
  readonly admin: NodejsFunction;
  readonly rotation: NodejsFunction;
  readonly sweeper: NodejsFunction;
  readonly lifecycle: NodejsFunction;
  readonly #logRetention: RetentionDays;

  constructor(scope: Construct, id: string, props: DirectoryFunctionsProps) {
    super(scope, id);
    const { directory, tokens, tenantUrl, reservedConcurrency = {} } = props;
    this.#logRetention = props.logRetention;
    const table = { TABLE_NAME: directory.table.tableName };
    const scim = { ...table, TENANT_URL_TEMPLATE: tenantUrl };
    const secrets = { TOKEN_SECRET_PREFIX: tokens.prefix };
    this.users = this.#add('Users', 'users', {
      description: 'SCIM: /Users',
      environment: scim,
      reservedConcurrency: reservedConcurrency.users,
    });
    this.groups = this.#add('Groups', 'groups', {
      description: 'SCIM: /Groups',
      environment: scim,
      reservedConcurrency: reservedConcurrency.groups,
    });
    this.bulk = this.#add('Bulk', 'bulk', {
      description: 'SCIM: /Bulk',
      environment: scim,
      // A thousand operations in one call: memory is what processor time is given by.
      memorySizeMiB: 1_024,
    });
    this.search = this.#add('Search', 'search', {
      description: 'SCIM: /.search, /Users/.search, /Groups/.search',
      environment: scim,
    });
    this.discovery = this.#add('Discovery', 'discovery', {
      description: 'SCIM: /ServiceProviderConfig, /ResourceTypes, /Schemas, and every path that there is not',
      environment: scim,
    });
    this.application = this.#add('Application', 'application', {
      description: "The API for the vendor's own application: reads, and attributes that are the application's",
      environment: scim,
    });
    this.authorizer = this.#add('Authorizer', 'authorizer', {
      description: 'Tells by the secret token which tenant and application make a request',
      environment: secrets,
      timeout: Duration.seconds(10),
      reservedConcurrency: reservedConcurrency.authorizer,
    });
    this.admin = this.#add('Admin', 'admin', {
      description: "The operators' API: tenants, applications, tokens, reports",
      environment: { ...scim, ...secrets, ...toTargets(props), RUNBOOK: props.runbook },
    });
    this.rotation = this.#add('Rotation', 'rotation', {
      description: 'Called by Secrets Manager, when it is asked to rotate a secret token',
      environment: { ...table, ...secrets },
    });
    this.sweeper = this.#add('Sweeper', 'sweeper', {
      description: 'Finishes long writes and deletions that a request left unfinished',
      environment: table,
      timeout: Duration.minutes(5),
    });
    this.lifecycle = this.#add('Lifecycle', 'lifecycle', {
      description: 'Deletes users who have been deactivated for long, and purges those deleted long ago',
      environment: table,
      timeout: Duration.minutes(15),
    });
    this.#grant(props);
    this.#addCallers(props);
  }

  #add<Entry extends EntryName>(id: string, entry: Entry, options: Options<Entry>): NodejsFunction {
    const service = Stack.of(this).stackName;
    return new ScimFunction(this, id, { entry, service, logRetention: this.#logRetention, ...options }).function;
  }

  #grant({ directory, tokens, events, webhooks, webhookSecrets }: DirectoryFunctionsProps): void {
    const { users, groups, bulk, application, admin, sweeper, lifecycle } = this;
    for (const grantee of [users, groups, bulk, application, admin, sweeper, lifecycle]) directory.grantItems(grantee);
    events.grantPublish(admin);
    webhooks.grantSend(admin);
    webhookSecrets.grantManage(admin);
    directory.grantSearching(this.search);
    directory.grantCounting(this.discovery);
    directory.grantRotation(this.rotation);
    tokens.grantRead(this.authorizer);
    tokens.grantManage(this.admin);
    tokens.grantRotate(this.rotation);
  }

  #addCallers({ deadLetters }: DirectoryFunctionsProps): void {
    // There is no schedule: a token that changes before the customer's admin pastes it would be an outage.
    this.rotation.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    new CallSchedule(this, 'SweepSchedule', {
      description: 'Calls the sweeper',
      target: this.sweeper,
      rate: Duration.minutes(1),
      deadLetters,
    });
    new CallSchedule(this, 'LifecycleSchedule', {
      description: 'Calls the sweep of the lifecycle',
      target: this.lifecycle,
      rate: Duration.days(1),
      deadLetters,
    });
  }
}

/** Where the admin API has events go. */
function toTargets({ events, webhooks, webhookSecrets }: DirectoryFunctionsProps) {
  return {
    EVENT_BUS_NAME: events.bus.eventBusName,
    WEBHOOK_QUEUE_URL: webhooks.queue.queueUrl,
    WEBHOOK_SECRET_PREFIX: webhookSecrets.prefix,
  };
}
