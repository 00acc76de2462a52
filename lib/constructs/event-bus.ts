import { Stack } from 'aws-cdk-lib';
import { EventBus as Bus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The bus on which the vendor's own rules find what happened to people and groups. Its name is the stack's. */
export class EventBus extends Construct {
  readonly bus: Bus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // A bus must have a name. The stack's is one that no other deployment in the account has.
    this.bus = new Bus(this, 'Resource', {
      eventBusName: Stack.of(this).stackName,
      description: 'Users, groups and memberships: what changed, by tenant',
    });
  }

  /** Lets the grantee publish on this bus, and nothing else. */
  grantPublish(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.bus.eventBusArn],
    });
  }
}
