import type { Tenant } from '../../directory/context.ts';
import type { RoutePattern } from '../contract/routes.ts';
import type { ScimEvent } from './event.ts';

/** A way by which SCIM requests come: what tells their tenant, who sends them, and which routes there are. */
export interface WayIn {
  /** The request that an event of API Gateway holds. */
  readonly read: (input: unknown) => EnteredRequest;
  /** @throws ScimError where the request's URL belongs to another tenant than who sends it. */
  readonly assertOwnTenant: (event: ScimEvent) => void;
  /** The tenant, unless there is none or it stands in a way that this one is shut. @throws ScimError */
  readonly getServed: (tenant: Tenant | undefined, now: number, route: RoutePattern) => Tenant;
}

export interface EnteredRequest {
  /** `requestContext.authorizer` names tenant and application. */
  readonly event: ScimEvent;
  readonly route: RoutePattern;
  /** Of the route, in log and metrics. */
  readonly name: string;
}
