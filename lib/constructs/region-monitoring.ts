import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefaultDashboardFactory, MonitoringFacade, notifySns } from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import { AlarmMaker } from '../monitoring/alarm.ts';
import { costSection } from '../monitoring/cost-section.ts';
import { eventSection, type WatchedEvents } from '../monitoring/event-section.ts';
import { logBytesOf, metricsOf, ownMetrics } from '../monitoring/metrics.ts';
import { requestSection } from '../monitoring/request-section.ts';
import { resourceSection, type WatchedResources } from '../monitoring/resource-section.ts';
import { tenantSection } from '../monitoring/tenant-section.ts';
import type { ApiFirewall } from './api-firewall.ts';

export interface RegionMonitoringProps {
  /** Name of the directory's stack; names of alarms and dashboard begin with it. */
  readonly service: string;

  /** Is told when an alarm begins and when it ends. */
  readonly topic: ITopic;

  /** Where the runbook is published. */
  readonly runbook: string;

  readonly restApi: RestApi;
  readonly stageName: string;
  readonly table: TableV2;
  readonly deadLetters: Queue;
  readonly events: EventResources;
  readonly firewall: ApiFirewall | undefined;

  /** By the name that is shown. */
  readonly functions: Readonly<Record<string, NodejsFunction>>;
}

/** What events go through. */
export interface EventResources {
  readonly feedDeadLetters: Queue;
  readonly webhookQueue: Queue;
  readonly webhookDeadLetters: Queue;
  readonly bus: EventBus;
}

/** Dashboard and alarms of a region. */
export class RegionMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: RegionMonitoringProps) {
    super(scope, id);
    const { service, topic, runbook } = props;
    const facade = new MonitoringFacade(this, 'Facade', {
      alarmFactoryDefaults: { alarmNamePrefix: service, actionsEnabled: true, action: notifySns(topic, topic) },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', { dashboardNamePrefix: service }),
    });
    const alarms = new AlarmMaker(service, runbook);
    const own = ownMetrics(service);
    const api = metricsOf('AWS/ApiGateway', { ApiName: props.restApi.restApiName, Stage: props.stageName });
    const resources = toResources(props);
    facade.monitorCustom(tenantSection(own, alarms));
    facade.monitorCustom(requestSection(api, own, alarms));
    facade.monitorCustom(eventSection(own, toEvents(props), alarms));
    facade.monitorCustom(resourceSection(resources, alarms));
    facade.monitorCustom(costSection(api, resources, logBytesOf(service)));
  }
}

function toEvents({ functions, events }: RegionMonitoringProps): WatchedEvents {
  const { feedDeadLetters, webhookQueue, webhookDeadLetters, bus } = events;
  const queue = ({ queueName: QueueName }: Queue) => metricsOf('AWS/SQS', { QueueName });
  const { feed } = functions;
  if (feed === undefined) throw new Error('expected the functions to name the feed');
  return {
    feed: metricsOf('AWS/Lambda', { FunctionName: feed.functionName }),
    feedDeadLetters: queue(feedDeadLetters),
    webhookQueue: queue(webhookQueue),
    webhookDeadLetters: queue(webhookDeadLetters),
    bus: metricsOf('AWS/Events', { EventBusName: bus.eventBusName }),
  };
}

function toResources({ functions, table, deadLetters, firewall }: RegionMonitoringProps): WatchedResources {
  return {
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, { functionName: FunctionName }]) => [
        name,
        metricsOf('AWS/Lambda', { FunctionName }),
      ]),
    ),
    table: metricsOf('AWS/DynamoDB', { TableName: table.tableName }),
    deadLetters: metricsOf('AWS/SQS', { QueueName: deadLetters.queueName }),
    rateRule: firewall && metricsOf('AWS/WAFV2', firewall.rateRuleDimensions),
  };
}
