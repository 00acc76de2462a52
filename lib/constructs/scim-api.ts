import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  IdentitySource,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { routes, type ScimEntry } from '../../lambda/contract/routes.ts';
import { ADMIN_PATH, APPLICATION_PATH, type TenantUrlTemplate, toApiPath } from '../../lambda/contract/tenant-url.ts';
import { addGatewayResponses } from './gateway-responses.ts';

/** First part of the path on API Gateway's own host name. */
export const STAGE_NAME = 'prod';

/**
 * A line of the access log. No path and no query: an id, a name or an address may stand in them. The route, the tenant and
 * the request id are enough to find the functions' own line.
 */
const ACCESS_LOG_LINE = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  credential: '$context.authorizer.principalId',
  gatewayResponse: '$context.error.responseType',
  wafStatus: '$context.waf.status',
  authorizerStatus: '$context.authorizer.status',
  integrationStatus: '$context.integration.status',
  integrationMillis: '$context.integration.latency',
  millis: '$context.responseLatency',
  bytes: '$context.responseLength',
  sourceIp: '$context.identity.sourceIp',
};

export interface ScimApiProps {
  /** Shown in the console and in metrics; need not be the only one of its name. */
  readonly name: string;

  /** Where the routes begin. */
  readonly tenantUrl: Pick<TenantUrlTemplate, 'path'>;

  /** Asked once in 30 s for each token. */
  readonly authorizer: IFunction;

  /** What answers the routes. */
  readonly entries: Readonly<Record<ScimEntry, IFunction>>;

  /** What answers requests that are signed with AWS credentials: operators', and the vendor's own application's. */
  readonly signed: Readonly<Record<typeof ADMIN_PATH | typeof APPLICATION_PATH, IFunction>>;

  /** Requests a second, and how many may come at once, before clients are told to wait. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };

  /** How long the access log keeps its lines. */
  readonly logRetention: RetentionDays;
}

/** The REST API: every route of the route table, with any method, behind the authorizer; and the APIs that are behind IAM. */
export class ScimApi extends Construct {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: ScimApiProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.restApi = new RestApi(this, 'Resource', {
      restApiName: props.name,
      description: 'SCIM 2.0 (RFC 7644): users and groups, provisioned by identity providers',
      endpointTypes: [EndpointType.REGIONAL],
      deployOptions: {
        stageName: STAGE_NAME,
        throttlingRateLimit: props.throttle.requestsPerSecond,
        throttlingBurstLimit: props.throttle.burst,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_LINE)),
      },
      cloudWatchRole: false, // an account has one: api-log-role.ts
    });
    addGatewayResponses(this.restApi);
    this.#addScimRoutes(props);
    for (const path of [ADMIN_PATH, APPLICATION_PATH] as const) {
      resourceAt(this.restApi.root, `${path}/{proxy+}`).addMethod('ANY', toIntegration(props.signed[path]), {
        authorizationType: AuthorizationType.IAM,
      });
    }
    Validations.of(this.restApi).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason: "The functions check every request: API Gateway's refusal of a body would be no SCIM error",
      },
      {
        id: 'AwsSolutions-APIG6',
        reason:
          'The execution log would hold paths and queries, in which people stand; access log and request log do not',
      },
      {
        id: 'AwsSolutions-COG4',
        reason:
          'Identity providers send a secret token, which our own authorizer checks; operators and the application sign with IAM',
      },
    );
  }

  #addScimRoutes({ authorizer: handler, entries, tenantUrl }: ScimApiProps): void {
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler,
      identitySources: [IdentitySource.header('Authorization')],
      // Half of the 60 s within which a revocation holds; the authorizer's own memory takes the other half.
      resultsCacheTtl: Duration.seconds(30),
    });
    const integrations = {
      users: toIntegration(entries.users),
      groups: toIntegration(entries.groups),
      bulk: toIntegration(entries.bulk),
      search: toIntegration(entries.search),
      discovery: toIntegration(entries.discovery),
    };
    for (const { path, entry } of routes) {
      resourceAt(this.restApi.root, toApiPath(tenantUrl, path)).addMethod('ANY', integrations[entry], {
        authorizer,
        authorizationType: AuthorizationType.CUSTOM,
      });
    }
  }
}

/** One permission for the whole API, or the function's policy would outgrow its limit with the routes. */
function toIntegration(handler: IFunction): LambdaIntegration {
  return new LambdaIntegration(handler, { scopePermissionToMethod: false });
}

function resourceAt(root: IResource, path: string): IResource {
  return path.split('/').reduce((parent, part) => parent.getResource(part) ?? parent.addResource(part), root);
}
