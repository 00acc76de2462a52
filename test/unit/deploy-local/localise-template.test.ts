import { describe, expect, it } from 'vitest';
import { emulatedTypes, emulatorGaps } from '../../../deploy-local/emulator-gaps.ts';
import { localiseTemplate, UnknownGapError } from '../../../deploy-local/localise-template.ts';

const ENDPOINT = 'http://127.0.0.1:4566';

const topic = { Type: 'AWS::SNS::Topic' };
const refused = { Type: 'AWS::WAFv2::WebACLAssociation', Properties: { WebACLArn: 'x' } };

function localise(template: object): Record<string, unknown> {
  return localiseTemplate('acme-us', template, ENDPOINT);
}

/** A stack with an API, and functions that are told how a Tenant URL reads. */
function withApi(tenantUrl: string, outputs: object = {}): object {
  return {
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi' },
      Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { StageName: 'prod', RestApiId: { Ref: 'Api' } } },
      Users: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { TABLE_NAME: { Ref: 'Table' }, TENANT_URL_TEMPLATE: tenantUrl } } },
      },
      Sweeper: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { TABLE_NAME: 'x' } } } },
    },
    Outputs: outputs,
  };
}

function join(path: string): object {
  return { 'Fn::Join': ['', [`${ENDPOINT}/_aws/execute-api/`, { Ref: 'Api' }, path]] };
}

describe('what the emulator refuses', () => {
  it('is taken out, and with it what depends on it or names it', () => {
    const template = {
      Resources: {
        Gone: refused,
        AlsoGone: refused,
        Kept: { ...topic, DependsOn: ['Gone', 'Other'] },
        Other: { ...topic, DependsOn: 'Gone' },
        Dashboard: {
          Type: 'AWS::CloudWatch::Dashboard',
          Properties: { DashboardBody: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['AlsoGone', 'Arn'] }, { Ref: 'Kept' }]] } },
        },
      },
    };
    expect(localise(template)).toEqual({
      Resources: {
        Kept: { ...topic, DependsOn: ['Other'] },
        Other: topic,
        Dashboard: {
          Type: 'AWS::CloudWatch::Dashboard',
          Properties: { DashboardBody: { 'Fn::Join': ['', ['arn:aws:emulator-gap:::AlsoGone', { Ref: 'Kept' }]] } },
        },
      },
    });
  });

  it('fails where it is named in a text that cannot be mended', () => {
    const named = { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { 'Fn::Sub': 'see $' + '{Gone.Arn}' } } };
    expect(() => localise({ Resources: { Gone: refused, Named: named } })).toThrow(/acme-us names Gone/u);
  });

  it('fails for a type of which nobody has said what the emulator makes of it', () => {
    const template = { Resources: { Topic: topic, Archive: { Type: 'AWS::Events::Archive' } } };
    expect(() => localise(template)).toThrow(UnknownGapError);
    expect(() => localise(template)).toThrow(/acme-us.*AWS::Events::Archive.*emulator-gaps\.ts/u);
  });

  it('stands in one list only, each with its reason', () => {
    for (const { type, because } of emulatorGaps) {
      expect(emulatedTypes.has(type)).toBe(false);
      expect(because).not.toBe('');
    }
  });
});

describe('the Tenant URL', () => {
  it.each([
    ['https://{api}/{stage}/{tenant}/scim/v2', '/{stage}/{tenant}/scim/v2'],
    ['https://global-us.example.com/api/v1/scim', '/{stage}/api/v1/scim'],
    ['https://users-{tenant}.example.com/scim/v2', '/{stage}/scim/v2'],
    ['https://scim.example.com', '/{stage}'],
  ])('%s leads through the emulator', (template, path) => {
    const { Resources } = localise(withApi(template)) as ReturnType<typeof localiseTemplate>;
    expect(Resources['Users']?.Properties).toEqual({
      Environment: { Variables: { TABLE_NAME: { Ref: 'Table' }, TENANT_URL_TEMPLATE: join(path) } },
    });
    expect(Resources['Sweeper']?.Properties).toEqual({ Environment: { Variables: { TABLE_NAME: 'x' } } });
  });

  it('stands in the outputs, as the admin URL does, and the other outputs stay', () => {
    const outputs = { AdminUrl: { Value: 'a' }, TenantUrl: { Value: 'b' }, TableName: { Value: { Ref: 'Table' } } };
    expect(localise(withApi('https://global-us.example.com/api/v1/scim', outputs))['Outputs']).toEqual({
      AdminUrl: { Value: join('/prod/admin') },
      TenantUrl: { Value: join('/prod/api/v1/scim') },
      TableName: { Value: { Ref: 'Table' } },
    });
  });
});

describe('what an emulator beside the receiver, without TLS, needs otherwise', () => {
  it('is that webhooks may lead to this machine', () => {
    const sender = (targets: string) => ({
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { TABLE_NAME: 'x', WEBHOOK_TARGETS: targets } } },
    });
    expect(localise({ Resources: { Sender: sender('public') } })).toMatchObject({
      Resources: { Sender: sender('any') },
    });
  });

  it('is that nobody is refused for want of TLS, while every other refusal stays', () => {
    const deny = (condition: object) => ({ Effect: 'Deny', Action: 'sqs:*', Resource: '*', Condition: condition });
    const other = deny({ Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:SourceAccount': '1' } });
    const policy = (...Statement: readonly object[]) => ({
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Version: '2012-10-17', Statement } },
    });
    const template = { Resources: { Policy: policy(deny({ Bool: { 'aws:SecureTransport': 'false' } }), other) } };
    const never = deny({ StringEquals: { 'aws:PrincipalAccount': 'nobody' } });
    expect(localise(template)).toEqual({ Resources: { Policy: policy(never, other) } });
  });
});
