import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatewayAnswers } from '../../lambda/contract/gateway-responses.ts';
import { routes, TENANT_PATH } from '../../lambda/contract/routes.ts';
import { ADMIN_PATH, APPLICATION_PATH } from '../../lambda/contract/tenant-url.ts';
import { type StackTemplate, synthesise } from '../helpers/stacks.ts';

let stack: StackTemplate;
let template: Template;

beforeAll(() => {
  stack = synthesise();
  template = stack.template;
});

describe('the API', () => {
  it('has every route of the route table, with any method, behind the authorizer; and two APIs behind IAM', () => {
    const methods = stack.methodsByPath();
    const signed = [ADMIN_PATH, APPLICATION_PATH].map((path) => `/${path}/{proxy+}`);
    const scim = routes.map(({ path }) => `/${TENANT_PATH}/${path}`);
    expect([...methods.keys()].sort()).toEqual([...scim, ...signed].sort());
    for (const [path, method] of methods) {
      const isSigned = signed.includes(path);
      expect(method).toMatchObject({ HttpMethod: 'ANY', AuthorizationType: isSigned ? 'AWS_IAM' : 'CUSTOM' });
      expect(method.AuthorizerId === undefined).toBe(isSigned);
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

  it('is throttled by default and by configuration, but never below ten tenants at 25 requests a second', () => {
    const settingsOf = (of: StackTemplate) => of.only('AWS::ApiGateway::Stage').MethodSettings;
    const all = { HttpMethod: '*', ResourcePath: '/*' };
    expect(settingsOf(stack)).toMatchObject([{ ...all, ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 }]);
    const least = synthesise({ throttle: { requestsPerSecond: 250, burst: 250 } });
    expect(settingsOf(least)).toMatchObject([{ ...all, ThrottlingRateLimit: 250, ThrottlingBurstLimit: 250 }]);
    expect(() => synthesise({ throttle: { requestsPerSecond: 249 } })).toThrow('ten tenants at 25 requests a second');
  });

  it('logs each access, without path, query or anything else that may tell of a person', () => {
    const { AccessLogSetting, MethodSettings } = stack.only('AWS::ApiGateway::Stage');
    expect(AccessLogSetting.DestinationArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ApiAccessLog/), 'Arn'] });
    expect(JSON.parse(AccessLogSetting.Format)).toMatchObject({
      requestId: '$context.requestId',
      route: '$context.resourcePath',
    });
    expect(AccessLogSetting.Format).not.toMatch(
      /\$context\.(?:path|authorizer\.(?!principalId|status)|identity\.(?!sourceIp))/,
    );
    expect(JSON.stringify(MethodSettings)).not.toMatch(/LoggingLevel|"DataTraceEnabled":true/);
  });

  it("makes API Gateway's log role unless the account has one, and leaves it to the account", () => {
    template.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::ApiGateway::Stage', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ApiLogRole')]),
    });
    const others = synthesise({ apiGatewayLogRole: 'existing' });
    expect(others.resources('AWS::ApiGateway::Account')).toEqual([]);
  });

  it('answers in SCIM whatever it answers by itself', () => {
    const answers = stack.resources('AWS::ApiGateway::GatewayResponse').map(([, { Properties }]) => Properties);
    expect(answers.map(({ ResponseType }) => ResponseType).sort()).toEqual(Object.keys(gatewayAnswers).sort());
    for (const { StatusCode, ResponseTemplates, ResponseParameters } of answers) {
      // Whichever of the two API Gateway takes.
      expect(Object.keys(ResponseTemplates)).toEqual(['application/json', 'application/scim+json']);
      expect(ResponseParameters['gatewayresponse.header.Content-Type']).toBe("'application/scim+json'");
      for (const template of Object.values(ResponseTemplates)) {
        expect(JSON.parse(String(template))).toMatchObject({
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: StatusCode,
          detail: expect.any(String),
        });
      }
    }
  });

  it.each([
    ['UNAUTHORIZED', '401', 'WWW-Authenticate'],
    ['ACCESS_DENIED', '401', 'WWW-Authenticate'],
    ['MISSING_AUTHENTICATION_TOKEN', '404', undefined],
    ['REQUEST_TOO_LARGE', '413', undefined],
    ['THROTTLED', '429', 'Retry-After'],
    ['QUOTA_EXCEEDED', '429', 'Retry-After'],
    ['WAF_FILTERED', '403', undefined],
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
    const [denied] = stack
      .resources('AWS::ApiGateway::GatewayResponse')
      .filter(([, { Properties }]) => Properties.ResponseType === 'ACCESS_DENIED');
    expect(JSON.stringify(denied)).toContain('$context.authorizer.reason');
  });
});
