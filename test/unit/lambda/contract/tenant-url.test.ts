import { describe, expect, it } from 'vitest';
import { findTenantUrlFault, parseTenantUrlTemplate, toApiPath } from '../../../../lambda/contract/tenant-url.ts';

describe('a Tenant URL template', () => {
  it.each([
    ['https://{api}/{stage}/{tenant}/scim/v2', '{api}', '{tenant}/scim/v2', 'path'],
    ['https://{api}/{stage}/scim/v2', '{api}', 'scim/v2', 'token'],
    ['https://scim.example.com/{tenant}/v2', 'scim.example.com', '{tenant}/v2', 'path'],
    ['https://global-us.example.com/api/v1/scim', 'global-us.example.com', 'api/v1/scim', 'token'],
    ['https://scim.example.com', 'scim.example.com', '', 'token'],
    ['https://users-{tenant}.example.com/scim/v2', 'users-{tenant}.example.com', 'scim/v2', 'host'],
    ['https://{tenant}.scim.example.com', '{tenant}.scim.example.com', '', 'host'],
    ['http://127.0.0.1:8080/{tenant}/scim/v2', '127.0.0.1:8080', '{tenant}/scim/v2', 'path'],
    ['http://[::1]:8080/{tenant}/scim/v2', '[::1]:8080', '{tenant}/scim/v2', 'path'],
  ])('%s has its host, its path and where the tenant stands', (template, host, path, tenantIn) => {
    expect(parseTenantUrlTemplate(template)).toEqual({ host, path, tenantIn });
  });

  it.each([
    ['ftp://example.com/scim', 'http(s) URL'],
    ['https://example.com/scim/', 'trailing slash'],
    ['https://example.com/scim?x=1', 'neither query'],
    ['https://example.com/{tenant}/{tenant}', 'each placeholder once'],
    ['https://users-{tenant}.example.com/{tenant}', 'each placeholder once'],
    ['https://example.com/{customer}', 'got {customer}'],
    ['https://{api}/{tenant}/scim/v2', '{api}/{stage}'],
    ['https://{api}/{stage}/x{tenant}/scim', 'got x{tenant}'],
    ['https://a.{tenant}.example.com', 'first label'],
    ['https://users-{tenant}.com', 'sub-domain'],
    ['https://a-very-long-prefix-indeed-{tenant}.example.com', '23 characters'],
    ['https://Example.com/scim', 'lower case'],
    ['https://example.com/a b', 'neither query'],
    ['https://example.com/a%20b', 'got a%20b'],
    ['https://example.com/admin/{tenant}', 'no path segment admin'],
    ['', 'http(s) URL'],
  ])('%s is refused, and it is said why', (template, reason) => {
    expect(findTenantUrlFault(template)).toContain(reason);
    expect(() => parseTenantUrlTemplate(template)).toThrow(reason);
  });

  it('may name the path of another server before {stage}, but for clients of a domain of its own', () => {
    const template = 'http://127.0.0.1:4566/_aws/execute-api/c9560953/{stage}/api/v1/scim';
    expect(parseTenantUrlTemplate(template)).toEqual({
      host: '127.0.0.1:4566',
      path: 'api/v1/scim',
      tenantIn: 'token',
    });
    expect(findTenantUrlFault(template, 'proxied')).toBeUndefined();
    expect(findTenantUrlFault(template)).toContain('{api}/{stage}');
    expect(findTenantUrlFault('https://example.com/{stage}/{tenant}')).toContain('{api}/{stage}');
    expect(findTenantUrlFault('https://{api}/x/{stage}')).toContain('right after {api}');
  });

  it('leads the routes to where the API has them', () => {
    expect(toApiPath({ path: 'api/v1/scim' }, 'Users/{id}')).toBe('api/v1/scim/Users/{id}');
    expect(toApiPath({ path: '' }, 'Users')).toBe('Users');
  });
});
