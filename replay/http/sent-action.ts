import type { RawAnswer } from '../answer/checks.ts';
import { isJsonObject, type JsonValue, memberOf } from '../json.ts';

/** What is looked at of a request. */
interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly endpoint: string;
  readonly id?: string;
}

/** A request for users or groups, one that was sent again included: what the directory's own log can be compared with. */
export interface SentAction {
  readonly method: Sent['method'];
  readonly type: 'User' | 'Group';
  /** Of the resource: as the request names it, or as the answer to its creation does. */
  readonly id: string | undefined;
  readonly status: number | undefined;
  readonly outcome: 'done' | 'failed' | 'unanswered';
  /** Under which the directory knows the request, where it says so (API Gateway's `x-amzn-RequestId`). */
  readonly requestId: string | undefined;
}

/** Undefined of requests for what is neither users nor groups. */
export function toSentAction(request: Sent, answer: RawAnswer | undefined): SentAction | undefined {
  const { method, endpoint, id } = request;
  if (endpoint !== 'Users' && endpoint !== 'Groups') return undefined;
  const type = endpoint === 'Users' ? 'User' : 'Group';
  if (answer === undefined) {
    return { method, type, id, status: undefined, outcome: 'unanswered', requestId: undefined };
  }
  const { status, headers, text } = answer;
  return {
    ...{ method, type, status },
    id: id ?? (method === 'POST' && status === 201 ? idIn(text) : undefined),
    outcome: status < 400 ? 'done' : 'failed',
    requestId: headers.get('x-amzn-requestid') ?? undefined,
  };
}

function idIn(text: string): string | undefined {
  const body = parseJson(text);
  const id = isJsonObject(body) ? memberOf(body, 'id') : undefined;
  return typeof id === 'string' ? id : undefined;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
