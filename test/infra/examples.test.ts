import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../lambda/contract/routes.ts';
import { createExampleApp, StackTemplate, stackNamesOf, stackOf } from '../helpers/stacks.ts';

const templateOf = (app: App, stackName: string) => new StackTemplate(Template.fromStack(stackOf(app, stackName)));

const pathsOf = (stack: StackTemplate) => [...stack.methodsByPath().keys()].sort();
const pathsBelow = (base: string) =>
  [...routes.map(({ path }) => `${base}/${path}`), '/admin/{proxy+}', '/application/{proxy+}'].sort();

/** What the functions build their locations from. */
function templatesOf(stack: StackTemplate) {
  const variables = stack
    .resources('AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties.Environment.Variables);
  return [...new Set(variables.flatMap(({ TENANT_URL_TEMPLATE }) => TENANT_URL_TEMPLATE ?? []))];
}

describe('examples/one-region.json', () => {
  let app: App;
  let stack: StackTemplate;

  beforeAll(() => {
    app = createExampleApp('one-region');
    stack = templateOf(app, 'scim-stack-us');
  });

  it('is one region, its directory and what watches it', () => {
    expect(stackNamesOf(app)).toEqual(['scim-stack-us', 'scim-stack-us-monitoring']);
  });

  it("has the tenant in the path, below API Gateway's own address", () => {
    expect(pathsOf(stack)).toEqual(pathsBelow('/{tenant}/scim/v2'));
    expect(templatesOf(stack)).toEqual(['https://{api}/{stage}/{tenant}/scim/v2']);
    expect(stack.outputOf('TenantUrl')).toMatch(
      /^https:\/\/<Api\w+>\.execute-api\.us-east-1\.<AWS::URLSuffix>\/<Api\w+>\/\{tenant\}\/scim\/v2$/,
    );
    expect(stack.outputOf('AdminUrl')).toMatch(/\/admin$/);
  });

  it('has no domain of its own', () => {
    for (const type of ['ApiGateway::DomainName', 'CertificateManager::Certificate', 'Route53::RecordSet']) {
      expect(stack.resources(`AWS::${type}`)).toEqual([]);
    }
    expect(stack.outputOf('DomainTarget')).toBeUndefined();
  });
});

describe('examples/four-regions.json', () => {
  let app: App;
  let stack: StackTemplate;

  beforeAll(() => {
    app = createExampleApp('four-regions');
    stack = templateOf(app, 'scim-stack-jp');
  });

  it('is four regions, each in its own AWS region', () => {
    const regions = ['us', 'de', 'jp', 'au'].map((name) => stackOf(app, `scim-stack-${name}`).region);
    expect(regions).toEqual(['us-east-1', 'eu-central-1', 'ap-northeast-1', 'ap-southeast-2']);
    expect(stackNamesOf(app)).toHaveLength(8);
  });

  it('refuses to be deleted', () => {
    for (const name of stackNamesOf(app)) expect(stackOf(app, name).terminationProtection).toBe(true);
  });

  it('has one Tenant URL a region, whose path names no tenant', () => {
    expect(pathsOf(stack)).toEqual(pathsBelow('/api/v1/scim'));
    expect(templatesOf(stack)).toEqual(['https://global-jp.example.com/api/v1/scim']);
    expect(stack.outputOf('TenantUrl')).toBe('https://global-jp.example.com/api/v1/scim');
  });

  it("has the region's host name as its domain, with TLS 1.2 or later", () => {
    expect(stack.only('AWS::ApiGateway::DomainName')).toMatchObject({
      DomainName: 'global-jp.example.com',
      SecurityPolicy: 'TLS_1_2',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      RegionalCertificateArn: { Ref: expect.stringMatching(/^DomainCertificate/) },
    });
    const mapping = stack.only('AWS::ApiGateway::BasePathMapping');
    expect(mapping.BasePath).toBeUndefined();
    expect(mapping.Stage).toEqual({ Ref: expect.stringMatching(/^ApiDeploymentStageprod/) });
  });

  it('prints the records to make, for want of a hosted zone', () => {
    expect(stack.only('AWS::CertificateManager::Certificate')).toMatchObject({
      DomainName: 'global-jp.example.com',
      ValidationMethod: 'DNS',
    });
    expect(stack.resources('AWS::Route53::RecordSet')).toEqual([]);
    expect(stack.outputOf('RecordToMake')).toMatch(
      /^global-jp\.example\.com\. 300 IN CNAME <Domain\w+\.RegionalDomainName>\.$/,
    );
  });

  it('tags what can have tags', () => {
    expect(stack.only('AWS::ApiGateway::RestApi').Tags).toContainEqual({ Key: 'service', Value: 'scim' });
    expect(stack.only('AWS::DynamoDB::GlobalTable').Replicas[0].Tags).toEqual([{ Key: 'service', Value: 'scim' }]);
  });
});

describe('examples/two-regions-wildcard.json', () => {
  let app: App;
  let us: StackTemplate;
  let eu: StackTemplate;

  beforeAll(() => {
    app = createExampleApp('two-regions-wildcard');
    us = templateOf(app, 'users-us');
    eu = templateOf(app, 'users-eu');
  });

  it('has a region with a name and settings of its own', () => {
    expect(stackOf(app, 'users-eu').region).toBe('eu-west-1');
    expect(us.only('AWS::ApiGateway::Stage')).toBeDefined();
    expect(us.resources('AWS::Logs::LogGroup')[0]?.[1].Properties.RetentionInDays).toBe(90);
    expect(eu.resources('AWS::Logs::LogGroup')[0]?.[1].Properties.RetentionInDays).toBe(365);
  });

  it('has the tenant in the host name', () => {
    for (const stack of [us, eu]) {
      expect(pathsOf(stack)).toEqual(pathsBelow('/scim/v2'));
      expect(templatesOf(stack)).toEqual(['https://users-{tenant}.example.com/scim/v2']);
      expect(stack.only('AWS::ApiGateway::DomainName')).toMatchObject({
        DomainName: '*.example.com',
        SecurityPolicy: 'TLS_1_2',
      });
    }
  });

  it('validates its certificate in the hosted zone, or takes the one that there is', () => {
    expect(us.only('AWS::CertificateManager::Certificate')).toMatchObject({
      DomainName: '*.example.com',
      DomainValidationOptions: [{ DomainName: '*.example.com', HostedZoneId: 'Z0123456789EXAMPLE' }],
    });
    expect(eu.resources('AWS::CertificateManager::Certificate')).toEqual([]);
    expect(eu.only('AWS::ApiGateway::DomainName').RegionalCertificateArn).toMatch(/^arn:aws:acm:eu-west-1:/);
  });

  it("leaves each tenant's record to the command line, for a wildcard record would lead to one region only", () => {
    for (const stack of [us, eu]) {
      expect(stack.resources('AWS::Route53::RecordSet')).toEqual([]);
      expect(stack.outputOf('RecordToMake')).toBeUndefined();
      expect(stack.outputOf('DomainTarget')).toMatch(/^<Domain\w+\.RegionalDomainName>$/);
      expect(stack.outputOf('DomainTargetZoneId')).toMatch(/^<Domain\w+\.RegionalHostedZoneId>$/);
      expect(stack.outputOf('HostedZoneId')).toBe('Z0123456789EXAMPLE');
    }
  });
});
