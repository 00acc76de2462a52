/** A type of resource that MiniStack refuses, and with it the whole stack that holds one. */
export interface EmulatorGap {
  readonly type: string;
  readonly because: string;
}

/**
 * All that is taken out of the stacks before they are deployed to the emulated AWS. `test/infra/emulator-gaps.test.ts`
 * asserts each on the template, from which nothing is taken out, and that the list has nothing that the stacks lack.
 */
export const emulatorGaps: readonly EmulatorGap[] = [
  {
    type: 'AWS::WAFv2::WebACLAssociation',
    because: 'an unrecognized resource type; the ACL itself is created, but would not be put to work either',
  },
];

/** What MiniStack creates, and the stacks have. Anything else is refused here, until somebody has looked at what it does. */
export const emulatedTypes: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Route53::RecordSet',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::WebACL',
]);

/** The gap that a type of resource falls into. */
export function findGap(type: string): EmulatorGap | undefined {
  return emulatorGaps.find((gap) => gap.type === type);
}
