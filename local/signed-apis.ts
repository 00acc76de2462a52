import type { AdminLambdaHandler } from '../lambda/admin/pipeline.ts';
import { ADMIN_PATH, APPLICATION_PATH } from '../lambda/contract/tenant-url.ts';
import type { ScimHandler } from '../lambda/http/request.ts';
import { carriesAdminKey } from './admin-key.ts';
import { toFrame, toProxyEvent, type WireRequest } from './event.ts';

/** What is called with AWS credentials in AWS, and with a key here: the admin API and the application API. */
export interface SignedApis {
  /** What IAM is in AWS. */
  readonly key: string;
  readonly admin: AdminLambdaHandler;
  readonly application: ScimHandler;
}

/** Whom the audit names. */
const PRINCIPAL = 'arn:aws:iam::000000000000:user/local';

/** A place on the API that is not a tenant's. */
export type SignedPath = typeof ADMIN_PATH | typeof APPLICATION_PATH;

/** Which of the signed APIs a request is for. @param path - Encoded, without the query. */
export function findSignedPath(path: string): SignedPath | undefined {
  const first = path.split('/').find((segment) => segment !== '');
  return first === ADMIN_PATH || first === APPLICATION_PATH ? first : undefined;
}

/** Whether the request carries the key. */
export function carriesKey({ key }: SignedApis, { rawHeaders }: WireRequest): boolean {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  return carriesAdminKey(at === -1 ? undefined : rawHeaders[at + 1], key);
}

/** The event as API Gateway makes it of a call that IAM has allowed. */
export function toSignedEvent(base: SignedPath, request: WireRequest, body: Buffer): unknown {
  const path = request.url.split('?', 1)[0] ?? '';
  const proxy = path
    .split('/')
    .filter((segment) => segment !== '')
    .slice(1)
    .join('/');
  const frame = toFrame(request, { resource: `/${base}/{proxy+}`, pathParameters: { proxy } });
  const { requestContext, ...event } = toProxyEvent(frame, null, body);
  return {
    ...event,
    requestContext: { ...requestContext, identity: { ...requestContext.identity, userArn: PRINCIPAL } },
  };
}
