import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject, type JsonValue, member } from '../../scim/json.ts';

/** The documented requests of a file in `test/fixtures`, by what they show. */
export function readDocumentedRequests(name: string): ReadonlyMap<string, JsonValue> {
  const file: JsonValue = JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
  const requests = isJsonObject(file) ? member(file, 'requests') : undefined;
  if (!isJsonObject(requests)) throw new Error(`test/fixtures/${name}.json has no requests`);
  return new Map(Object.entries(requests).map(([shows, request]) => [shows, bodyOf(request)]));
}

/** The body of one documented request. */
export function readDocumentedBody(name: string, shows: string): JsonValue {
  const body = readDocumentedRequests(name).get(shows);
  if (body === undefined) throw new Error(`test/fixtures/${name}.json has no request "${shows}"`);
  return body;
}

function bodyOf(request: JsonValue): JsonObject {
  const body = isJsonObject(request) ? member(request, 'body') : undefined;
  if (!isJsonObject(body)) throw new Error('a documented request needs a body');
  return body;
}
