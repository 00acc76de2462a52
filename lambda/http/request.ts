import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import type { DirectoryContext } from '../../directory/context.ts';
import type { CountedOperation } from '../../directory/cycles/counts.ts';
import type { Done } from '../../directory/resource-view.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import type { JsonValue } from '../../scim/json.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { RoutePattern } from '../contract/routes.ts';
import type { Log } from '../observability/log.ts';
import type { BodyLimit } from './body.ts';
import type { ScimEvent } from './event.ts';

/** What a SCIM entry needs from outside. */
export interface ScimDependencies {
  readonly table: ItemTable;
  /** See `TENANT_URL_TEMPLATE` in `contract/environment.ts`. */
  readonly tenantUrlTemplate: string;
  readonly log: Log;
  readonly measure: Measure;
  readonly runtime: Runtime;
}

/** Clock, timer and random sources. */
export interface Runtime {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (millis: number) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** A random UUID. */
  readonly newId: () => string;
}

/** Takes the measures of a request: CloudWatch metrics in AWS, nothing in the local run. */
export type Measure = (request: RequestMeasure) => void;

export interface RequestMeasure {
  /** As `routes.ts` writes it; of the application API `application/` and what `application-routes.ts` has. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** A request that has passed everything that is the same for all of them. */
export interface ScimRequest {
  readonly event: ScimEvent;
  readonly route: RoutePattern;
  /** The value of the query parameter, decoded; of one given twice the last. */
  readonly query: (name: string) => string | undefined;
  /** The header's value; the name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Reads the JSON body. @throws ScimError 400, 413 or 415, as `body.ts` has it. */
  readonly parseBody: (limit?: BodyLimit) => JsonValue;
  readonly directory: DirectoryContext;
  /** Says what the request did, for its sync cycle. */
  readonly report: (done: Done) => void;
  /** Says what became of a bulk request's operations, for its sync cycle, its log line and the provisioning log. */
  readonly reportOperations: (operations: readonly ReportedOperation[]) => void;
  /** How long the request's table calls go on being tried. */
  readonly remainingMs: () => number;
}

/** What an operation of a bulk request asked for, and what it was told where it failed: for the provisioning log alone. */
export interface AskedOperation {
  readonly type: ResourceTypeName | undefined;
  readonly id: string | undefined;
  readonly body: JsonValue | undefined;
  readonly detail: string | undefined;
}

/** What became of an operation of a bulk request. */
export interface ReportedOperation extends CountedOperation {
  readonly asked: AskedOperation;
  /** Whatever was thrown, other than a ScimError. */
  readonly failure: unknown;
}

export type RouteHandler = (request: ScimRequest) => Promise<APIGatewayProxyResult> | APIGatewayProxyResult;

/** Handlers by method and route, such as `GET Users/{id}`; `ANY` stands for every method. */
export type RouteHandlers = Readonly<Record<string, RouteHandler>>;

/** A SCIM entry's Lambda handler; the event is API Gateway's, and parsed. */
export type ScimHandler = (event: unknown, context: Context) => Promise<APIGatewayProxyResult>;
