import { Duration } from 'aws-cdk-lib';
import {
  AuthorizationType,
  EndpointType,
  IdentitySource,
  type IResource,
  LambdaIntegration,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { routes, type ScimEntry, TENANT_PATH } from '../../lambda/contract/routes.ts';
import { addGatewayResponses } from './gateway-responses.ts';

export interface ScimApiProps {
  /** Asked once in 30 s for each token. */
  readonly authorizer: IFunction;

  /** What answers the routes. */
  readonly entries: Readonly<Record<ScimEntry, IFunction>>;

  /**
   * First part of the API's path.
   *
   * @default 'prod'
   */
  readonly stageName?: string;
}

/** The REST API: every route of the route table, with any method, behind the authorizer. */
export class ScimApi extends Construct {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: ScimApiProps) {
    super(scope, id);
    this.restApi = new RestApi(this, 'Resource', {
      description: 'SCIM 2.0 (RFC 7644): users and groups, provisioned by identity providers',
      endpointTypes: [EndpointType.REGIONAL],
      deployOptions: { stageName: props.stageName ?? 'prod' },
      cloudWatchRole: false,
    });
    addGatewayResponses(this.restApi);
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: props.authorizer,
      identitySources: [IdentitySource.header('Authorization')],
      // Half of the 60 s within which a revocation holds; the authorizer's own memory takes the other half.
      resultsCacheTtl: Duration.seconds(30),
    });
    const integrations = {
      users: toIntegration(props.entries.users),
      groups: toIntegration(props.entries.groups),
      discovery: toIntegration(props.entries.discovery),
    };
    for (const { path, entry } of routes) {
      resourceAt(this.restApi.root, `${TENANT_PATH}/${path}`).addMethod('ANY', integrations[entry], {
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
