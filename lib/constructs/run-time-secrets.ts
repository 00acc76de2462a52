import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge.ts';

export interface RunTimeSecretsProps {
  /** What they are, as a part of their names: `tokens`. */
  readonly kind: string;

  /** Said where a wildcard is judged: how many there are. */
  readonly reason: string;
}

/** Secrets that are made and deleted at run time, all below one prefix: nothing is made here but who may do what with them. */
export abstract class RunTimeSecrets extends Construct {
  /** What the secrets' names begin with; the stack's name keeps deployments in one account apart. */
  readonly prefix: string;
  readonly #arns: string;

  constructor(scope: Construct, id: string, { kind, reason }: RunTimeSecretsProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.prefix = `${stack.stackName}/${kind}/`;
    this.#arns = stack.formatArn({ service: 'secretsmanager', resource: `secret:${this.prefix}*` });
    acknowledgeWildcards(stack, [this.#arns], reason);
  }

  protected grant(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#arns] });
  }
}
