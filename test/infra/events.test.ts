import { describe, expect, it } from 'vitest';
import { EVENT_SOURCE } from '../../lambda/contract/events.ts';
import { streamFilters } from '../../lambda/contract/stream-filters.ts';
import { WEBHOOK_ATTEMPTS, WEBHOOK_DELAYS_SECONDS } from '../../lambda/contract/webhook-attempts.ts';
import { synthesise, toText } from '../helpers/stacks.ts';

const stack = synthesise();
const mappings = stack.resources('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
const feed = mappings.find(({ EventSourceArn }) => toText(EventSourceArn).endsWith('.StreamArn>'));
const sender = mappings.find(({ EventSourceArn }) => toText(EventSourceArn).startsWith('<WebhooksQueue'));
const queues = new Map(stack.resources('AWS::SQS::Queue'));

/** The queue that an ARN in the template stands for. */
function queueOf(arn: unknown) {
  const id = toText(arn).slice(1).split('.')[0] ?? '';
  return { id, ...queues.get(id)?.Properties };
}

describe('the change feed', () => {
  it("follows the table's stream from its beginning, and loses nothing that the stream still has", () => {
    expect(feed).toMatchObject({
      FunctionName: { Ref: expect.stringMatching(/^FeedFunction/) },
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 86_400,
    });
    // Tried again until it is a day old, however often that is.
    expect(feed.MaximumRetryAttempts ?? -1).toBe(-1);
    // Records that a handler names as failed would be lost where that is not understood: a batch fails as a whole.
    expect(feed.FunctionResponseTypes).toBeUndefined();
  });

  it('keeps word of what was given up in a queue of its own', () => {
    const { id, MessageRetentionPeriod } = queueOf(feed.DestinationConfig.OnFailure.Destination);
    expect(id).toMatch(/^FeedDeadLetters/);
    expect(MessageRetentionPeriod).toBe(14 * 86_400);
  });

  it('is called for what concerns it alone', () => {
    const patterns = feed.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));
    expect(patterns).toEqual(JSON.parse(JSON.stringify(streamFilters)));
    expect(patterns.length).toBeLessThanOrEqual(5); // Lambda's limit
  });

  it('has no concurrency taken from the others', () => {
    const [, { Properties } = { Properties: undefined }] =
      stack.resources('AWS::Lambda::Function').find(([id]) => id.startsWith('FeedFunction')) ?? [];
    expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  it('publishes on the one bus, and sends to the one queue', () => {
    const statements = stack.statementsOf('FeedFunction');
    const resourceOf = (action: string, resource: RegExp) =>
      statements.some((each) => [each.Action].flat().includes(action) && resource.test(toText(each.Resource)));
    expect(resourceOf('events:PutEvents', /^<EventsC?.*\.Arn>$/)).toBe(true);
    expect(resourceOf('sqs:SendMessage', /^<WebhooksQueue/)).toBe(true);
    expect(EVENT_SOURCE).not.toMatch(/^aws\./); // which EventBridge keeps for itself
  });
});

describe('webhooks', () => {
  it('wait in a queue that hides them while they are sent, and go to the dead letters after the last attempt', () => {
    const { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod } = queueOf(sender.EventSourceArn);
    const [
      ,
      {
        Properties: { Timeout },
      } = { Properties: { Timeout: 0 } },
    ] = stack.resources('AWS::Lambda::Function').find(([id]) => id.startsWith('WebhooksFunction')) ?? [];
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    expect(RedrivePolicy.maxReceiveCount).toBe(WEBHOOK_ATTEMPTS);
    expect(queueOf(RedrivePolicy.deadLetterTargetArn).id).toMatch(/^WebhooksDeadLetters/);
    // Nothing is forgotten before its last attempt.
    const all = WEBHOOK_DELAYS_SECONDS.reduce((sum, seconds) => sum + seconds, 0);
    expect(MessageRetentionPeriod).toBeGreaterThan(2 * all);
    expect(sender).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  });

  it('lead to the internet alone', () => {
    const [, { Properties } = { Properties: undefined }] =
      stack.resources('AWS::Lambda::Function').find(([id]) => id.startsWith('WebhooksFunction')) ?? [];
    expect(Properties.Environment.Variables.WEBHOOK_TARGETS).toBe('public');
  });

  it('are held up by nobody who receives slowly: senders are few', () => {
    expect(sender.ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(10);
  });
});

describe('the queues', () => {
  it('take nothing that comes without TLS', () => {
    const policies = stack.resources('AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
    const shut = policies.filter(({ PolicyDocument }) =>
      PolicyDocument.Statement.some(
        ({ Effect, Condition }: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
          Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
    );
    expect(shut.flatMap(({ Queues }) => Queues.map(({ Ref }: { Ref: string }) => Ref)).sort()).toEqual(
      [...queues.keys()].sort(),
    );
  });
});

describe('the policy of the application', () => {
  it('allows the application API alone, with the methods that it has', () => {
    const [, { Properties } = { Properties: undefined }] =
      stack.resources('AWS::IAM::ManagedPolicy').find(([id]) => id.startsWith('ApplicationPolicy')) ?? [];
    const [statement, ...others] = Properties.PolicyDocument.Statement;
    expect(others).toEqual([]);
    const allowed = statement.Resource.map((arn: unknown) => toText(arn).split('/').slice(2).join('/'));
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    expect(allowed).toEqual(methods.map((method) => `${method}/application/*`));
    expect(stack.outputOf('ApplicationPolicyArn')).toMatch(/^<ApplicationPolicy/);
    expect(stack.outputOf('ApplicationUrl')).toMatch(/\/application$/);
    expect(stack.outputOf('EventBusName')).toBeDefined();
  });
});
