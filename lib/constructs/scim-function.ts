import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EntryEnvironments, EntryName } from '../../lambda/contract/environment.ts';
import { SERVICE_VARIABLE } from '../../lambda/contract/metrics.ts';
import { bundleOptions } from '../bundle-options.ts';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** CDK has an argument for each alias: its key is all that esbuild is told. */
const aliasArguments = Object.fromEntries(
  Object.entries(bundleOptions.alias).map(([name, file]) => [`--alias:${name}=${file}`, true]),
);

export interface ScimFunctionProps<Entry extends EntryName> {
  /** `lambda/<entry>.ts` is what runs. */
  readonly entry: Entry;

  /** What the entry reads from its environment, all of it: a forgotten variable does not compile. */
  readonly environment: EntryEnvironments[Entry];

  /** Name of the directory's stack, by which its metrics are told from those of another one. */
  readonly service: string;

  /** Said of the function in the console. */
  readonly description: string;

  /**
   * When the function is stopped; API Gateway waits 29 s for an answer.
   *
   * @default Duration.seconds(29)
   */
  readonly timeout?: Duration;

  /**
   * Memory, and with it the share of a processor.
   *
   * @default 512
   */
  readonly memorySizeMiB?: number;

  /** How long log lines are kept. */
  readonly logRetention: RetentionDays;

  /**
   * Concurrent calls set aside for this function, and at the same time the most that it gets.
   *
   * @default - none: the function shares what the account has
   */
  readonly reservedConcurrency?: number | undefined;
}

/** A Lambda function made of one entry: arm64, Node 24, one bundled ES module, with a log group of its own. */
export class ScimFunction<Entry extends EntryName> extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, props: ScimFunctionProps<Entry>) {
    super(scope, id);
    const { entry, service, description, timeout, memorySizeMiB, logRetention, reservedConcurrency } = props;
    const environment: Readonly<Record<string, string | undefined>> = props.environment;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // In the place of AWS's managed policy, which would let it write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.function = new NodejsFunction(this, 'Resource', {
      description,
      role,
      entry: `${projectRoot}lambda/${entry}.ts`,
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: timeout ?? Duration.seconds(29),
      memorySize: memorySizeMiB ?? 512,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      environment: { ...definedOf(environment), [SERVICE_VARIABLE]: service, NODE_OPTIONS: '--enable-source-maps' },
      logGroup,
      projectRoot,
      depsLockFilePath: `${projectRoot}package-lock.json`,
      bundling: {
        format: OutputFormat.ESM,
        mainFields: [...bundleOptions.mainFields],
        target: bundleOptions.target,
        minify: bundleOptions.minify,
        sourceMap: bundleOptions.sourcemap,
        sourcesContent: bundleOptions.sourcesContent,
        esbuildArgs: aliasArguments,
        // An SDK outside the bundle costs about 30 ms more at each cold start, and moves under us.
        bundleAwsSDK: true,
        forceDockerBundling: false,
      },
    });
  }
}

function definedOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) defined[name] = value;
  return defined;
}
