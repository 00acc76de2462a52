import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { type StackTemplate, synthesise } from '../helpers/stacks.ts';

const FUNCTIONS = [
  ...['Users', 'Groups', 'Bulk', 'Search', 'Discovery', 'Application', 'Authorizer', 'Admin', 'Rotation', 'Sweeper'],
  'Lifecycle',
].map((name) => `Functions${name}`);
const EVENT_FUNCTIONS = ['FeedFunction', 'WebhooksFunction'];
const ALL_FUNCTIONS = [...FUNCTIONS, ...EVENT_FUNCTIONS];

let stack: StackTemplate;
let template: Template;

beforeAll(() => {
  stack = synthesise();
  template = stack.template;
});

describe('the directory table', () => {
  const type = 'AWS::DynamoDB::GlobalTable';

  it('outlives its stack and refuses to be deleted', () => {
    template.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.hasResourceProperties(type, { Replicas: [Match.objectLike({ DeletionProtectionEnabled: true })] });
  });

  it('goes with its stack only where the configuration says so', () => {
    const destroyed = synthesise({ removalPolicy: 'destroy' }).template;
    destroyed.hasResource(type, { DeletionPolicy: 'Delete' });
    destroyed.hasResourceProperties(type, { Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })] });
  });

  it('can be restored to any moment, and is encrypted', () => {
    template.hasResourceProperties(type, {
      Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
      SSESpecification: { SSEEnabled: true },
    });
  });

  it('has no TTL, so tombstones are never swept', () => {
    template.hasResourceProperties(type, { TimeToLiveSpecification: Match.absent() });
  });

  it('streams old and new images, is paid by request, and has one region, two keys, no index and no physical name', () => {
    template.hasResourceProperties(type, {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: Match.absent(),
      TableName: Match.absent(),
      Replicas: [Match.objectLike({ Region: 'us-east-1' })],
    });
  });
});

