import { describe, expect, it } from 'vitest';
import { findRoute } from '../../../local/router.ts';

function lead(path: string) {
  const match = findRoute(path);
  return match && [match.resource, match.pathParameters];
}

describe('findRoute', () => {
  it.each([
    ['/demo/scim/v2/Users', '/{tenant}/scim/v2/Users', { tenant: 'demo' }],
    ['/demo/scim/v2/Users/1', '/{tenant}/scim/v2/Users/{id}', { tenant: 'demo', id: '1' }],
    ['/demo/scim/v2/Schemas/urn:x', '/{tenant}/scim/v2/Schemas/{id}', { tenant: 'demo', id: 'urn:x' }],
    ['/demo/scim/v2/Users/.search', '/{tenant}/scim/v2/Users/.search', { tenant: 'demo' }],
    ['/demo/scim/v2/Robots/1/2', '/{tenant}/scim/v2/{proxy+}', { tenant: 'demo', proxy: 'Robots/1/2' }],
    ['/demo/scim/v2/Users/1/2', '/{tenant}/scim/v2/{proxy+}', { tenant: 'demo', proxy: 'Users/1/2' }],
  ])('leads %s to %s', (path, resource, parameters) => {
    expect(lead(path)).toEqual([resource, parameters]);
  });

  it('leaves path parameters encoded, as API Gateway does', () => {
    expect(lead('/demo/scim/v2/Users/a%2Fb%20c')).toEqual([
      '/{tenant}/scim/v2/Users/{id}',
      { tenant: 'demo', id: 'a%2Fb%20c' },
    ]);
  });

  it.each(['/demo/scim/v2//Users', '/demo/scim/v2/Users/', '//demo//scim/v2///Users//'])(
    'does not count slashes that are doubled or at the end: %s',
    (path) => {
      expect(findRoute(path)?.route.path).toBe('Users');
    },
  );

  it.each(['', '/', '/demo', '/demo/scim/v2', '/demo/scim/v1/Users', '/scim/v2/Users'])(
    'knows no route for %j',
    (path) => {
      expect(findRoute(path)).toBeUndefined();
    },
  );

  it('takes the case of a segment as it is', () => {
    expect(findRoute('/demo/scim/v2/users')?.route.path).toBe('{proxy+}');
  });
});
