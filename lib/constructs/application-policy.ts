import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { APPLICATION_PATH } from '../../lambda/contract/tenant-url.ts';
import { acknowledgeWildcards } from './acknowledge.ts';

/** The policy of the vendor's own application, to be attached to its role: every tenant's data, nothing of the operators'. */
export class ApplicationPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, api: RestApi) {
    super(scope, id);
    const resources = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
      api.arnForExecuteApi(method, `/${APPLICATION_PATH}/*`, api.deploymentStage.stageName),
    );
    this.policy = new ManagedPolicy(this, 'Resource', {
      description:
        'scim-stack application: reads the directory of every tenant, writes the attributes it owns, says who owns what',
      statements: [new PolicyStatement({ actions: ['execute-api:Invoke'], resources })],
    });
    acknowledgeWildcards(this.policy, resources, 'in the place of a tenant and of what is asked of it');
  }
}