describe('the functions', () => {
  it('run on arm64 and Node 24, each with a log group that forgets', () => {
    const functions = stack.resources('AWS::Lambda::Function');
    expect(functions).toHaveLength(ALL_FUNCTIONS.length);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(Properties.FunctionName).toBeUndefined();
      expect(Properties.LoggingConfig.LogGroup.Ref).toBeDefined();
      expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
      expect(Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME).toBe('scim-stack-us');
    }
    const logGroups = stack.resources('AWS::Logs::LogGroup');
    expect(logGroups).toHaveLength(ALL_FUNCTIONS.length + 1);
    for (const [, { Properties }] of logGroups) expect(Properties.RetentionInDays).toBe(90);
  });

  it('keep log lines and set concurrency aside as the configuration says', () => {
    const configured = synthesise({ logRetentionDays: 7, reservedConcurrency: { users: 60, authorizer: 70 } });
    for (const [, { Properties }] of configured.resources('AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBe(7);
    }
    const reserved = configured.resources('AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
      const { ReservedConcurrentExecutions: count } = Properties;
      return count === undefined ? [] : [[id.replace(/[0-9A-F]{8}$/, ''), count]];
    });
    expect(reserved).toEqual([
      ['FunctionsUsers', 60],
      ['FunctionsAuthorizer', 70],
    ]);
  });

  const items = [
    'dynamodb:BatchGetItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ];

  const scheduled = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];

  it.each([
    ['FunctionsUsers', items],
    ['FunctionsGroups', items],
    ['FunctionsBulk', items],
    // It writes attributes of users, whose index entries it may have to move.
    ['FunctionsApplication', items],
    // It counts itself in a sync cycle, as every request does, and deletes nothing.
    ['FunctionsSearch', items.filter((action) => action !== 'dynamodb:DeleteItem')],
    [
      'FunctionsDiscovery',
      items.filter((action) => !['dynamodb:BatchGetItem', 'dynamodb:DeleteItem'].includes(action)),
    ],
    ['FunctionsAuthorizer', ['secretsmanager:GetSecretValue']],
    [
      'FunctionsAdmin',
      [
        ...items,
        'events:PutEvents',
        'secretsmanager:CreateSecret',
        'secretsmanager:CreateSecret',
        'secretsmanager:DeleteSecret',
        'secretsmanager:DeleteSecret',
        'secretsmanager:DescribeSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:TagResource',
        'secretsmanager:TagResource',
        'secretsmanager:UpdateSecretVersionStage',
        'sqs:SendMessage',
      ],
    ],
    [
      'FunctionsRotation',
      [
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
    ],
    ['FunctionsSweeper', [...items, ...scheduled]],
    ['FunctionsLifecycle', [...items, ...scheduled]],
    [
      'FeedFunction',
      [
        ...[
          ...items,
          ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
        ].toSorted(),
        'events:PutEvents',
        // Lambda's own, for the batches that it gives up, and the feed's, for webhooks.
        ...scheduled,
        'sqs:SendMessage',
      ],
    ],
    [
      'WebhooksFunction',
      [
        'dynamodb:GetItem',
        'secretsmanager:GetSecretValue',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
    ],
  ])('let %s do what its entry needs, and nothing else', (id, actions) => {
    expect(stack.actionsOf(id)).toEqual(actions);
  });

  /** The functions that may read secrets with such names. */
  function readersOf(prefix: string): readonly string[] {
    return ALL_FUNCTIONS.filter((id) =>
      stack
        .statementsOf(id)
        .some(
          ({ Action, Resource }) =>
            [Action].flat().includes('secretsmanager:GetSecretValue') && JSON.stringify(Resource).includes(prefix),
        ),
    );
  }

  it('let authorizer and rotation alone read tokens, and the sender alone what signs webhooks', () => {
    expect(readersOf('scim-stack-us/tokens/')).toEqual(['FunctionsAuthorizer', 'FunctionsRotation']);
    expect(readersOf('scim-stack-us/webhooks/')).toEqual(['WebhooksFunction']);
  });

  it("touch the secrets of this stack's prefixes alone", () => {
    const statements = ALL_FUNCTIONS.flatMap((id) => stack.statementsOf(id));
    const secrets = statements.filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager:'));
    expect(secrets).toHaveLength(5);
    for (const { Resource } of secrets) {
      expect(JSON.stringify(Resource)).toMatch(/:secret:scim-stack-us\/(?:tokens|webhooks)\/\*/);
    }
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ TOKEN_SECRET_PREFIX: 'scim-stack-us/tokens/' }) },
    });
  });

  it('write to their own log group alone', () => {
    for (const id of ALL_FUNCTIONS) {
      const [logs, ...others] = stack.statementsOf(id).filter(({ Action }) => JSON.stringify(Action).includes('logs:'));
      expect(others).toEqual([]);
      expect(JSON.stringify(logs?.Resource)).toContain(`${id}Logs`);
    }
  });

  it("have no wildcard among their actions, and none of AWS's own policies", () => {
    const documents = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => stack.resources(type));
    const statements = documents.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
    expect(statements.length).toBeGreaterThan(ALL_FUNCTIONS.length);
    for (const { Action, Resource } of statements) {
      expect(JSON.stringify(Action)).not.toContain('*');
      expect(Resource).not.toBe('*');
    }
    const managed = stack.resources('AWS::IAM::Role').filter(([, { Properties }]) => Properties.ManagedPolicyArns);
    expect(managed.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiLogRole/)]);
  });

  it.each([
    ['Sweep', 'FunctionsSweeper', 'rate(1 minute)'],
    ['Lifecycle', 'FunctionsLifecycle', 'rate(1 day)'],
  ])('have %s called at its time, and what fails for good kept', (name, functionId, rate) => {
    const [rule] = stack.resources('AWS::Events::Rule').filter(([id]) => id.startsWith(`Functions${name}`));
    expect(rule?.[1].Properties).toMatchObject({ ScheduleExpression: rate });
    const configs = stack.resources('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties);
    expect(configs.filter(({ FunctionName }) => FunctionName.Ref.startsWith(functionId))).toEqual([
      expect.objectContaining({
        MaximumRetryAttempts: 1,
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/^DeadLetters/), 'Arn'] } },
        },
      }),
    ]);
  });

  it('keep what waits in queues encrypted', () => {
    const queues = stack.resources('AWS::SQS::Queue').map(([, { Properties }]) => Properties);
    expect(queues.length).toBeGreaterThanOrEqual(4);
    for (const queue of queues) expect(queue).toMatchObject({ SqsManagedSseEnabled: true });
  });

  it('let Secrets Manager of the same account call the rotation, and schedule none', () => {
    const permissions = stack.resources('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(permissions.filter(({ Principal }) => Principal === 'secretsmanager.amazonaws.com')).toEqual([
      expect.objectContaining({
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^FunctionsRotation/), 'Arn'] },
        SourceAccount: { Ref: 'AWS::AccountId' },
      }),
    ]);
    expect(stack.resources('AWS::SecretsManager::RotationSchedule')).toEqual([]);
  });
});

describe('the installation', () => {
  it('has no physical names, so that an account can hold two', () => {
    const names = Object.values(template.toJSON()['Resources']).flatMap((resource) => {
      const { Type, Properties = {} } = resource as { Type: string; Properties?: object };
      const named = Object.keys(Properties).filter((key) => /^(?:\w+Name|Name)$/.test(key));
      return named.map((key) => `${Type}.${key}`);
    });
    // A REST API and an authorizer may share their names with others; a bus has the stack's; the rest are references.
    expect([...new Set(names)].sort()).toEqual([
      'AWS::ApiGateway::Authorizer.Name',
      'AWS::ApiGateway::RestApi.Name',
      'AWS::ApiGateway::Stage.StageName',
      'AWS::Events::EventBus.Name',
      'AWS::IAM::Policy.PolicyName',
      'AWS::Lambda::EventInvokeConfig.FunctionName',
      'AWS::Lambda::EventSourceMapping.FunctionName',
      'AWS::Lambda::Permission.FunctionName',
    ]);
  });
});
