import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge.ts';

/**
 * Where the secret tokens are: one secret an application, `<prefix><tenant>/<application>`. The secrets themselves are
 * made and deleted with their applications, at run time.
 */
export class TokenSecrets extends Construct {
  /** What the secrets' names begin with; the stack's name keeps deployments in one account apart. */
  readonly prefix: string;
  readonly #secretArns: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = Stack.of(this);
    this.prefix = `${stack.stackName}/tokens/`;
    this.#secretArns = stack.formatArn({ service: 'secretsmanager', resource: `secret:${this.prefix}*` });
    acknowledgeWildcards(
      stack,
      [this.#secretArns],
      'secrets are made at run time, one an application, all with this prefix',
    );
  }

  /** Lets the grantee read the tokens. Nothing but the authorizer and the rotation may. */
  grantRead(grantee: IGrantable): Grant {
    return this.#grant(grantee, ['secretsmanager:GetSecretValue']);
  }

  /**
   * Lets the grantee make secrets, give them new versions and delete them, but never read what they hold: an operator is
   * shown a token when it is issued, and after that nobody is.
   */
  grantManage(grantee: IGrantable): Grant {
    return this.#grant(grantee, [
      'secretsmanager:CreateSecret',
      'secretsmanager:DeleteSecret',
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:TagResource',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
  }

  /** Lets the grantee take the four steps of a rotation. */
  grantRotate(grantee: IGrantable): Grant {
    return this.#grant(grantee, [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
  }

  #grant(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#secretArns] });
  }
}
