import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authorizerMetrics, feedMetrics, METRIC_NAMESPACE, watcherMetrics } from '../../lambda/contract/metrics.ts';
import { UNHEALTHY_REASONS } from '../../lambda/contract/runbook.ts';
import { synthesise } from '../helpers/stacks.ts';

const NAME = 'scim-stack-us-monitoring';
const stack = synthesise({ alarms: { emails: ['ops@example.com', 'noc@example.com'] } }, NAME);
const alarms = stack.resources('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

/** The anchors of a Markdown file's headings, as GitHub makes them. */
function anchorsOf(path: string): readonly string[] {
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the alarms', () => {
  it('are on unhealthy tenants by reason, server errors, latency, throttles, refused tokens, dead letters, events, the watcher', () => {
    expect(alarms.map(({ AlarmName }) => AlarmName.replace('scim-stack-us-', '')).sort()).toEqual(
      [
        ...UNHEALTHY_REASONS.map((reason) => `unhealthy-${reason}`),
        'server-errors',
        'latency',
        'throttled-users',
        'throttled-groups',
        'throttled-bulk',
        'throttled-search',
        'throttled-discovery',
        'throttled-application',
        'throttled-authorizer',
        'throttled-admin',
        'throttled-table-reads',
        'throttled-table-writes',
        'throttled-by-firewall',
        'unknown-tokens',
        'denied-tokens',
        'dead-letters',
        'feed-behind',
        'feed-failures',
        'feed-parked',
        'only-company-owner',
        'feed-dead-letters',
        'webhook-dead-letters',
        'watcher-silent',
        'watcher-unwatched-tenants',
        'watcher-notification-failures',
      ].sort(),
    );
  });

  it('each link to an article that the runbook has', () => {
    const anchors = anchorsOf('docs/runbook.md');
    for (const { AlarmDescription } of alarms) {
      const [, article] = /^.+\. What to do: docs\/runbook\.md#([a-z0-9-]+)$/.exec(AlarmDescription) ?? [];
      expect(anchors, AlarmDescription).toContain(article);
    }
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it('link to the runbook where the configuration says that it is', () => {
    const runbook = 'https://wiki.example.com/scim';
    const elsewhere = synthesise({ alarms: { runbook } }, NAME);
    for (const [, { Properties }] of elsewhere.resources('AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmDescription).toContain(`What to do: ${runbook}#`);
    }
    const watcher = elsewhere.only('AWS::Lambda::Function');
    expect(watcher.Environment.Variables.RUNBOOK).toBe(runbook);
  });

  it('tell the topic when they begin and when they end', () => {
    const topic = { Ref: expect.stringMatching(/^Alarms/) };
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ ActionsEnabled: true, AlarmActions: [topic], OKActions: [topic] });
    }
  });

  it('are on one metric each, of this deployment alone', () => {
    for (const { Metrics, Namespace, Dimensions } of alarms) {
      expect(Metrics).toBeUndefined();
      if (Namespace === METRIC_NAMESPACE)
        expect(Dimensions).toContainEqual({ Name: 'service', Value: 'scim-stack-us' });
      else expect(Dimensions.length).toBeGreaterThan(0);
    }
    const own = alarms.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE).map(({ MetricName }) => MetricName);
    const known: readonly string[] = [watcherMetrics, authorizerMetrics, feedMetrics].flatMap((names) =>
      Object.values(names),
    );
    for (const name of own) expect(known).toContain(name);
  });

  it('take silence for trouble only of the watcher', () => {
    for (const { AlarmName, TreatMissingData } of alarms) {
      expect(TreatMissingData).toBe(AlarmName.endsWith('watcher-silent') ? 'breaching' : 'notBreaching');
    }
  });

  it('leave out the firewall where there is none', () => {
    const without = synthesise({ waf: { enabled: false } }, NAME).resources('AWS::CloudWatch::Alarm');
    expect(without.map(([, { Properties }]) => Properties.AlarmName)).not.toContain(
      'scim-stack-us-throttled-by-firewall',
    );
  });
});

describe('the topic', () => {
  it('writes to the addresses of the configuration', () => {
    const subscriptions = stack.resources('AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
      ['email', 'ops@example.com'],
      ['email', 'noc@example.com'],
    ]);
  });

  it("takes messages over TLS only, from the account's own alarms", () => {
    const { Statement } = stack.only('AWS::SNS::TopicPolicy').PolicyDocument;
    expect(Statement).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    );
  });
});

describe('the watcher', () => {
  it('looks every five minutes, and never twice at the same time', () => {
    expect(stack.only('AWS::Events::Rule').ScheduleExpression).toBe('rate(5 minutes)');
    expect(stack.only('AWS::Lambda::Function').Timeout).toBeLessThan(300);
  });

  it('may read and write items, publish to the topic, and nothing else', () => {
    expect(stack.actionsOf('Watcher')).toEqual([
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'sns:Publish',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:SendMessage',
    ]);
    for (const { Action, Resource } of stack.statementsOf('Watcher')) {
      expect(JSON.stringify(Action)).not.toContain('*');
      expect(Resource).not.toBe('*');
    }
  });

  it('makes no metrics of single tenants unless it is asked to', () => {
    const metricsOf = (config: object) =>
      synthesise(config, NAME).only('AWS::Lambda::Function').Environment.Variables.TENANT_METRICS;
    expect(metricsOf({})).toBe('off');
    expect(metricsOf({ tenantMetrics: true })).toBe('on');
  });
});

describe('the dashboard', () => {
  const body = JSON.stringify(stack.only('AWS::CloudWatch::Dashboard').DashboardBody);

  it.each([
    'Sync cycles over time',
    'Unhealthy tenants, by reason',
    'Failed requests of completed cycles, in percent',
    'Latency in milliseconds',
    'p50',
    'p95',
    'p99',
    'DynamoDB: throttled',
    'Lambda: failed calls',
    'DynamoDB: consumed units',
    'CloudWatch Logs: bytes',
  ])('shows %s', (title) => {
    expect(body).toContain(title);
  });

  it('shows the metrics of no single tenant', () => {
    expect(body).not.toMatch(/TenantCycle/);
  });
});
