import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatewayAnswers } from '../../lambda/contract/gateway-responses.ts';
import { routes, TENANT_PATH } from '../../lambda/contract/routes.ts';
import { createApp } from '../../lib/app.ts';
import { DirectoryStack } from '../../lib/stacks/directory-stack.ts';

/** Without bundling: what is promised here does not depend on the functions' code. */
const context = { 'aws:cdk:bundling-stacks': [] };

let template: Template;

beforeAll(() => {
  const app = createApp({ name: 'scim-stack', regions: ['us'] }, { context });
  const stack = app.node.findChild('scim-stack-us');
  if (!(stack instanceof DirectoryStack)) throw new Error('there is no such stack');
  template = Template.fromStack(stack);
});

/** Resources of that type, with their logical ids. */
const resources = (type: string) => Object.entries(template.findResources(type));

function statementsOf(functionId: string): { Action: string | string[]; Resource: unknown }[] {
  const roleId = roleOf(functionId);
  return resources('AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === roleId))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

function roleOf(functionId: string): string {
  const found = resources('AWS::Lambda::Function').find(([id]) => id.startsWith(functionId));
  const { Properties } = found?.[1] ?? {};
  return Properties.Role['Fn::GetAtt'][0];
}

const actionsOf = (functionId: string) => statementsOf(functionId).flatMap(({ Action }) => Action);

describe('the directory table', () => {
  const type = 'AWS::DynamoDB::GlobalTable';

  it('outlives its stack and refuses to be deleted', () => {
    template.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.hasResourceProperties(type, { Replicas: [Match.objectLike({ DeletionProtectionEnabled: true })] });
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

  it('keeps its logical id, by which CloudFormation knows whether it is the same table', () => {
    expect(resources(type).map(([id]) => id)).toEqual(['DirectoryC00113A6']);
  });
});

describe('the functions', () => {
  it('run on arm64 and Node 24, each with a log group that forgets', () => {
    const functions = resources('AWS::Lambda::Function');
    expect(functions).toHaveLength(5);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(Properties.FunctionName).toBeUndefined();
      expect(Properties.LoggingConfig.LogGroup.Ref).toBeDefined();
    }
    for (const [, { Properties }] of resources('AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBeGreaterThan(0);
    }
  });

  it.each(['Users', 'Groups', 'Sweeper'])('let %s read and write items, and nothing else', (entry) => {
    expect(actionsOf(entry).sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
  });

  it('let discovery read single items only', () => {
    expect(actionsOf('Discovery')).toEqual(['dynamodb:GetItem']);
  });

  it("let the authorizer alone read tokens, those of this stack's prefix, and no table", () => {
    const secretReaders = ['Users', 'Groups', 'Discovery', 'Sweeper', 'Authorizer'].filter((entry) =>
      actionsOf(entry).some((action) => action.startsWith('secretsmanager:')),
    );
    expect(secretReaders).toEqual(['Authorizer']);
    expect(actionsOf('Authorizer')).toEqual(['secretsmanager:GetSecretValue']);
    expect(JSON.stringify(statementsOf('Authorizer'))).toContain(':secret:scim-stack-us/tokens/*');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ TOKEN_SECRET_PREFIX: 'scim-stack-us/tokens/' }) },
    });
  });

  it('have no wildcard among their actions', () => {
    const statements = resources('AWS::IAM::Policy').flatMap(
      ([, { Properties }]) => Properties.PolicyDocument.Statement,
    );
    expect(statements.length).toBeGreaterThan(0);
    for (const { Action, Resource } of statements) {
      expect(JSON.stringify(Action)).not.toContain('*');
      expect(Resource).not.toBe('*');
    }
  });

  it('have the sweeper called by a schedule', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: Match.stringLikeRegexp('^rate') });
  });
});

describe('the API', () => {
  /** Paths of all methods, from the tree of resources. */
  function methodsByPath(): ReadonlyMap<
    string,
    { HttpMethod: string; AuthorizationType: string; AuthorizerId?: unknown }
  > {
    const tree = new Map(resources('AWS::ApiGateway::Resource').map(([id, { Properties }]) => [id, Properties]));
    const pathOf = (id: string | undefined): string => {
      const resource = id === undefined ? undefined : tree.get(id);
      return resource === undefined ? '' : `${pathOf(resource.ParentId.Ref)}/${resource.PathPart}`;
    };
    return new Map(
      resources('AWS::ApiGateway::Method').map(([, { Properties }]) => [pathOf(Properties.ResourceId.Ref), Properties]),
    );
  }

  it('has every route of the route table, with any method, behind the authorizer; and no other', () => {
    const methods = methodsByPath();
    expect([...methods.keys()].sort()).toEqual(routes.map(({ path }) => `/${TENANT_PATH}/${path}`).sort());
    for (const method of methods.values()) {
      expect(method).toMatchObject({ HttpMethod: 'ANY', AuthorizationType: 'CUSTOM' });
      expect(method.AuthorizerId).toBeDefined();
    }
  });

  it('asks the authorizer once in 30 seconds for each token', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 30,
    });
  });

  it('is regional', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
  });

  it('answers in SCIM whatever it answers by itself', () => {
    const answers = resources('AWS::ApiGateway::GatewayResponse').map(([, { Properties }]) => Properties);
    expect(answers.map(({ ResponseType }) => ResponseType).sort()).toEqual(Object.keys(gatewayAnswers).sort());
    for (const { StatusCode, ResponseTemplates } of answers) {
      expect(Object.keys(ResponseTemplates)).toEqual(['application/scim+json']);
      expect(JSON.parse(ResponseTemplates['application/scim+json'])).toMatchObject({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: StatusCode,
        detail: expect.any(String),
      });
    }
  });

  it.each([
    ['UNAUTHORIZED', '401', 'WWW-Authenticate'],
    ['ACCESS_DENIED', '401', 'WWW-Authenticate'],
    ['MISSING_AUTHENTICATION_TOKEN', '404', undefined],
    ['REQUEST_TOO_LARGE', '413', undefined],
    ['THROTTLED', '429', 'Retry-After'],
    ['QUOTA_EXCEEDED', '429', 'Retry-After'],
    ['INTEGRATION_TIMEOUT', '504', 'Retry-After'],
  ])('answers %s with %s', (ResponseType, StatusCode, header) => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType,
      StatusCode,
      ...(header === undefined
        ? {}
        : {
            ResponseParameters: Match.objectLike({
              [`gatewayresponse.header.${header}`]: Match.stringLikeRegexp("^'.+'$"),
            }),
          }),
    });
  });

  it("gives the authorizer's reason for a token that is no longer good", () => {
    const [denied] = resources('AWS::ApiGateway::GatewayResponse').filter(
      ([, { Properties }]) => Properties.ResponseType === 'ACCESS_DENIED',
    );
    expect(JSON.stringify(denied)).toContain('$context.authorizer.reason');
  });
});

describe('the app', () => {
  it('has one stack a region, each in its own', () => {
    const app = createApp({ name: 'acme', regions: ['us', 'de', 'eu-west-3'] }, { context });
    const stacks = app.node.children.filter((child) => child instanceof DirectoryStack);
    expect(stacks.map(({ stackName, region }) => [stackName, region])).toEqual([
      ['acme-us', 'us-east-1'],
      ['acme-de', 'eu-central-1'],
      ['acme-eu-west-3', 'eu-west-3'],
    ]);
  });
});
