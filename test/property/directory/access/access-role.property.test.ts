import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RoleRule } from '../../../../directory/access/access-role.ts';
import type { GroupNames, UserGroup } from '../../../../directory/access/group-reader.ts';
import { EMPTY_POLICY, type Policy } from '../../../../directory/access/policy.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const schemas = createResourceSchemas();
const ROLES = ['owner', 'admin', 'editor', 'viewer'];
const NAMES = ['Sales', 'sales', 'Straße', 'STRASSE', 'Ops'];

const names = fc.record({
  displayName: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  externalId: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
});
/** Groups by id, and what each is called. */
const groups = fc.dictionary(fc.constantFrom('g1', 'g2', 'g3', 'g4', 'g5'), names);
const mapping = fc.oneof(
  fc.record({
    by: fc.constant('id' as const),
    value: fc.constantFrom('g1', 'g2', 'g9'),
    role: fc.constantFrom(...ROLES),
  }),
  fc.record({
    by: fc.constantFrom('displayName' as const, 'externalId' as const),
    value: fc.constantFrom(...NAMES),
    role: fc.constantFrom(...ROLES),
  }),
);
const policy: fc.Arbitrary<Policy> = fc.record({
  ...{ roles: fc.shuffledSubarray(ROLES, { minLength: 4 }), mappings: fc.array(mapping, { maxLength: 6 }) },
  defaultRole: fc.option(fc.constantFrom(...ROLES)),
  signIn: fc.constant(EMPTY_POLICY.signIn),
  guard: fc.constant(EMPTY_POLICY.guard),
});

function roleOf(of: Policy, held: Readonly<Record<string, GroupNames>>, ids = Object.keys(held)): string | null {
  const list = ids.map((id): UserGroup => ({ id, type: 'direct' }));
  return new RoleRule(of, schemas).roleOf({ attributes: {} }, list, new Map(Object.entries(held))).role;
}

/** Rank of a role, the highest first; nothing is below all. */
function rankOf(of: Policy, role: string | null): number {
  return role === null ? ROLES.length : of.roles.indexOf(role);
}

describe('the rule of access roles', () => {
  it('does not depend on the order of groups or mappings', () => {
    fc.assert(
      fc.property(policy, groups, (of, held) => {
        const turned = { ...of, mappings: of.mappings.toReversed() };
        // Of two mappings of one group a policy has only one.
        const unique = new Set(
          of.mappings.map(({ by, value }) => `${by} ${by === 'displayName' ? fold(value) : value}`),
        );
        fc.pre(unique.size === of.mappings.length);
        expect(roleOf(turned, held, Object.keys(held).toReversed())).toBe(roleOf(of, held));
      }),
    );
  });

  it('gives no lower role for one group more, unless the default role is the higher one', () => {
    fc.assert(
      fc.property(policy, groups, names, (of, held, more) => {
        const without = { ...of, defaultRole: null };
        const before = rankOf(without, roleOf(without, held));
        const after = rankOf(without, roleOf(without, { ...held, g9: more }));
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('gives what is locked, whatever the groups, and by that alone; nothing to whoever is deactivated', () => {
    fc.assert(
      fc.property(policy, groups, fc.constantFrom(...ROLES, 'unknown'), (of, held, role) => {
        const list = Object.keys(held).map((id): UserGroup => ({ id, type: 'direct' }));
        const locked = { attributes: {}, roleLock: { role, since: '2026-11-22T10:00:00.000Z' } };
        const given = new RoleRule(of, schemas).roleOf(locked, list, new Map(Object.entries(held)));
        if (role === 'unknown') expect(given.role).toBe(roleOf(of, held));
        else expect(given).toEqual({ role, source: 'lock' });
        const gone = { ...locked, attributes: { active: false } };
        expect(new RoleRule(of, schemas).roleOf(gone, list, new Map(Object.entries(held))).role).toBeNull();
      }),
    );
  });
});

/** As `displayName` compares in the few names above. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll('ß', 'ss');
}
