import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * Where the secret tokens are: one secret an application, `<prefix><tenant>/<application>`. The secrets themselves are
 * made and deleted with their applications, at run time.
 */
export class TokenSecrets extends Construct {
  /** What the secrets' names begin with; the stack's name keeps deployments in one account apart. */
  readonly prefix: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.prefix = `${Stack.of(this).stackName}/tokens/`;
  }

  /** Lets the grantee read the tokens. Nothing but the authorizer and the rotation may. */
  grantRead(grantee: IGrantable): Grant {
    const resource = Stack.of(this).formatArn({ service: 'secretsmanager', resource: `secret:${this.prefix}*` });
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [resource],
    });
  }
}
