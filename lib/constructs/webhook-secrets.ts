import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { RunTimeSecrets } from './run-time-secrets.ts';

/**
 * Where the secrets are that sign webhooks: one a tenant, `<prefix><tenant>`, made when an operator asks for it. Apart
 * from the tokens, so that who may read the ones cannot read the others.
 */
export class WebhookSecrets extends RunTimeSecrets {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      kind: 'webhooks',
      reason: 'secrets are made at run time, one a tenant, all with this prefix',
    });
  }

  /** Lets the grantee read the secrets. Nothing but the sender may. */
  grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, ['secretsmanager:GetSecretValue']);
  }

  /** Lets the grantee make secrets, give them new versions and delete them, but never read what they hold. */
  grantManage(grantee: IGrantable): Grant {
    return this.grant(grantee, [
      'secretsmanager:CreateSecret',
      'secretsmanager:DeleteSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:TagResource',
    ]);
  }
}
