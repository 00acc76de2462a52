import { describe, expect, it } from 'vitest';
import { adminRoutes } from '../../lambda/contract/admin-api.ts';
import type { AdminAccess } from '../../lambda/contract/admin-route.ts';
import { synthesise, toText } from '../helpers/stacks.ts';

const stack = synthesise();
const policies = stack.resources('AWS::IAM::ManagedPolicy').map(([id, { Properties }]) => ({ id, ...Properties }));

/** What a policy allows, as texts such as `GET/admin/tenants/*`. */
function allowedBy(access: AdminAccess): readonly string[] {
  const policy = policies.find(({ id }) => id.toLowerCase().startsWith(`adminpolicies${access}`));
  const [statement, ...others] = policy.PolicyDocument.Statement;
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ Effect: 'Allow', Action: 'execute-api:Invoke' });
  return [statement.Resource].flat().map((arn: unknown) => toText(arn).split('/').slice(2).join('/'));
}

/** As IAM matches: `*` is any text, slashes as well. */
function matches(pattern: string, request: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.?+^$()[\]{}|\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(request);
}

const routes = Object.values(adminRoutes).map(({ method, path, access }) => {
  const filled = path.replace('{tenant}', 'acme').replace('{application}', 'entra').replace('{id}', '0-1');
  return { request: `${method}/admin/${filled}`, access };
});
const ranks: readonly AdminAccess[] = ['observer', 'operator', 'administrator'];

describe('the policies of the operators', () => {
  it.each(ranks)('let an %s do what is theirs, and nothing that is for those above', (access) => {
    const patterns = allowedBy(access);
    for (const { request, access: needed } of routes) {
      const isAllowed = patterns.some((pattern) => matches(pattern, request));
      expect([request, isAllowed]).toEqual([request, ranks.indexOf(needed) <= ranks.indexOf(access)]);
    }
  });

  it('let an observer change nothing', () => {
    for (const pattern of allowedBy('observer')) expect(pattern).toMatch(/^GET\/admin\//);
  });

  it('let nobody near what is behind a secret token', () => {
    for (const access of ranks) for (const pattern of allowedBy(access)) expect(pattern).toMatch(/^[A-Z]+\/admin\//);
  });

  it('have outputs by which they are found, and fit into what IAM takes', () => {
    for (const name of ['Observer', 'Operator', 'Administrator']) {
      expect(stack.outputOf(`${name}PolicyArn`)).toMatch(new RegExp(`^<AdminPolicies${name}`));
    }
    for (const { PolicyDocument } of policies) {
      const document = structuredClone(PolicyDocument);
      // What is known at deployment only, none of which is longer than the name of a region can be.
      for (const statement of document.Statement) {
        statement.Resource = [statement.Resource]
          .flat()
          .map((arn: unknown) => toText(arn).replaceAll(/<[^>]*>/g, 'x'.repeat(14)));
      }
      expect(JSON.stringify(document).length).toBeLessThan(6_144);
    }
  });
});
