import { describe, expect, it } from 'vitest';
import { isTenantName } from '../../../../directory/tenants.ts';
import { adminRoutes } from '../../../../lambda/contract/admin-api.ts';
import type { AdminRoute } from '../../../../lambda/contract/admin-route.ts';
import { ADMIN_PATH } from '../../../../lambda/contract/tenant-url.ts';

const routes: readonly AdminRoute[] = Object.values(adminRoutes);

/** As an IAM policy names a route: `*` for each parameter, and it matches slashes too. */
function toPattern({ method, path }: AdminRoute): RegExp {
  return new RegExp(`^${method}/${path.replaceAll(/\{\w+\}/g, '.*')}$`);
}

/** The route's path with names that an attacker might choose. */
function fill({ method, path }: AdminRoute): readonly string[] {
  const names = [...new Set(routes.flatMap(({ path: other }) => other.split('/')))].filter(
    (name) => !name.includes('{'),
  );
  return names.map((name) => `${method}/${path.replaceAll(/\{\w+\}/g, name)}`);
}

describe('the admin API', () => {
  it.each(routes.filter(({ method }) => method !== 'GET'))(
    'has no route but $method $path that an IAM policy for it allows',
    (route) => {
      const pattern = toPattern(route);
      for (const other of routes) {
        if (other !== route) expect(fill(other).filter((call) => pattern.test(call))).toEqual([]);
      }
    },
  );

  it('shows an observer everything and lets it change nothing', () => {
    for (const { method, access } of routes) expect(access === 'observer').toBe(method === 'GET');
  });

  it('has its place where no tenant can be', () => {
    expect(isTenantName(ADMIN_PATH)).toBe(false);
  });
});
