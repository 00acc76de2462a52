import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why a wildcard in the ARNs of a policy is right, to the checks of cdk-nag, which want a word about each.
 *
 * @param scope - The policy, or what it is a part of.
 */
export function acknowledgeWildcards(scope: IConstruct, arns: readonly string[], reason: string): void {
  const stack = Stack.of(scope);
  const ids = new Set(arns.map((arn) => `AwsSolutions-IAM5[Resource::${toText(stack.resolve(arn))}]`));
  Validations.of(scope).acknowledge(...[...ids].map((id) => ({ id, reason })));
}

/** As the checks write what is known at deployment only: `<AWS::Partition>`, `<TableName.Arn>`. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isRecord(value)) {
    const { Ref: reference, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value;
    if (typeof reference === 'string') return `<${reference}>`;
    if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(toText).join(String(join[0]));
  }
  throw new Error(`expected an ARN of texts and references, got ${JSON.stringify(value)}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
