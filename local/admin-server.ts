import type { AdminLambdaHandler } from '../lambda/admin/pipeline.ts';
import { ADMIN_PATH } from '../lambda/contract/tenant-url.ts';
import { carriesAdminKey } from './admin-key.ts';
import { toFrame, toProxyEvent, type WireRequest } from './event.ts';

/** The admin API of the local run. */
export interface LocalAdmin {
  readonly handler: AdminLambdaHandler;
  /** What IAM is in AWS. */
  readonly key: string;
}

/** Whom the audit names. */
const PRINCIPAL = 'arn:aws:iam::000000000000:user/local';

/** Whether a request is for the admin API. @param path - Encoded, without the query. */
export function isAdminPath(path: string): boolean {
  return path.split('/').find((segment) => segment !== '') === ADMIN_PATH;
}

/** Whether the request carries the key. */
export function isOperator({ key }: LocalAdmin, { rawHeaders }: WireRequest): boolean {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  return carriesAdminKey(at === -1 ? undefined : rawHeaders[at + 1], key);
}

/** The event as API Gateway makes it of a call that IAM has allowed. */
export function toAdminEvent(request: WireRequest, body: Buffer): unknown {
  const path = request.url.split('?', 1)[0] ?? '';
  const proxy = path
    .split('/')
    .filter((segment) => segment !== '')
    .slice(1)
    .join('/');
  const frame = toFrame(request, { resource: `/${ADMIN_PATH}/{proxy+}`, pathParameters: { proxy } });
  const { requestContext, ...event } = toProxyEvent(frame, null, body);
  return {
    ...event,
    requestContext: { ...requestContext, identity: { ...requestContext.identity, userArn: PRINCIPAL } },
  };
}
