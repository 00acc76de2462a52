import { describe, expect, it } from 'vitest';
import { toRegions } from '../../../../lib/config/deployment-config.ts';
import { parseDeploymentConfig, readDeploymentConfig } from '../../../../lib/config/read-config.ts';

const parse = (value: unknown) => parseDeploymentConfig('my.json', JSON.stringify(value));
const regionsOf = (value: unknown) => toRegions(parse(value));

describe('the deployment configuration', () => {
  it('has a default for everything, and the default is the safe choice', () => {
    expect(regionsOf({})).toEqual([
      {
        name: 'us',
        awsRegion: 'us-east-1',
        stackName: 'scim-stack-us',
        tenantUrl: 'https://{api}/{stage}/{tenant}/scim/v2',
        domain: {},
        removalPolicy: 'retain',
        terminationProtection: true,
        logRetentionDays: 90,
        throttle: { requestsPerSecond: 1000, burst: 2000 },
        waf: {
          enabled: true,
          requestsPerFiveMinutes: 150_000,
          identityProviderAddresses: [],
          operatorAddresses: [],
        },
        alarms: { emails: [], runbook: 'docs/runbook.md' },
        tenantMetrics: false,
        apiGatewayLogRole: 'create',
        reservedConcurrency: {},
        tags: {},
      },
    ]);
  });

  it('takes regions by their short names, by their codes, and by a name of their own', () => {
    const regions = regionsOf({
      name: 'acme',
      regions: ['us', 'de', 'jp', 'au', 'eu-west-3', { name: 'ie', awsRegion: 'eu-west-1' }],
    });
    expect(regions.map(({ stackName, awsRegion }) => [stackName, awsRegion])).toEqual([
      ['acme-us', 'us-east-1'],
      ['acme-de', 'eu-central-1'],
      ['acme-jp', 'ap-northeast-1'],
      ['acme-au', 'ap-southeast-2'],
      ['acme-eu-west-3', 'eu-west-3'],
      ['acme-ie', 'eu-west-1'],
    ]);
  });

  it('lets a region replace, key by key, what is said of all', () => {
    const [us, de] = regionsOf({
      tenantUrl: 'https://global-{region}.example.com/api/v1/scim',
      logRetentionDays: 30,
      waf: { enabled: false },
      regions: ['us', { name: 'de', logRetentionDays: 365, waf: { requestsPerFiveMinutes: 80_000 } }],
    });
    expect(us).toMatchObject({
      tenantUrl: 'https://global-us.example.com/api/v1/scim',
      logRetentionDays: 30,
      waf: { enabled: false },
    });
    expect(de).toMatchObject({
      tenantUrl: 'https://global-de.example.com/api/v1/scim',
      logRetentionDays: 365,
      waf: { enabled: true, requestsPerFiveMinutes: 80_000 },
    });
  });

  it('lets regions share a host name in which each tenant has its own record', () => {
    const regions = regionsOf({ tenantUrl: 'https://users-{tenant}.example.com/scim/v2', regions: ['us', 'de'] });
    expect(regions.map(({ tenantUrl }) => tenantUrl)).toEqual(
      Array(2).fill('https://users-{tenant}.example.com/scim/v2'),
    );
  });
});

describe('a configuration that is not valid', () => {
  it('fails with every fault at once, naming file, key and what is wanted', () => {
    const fail = () =>
      parse({
        name: 'X',
        regions: ['mars', { name: 'de', throttle: { burst: 1 } }],
        surplus: 1,
        tenantUrl: 'https://example.com/{customer}',
        logRetentionDays: 91,
        alarms: { emails: ['nobody'] },
      });
    expect(fail).toThrow('my.json is not a valid configuration:\n- ');
    expect(fail).toThrow(/- name: .*2-20 characters/);
    expect(fail).toThrow(/- regions\[0\]: .*us, de, jp, au.*"mars"/);
    expect(fail).toThrow(/- regions\[1\]\.throttle\.burst: expected 250 at least: ten tenants/);
    expect(fail).toThrow(/- tenantUrl: .*got \{customer\}/);
    expect(fail).toThrow(/- logRetentionDays: .*90/);
    expect(fail).toThrow(/- alarms\.emails\[0\]: expected an e-mail address/);
    expect(fail).toThrow(/- the file: .*"surplus"/);
  });

  it('fails for contradictions beside faults of other keys', () => {
    const fail = () => parse({ name: 'X', tenantUrl: 'https://scim.example.com/v2', regions: ['us', 'de'] });
    expect(fail).toThrow(/- name: /);
    expect(fail).toThrow(/- regions\[1\]: .*host name of its own, got that of us, scim\.example\.com/);
  });

  it.each([
    [{ regions: [] }, /- regions: expected one region at least/],
    [{ regions: ['us', 'us-east-1'] }, /- regions: expected each AWS region once/],
    [{ regions: ['us', { name: 'us', awsRegion: 'eu-west-1' }] }, /- regions: expected each name of a region once/],
    [{ regions: ['__proto__'] }, /- regions\[0\]: expected us/],
    [{ regions: [1] }, /- regions\[0\]: /],
    [{ regions: [{ name: 'ie' }] }, /- regions\[0\]\.awsRegion: expected the code of an AWS region/],
    [{ regions: [{ name: 'us', account: '1' }] }, /- regions\[0\]: .*"account"/],
    [{ account: '123' }, /- account: expected the 12 digits/],
    [{ tenantUrl: 'http://example.com/scim' }, /begins with https/],
    [{ tenantUrl: 'https://localhost/scim' }, /expected a domain name/],
    [{ tenantUrl: 'https://example.com:8443/scim' }, /expected a domain name/],
    [{ domain: { hostedZone: { id: 'Z1', name: 'example.com' } } }, /expected no domain where the host/],
    [
      {
        tenantUrl: 'https://scim.example.org/v2',
        domain: { hostedZone: { id: 'Z1', name: 'example.com' } },
      },
      /a hosted zone that scim\.example\.org lies in, got example\.com/,
    ],
    [
      {
        tenantUrl: 'https://scim.example.com/v2',
        domain: { certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b' },
      },
      /expected a certificate in us-east-1/,
    ],
    [{ waf: { requestsPerFiveMinutes: 100 } }, /75000 at least/],
    [{ waf: { operatorAddresses: ['10.0.0.1'] } }, /waf\.operatorAddresses\[0\]: expected an address range/],
    [{ reservedConcurrency: { users: 1 } }, /reservedConcurrency\.users: expected 50 at least/],
    [{ tags: { 'aws:x': 'y' } }, /tags/],
    [null, /- the file: /],
  ])('%j fails', (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it('fails for what is no JSON, and for a file that is not there', () => {
    expect(() => parseDeploymentConfig('my.json', '{')).toThrow('my.json is not valid JSON');
    expect(() => readDeploymentConfig('/nowhere/my.json')).toThrow('cannot read the configuration /nowhere/my.json');
  });
});
