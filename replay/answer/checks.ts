import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, memberOf } from '../json.ts';
import { ErrorSchema, explain } from './messages.ts';

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is wrong with an answer, whatever was asked. */
export interface AnswerFault {
  readonly check: string;
  readonly message: string;
}

/** What an answer's body holds, and what is wrong with it. */
export interface CheckedAnswer {
  readonly body: JsonObject | undefined;
  readonly faults: readonly AnswerFault[];
}

/**
 * Checks what must hold of every answer: content type, body or none, an error's form, `Location` and version of a
 * resource, no password anywhere.
 */
export function checkAnswer(answer: RawAnswer): CheckedAnswer {
  if (answer.status === 204) {
    const faults = answer.text === '' ? [] : [{ check: 'body', message: `204 came with a body: ${answer.text}` }];
    return { body: undefined, faults };
  }
  const faults: AnswerFault[] = [];
  const fault = (check: string, message: string): void => {
    faults.push({ check, message });
  };
  const contentType = answer.headers.get('content-type');
  if (!/^application\/scim\+json\s*(;|$)/i.test(contentType ?? '')) {
    fault('content type', `expected application/scim+json, got ${contentType ?? 'none'} (status ${answer.status})`);
  }
  const body = parseBody(answer.text);
  if (body === undefined) {
    fault(
      'body',
      `expected a JSON object with status ${answer.status}, got ${JSON.stringify(answer.text.slice(0, 200))}`,
    );
    return { body, faults };
  }
  if (hasPassword(body)) fault('password', 'the answer holds an attribute "password"');
  if (answer.status >= 400) faults.push(...checkError(answer, body));
  else faults.push(...checkMeta(answer, body));
  return { body, faults };
}

function parseBody(text: string): JsonObject | undefined {
  try {
    const body: JsonValue = JSON.parse(text);
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.12 RFC 7644 §3.12} */
function checkError(answer: RawAnswer, body: JsonObject): AnswerFault[] {
  const faults: AnswerFault[] = [];
  const parsed = ErrorSchema.safeParse(body);
  if (!parsed.success) {
    faults.push({ check: 'error body', message: `status ${answer.status}: ${explain(parsed.error)}` });
  } else if (parsed.data.status !== String(answer.status)) {
    faults.push({ check: 'error body', message: `status ${answer.status}, but the body says ${parsed.data.status}` });
  }
  if (answer.status === 401 && answer.headers.get('www-authenticate') === null) {
    faults.push({ check: 'error body', message: '401 came without WWW-Authenticate (RFC 9110 §15.5.2)' });
  }
  return faults;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.3 RFC 7644 §3.3}, §3.14 */
function checkMeta(answer: RawAnswer, body: JsonObject): AnswerFault[] {
  const faults: AnswerFault[] = [];
  const meta = memberOf(body, 'meta');
  const location = answer.headers.get('location');
  const metaLocation = memberOf(meta, 'location');
  if (answer.status === 201 && (location === null || location !== metaLocation)) {
    const message = `Location is ${location ?? 'absent'}, meta.location ${JSON.stringify(metaLocation ?? null)}`;
    faults.push({ check: 'location', message });
  }
  const etag = answer.headers.get('etag');
  const version = memberOf(meta, 'version');
  if (etag !== null && version !== undefined && etag !== version) {
    faults.push({ check: 'version', message: `ETag is ${etag}, meta.version ${JSON.stringify(version)}` });
  }
  return faults;
}

function hasPassword(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.some(hasPassword);
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => name.toLowerCase() === 'password' || hasPassword(inner));
}
