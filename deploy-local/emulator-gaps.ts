/** A kind of resource that MiniStack refuses, and with it the whole stack that holds one. */
export interface EmulatorGap {
  readonly type: string;
  /** Only where the resource has this property. */
  readonly property?: string;
  readonly because: string;
}

/**
 * All that is taken out of the stacks before they are deployed to the emulated AWS; a test asserts each of these on the
 * template, where it is not taken out.
 */
export const emulatorGaps: readonly EmulatorGap[] = [
  {
    type: 'AWS::CloudWatch::Alarm',
    property: 'Metrics',
    because: 'an alarm on metric math is CREATE_FAILED: only one on a single metric can be made',
  },
  { type: 'AWS::CloudWatch::CompositeAlarm', because: 'unrecognized resource type' },
  { type: 'AWS::WAFv2::WebACLAssociation', because: 'unrecognized resource type' },
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
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
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

/** A resource of a template, as far as it matters here. */
export interface TypedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>> | undefined;
}

/** The gap that the resource falls into. */
export function findGap({ Type, Properties }: TypedResource): EmulatorGap | undefined {
  return emulatorGaps.find(
    ({ type, property }) => type === Type && (property === undefined || Properties?.[property] !== undefined),
  );
}
