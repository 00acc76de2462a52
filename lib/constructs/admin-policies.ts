import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { adminRoutes } from '../../lambda/contract/admin-api.ts';
import type { AdminAccess, AdminRoute } from '../../lambda/contract/admin-route.ts';
import { ADMIN_PATH } from '../../lambda/contract/tenant-url.ts';
import { acknowledgeWildcards } from './acknowledge.ts';

/** Each may do what those before it may, and more. */
const ranks = ['observer', 'operator', 'administrator'] as const satisfies readonly AdminAccess[];

/** The three policies of the operator's plane, made of the table of its routes; to be attached to people's roles. */
export class AdminPolicies extends Construct {
  readonly observer: ManagedPolicy;
  readonly operator: ManagedPolicy;
  readonly administrator: ManagedPolicy;

  constructor(scope: Construct, id: string, api: RestApi) {
    super(scope, id);
    this.observer = this.#add('Observer', api, 'observer', 'sees all there is, and changes nothing');
    this.operator = this.#add('Operator', api, 'operator', 'also makes tenants and tokens, pauses, resumes, checks');
    this.administrator = this.#add('Administrator', api, 'administrator', 'also suspends and deletes tenants');
  }

  #add(id: string, api: RestApi, access: AdminAccess, what: string): ManagedPolicy {
    const resources = routesOf(access).map(({ method, path }) =>
      api.arnForExecuteApi(method, `/${path}`, api.deploymentStage.stageName),
    );
    const policy = new ManagedPolicy(this, id, {
      description: `scim-stack ${access}: ${what}`,
      statements: [new PolicyStatement({ actions: ['execute-api:Invoke'], resources })],
    });
    const isWildcard = (arn: string) => arn.includes('*');
    acknowledgeWildcards(policy, resources.filter(isWildcard), 'in the place of a tenant, an application or an id');
    return policy;
  }
}

/**
 * What a policy allows, with IAM's `*` in the place of each parameter. Every GET is an observer's, so that one line stands
 * for all of them: a policy may have 6,144 characters.
 */
function routesOf(access: AdminAccess): readonly { readonly method: string; readonly path: string }[] {
  const allowed: readonly AdminAccess[] = ranks.slice(0, ranks.indexOf(access) + 1);
  const changing = Object.values(adminRoutes).filter((route: AdminRoute) => route.method !== 'GET');
  return [
    { method: 'GET', path: `${ADMIN_PATH}/*` },
    ...changing
      .filter((route) => allowed.includes(route.access))
      .map(({ method, path }) => ({ method, path: `${ADMIN_PATH}/${path.replaceAll(/\{\w+\}/g, '*')}` })),
  ];
}
