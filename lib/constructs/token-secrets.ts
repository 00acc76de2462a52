import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { RunTimeSecrets } from './run-time-secrets.ts';

/**
 * Where the secret tokens are: one secret an application, `<prefix><tenant>/<application>`. The secrets themselves are
 * made and deleted with their applications, at run time.
 */
export class TokenSecrets extends RunTimeSecrets {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      kind: 'tokens',
      reason: 'secrets are made at run time, one an application, all with this prefix',
    });
  }

  /** Lets the grantee read the tokens. Nothing but the authorizer and the rotation may. */
  grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, ['secretsmanager:GetSecretValue']);
  }

  /**
   * Lets the grantee make secrets, give them new versions and delete them, but never read what they hold: an operator is
   * shown a token when it is issued, and after that nobody is.
   */
  grantManage(grantee: IGrantable): Grant {
    return this.grant(grantee, [
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
    return this.grant(grantee, [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
  }
}
