import { isJsonObject } from '../json.ts';
import type { ClientOperation } from './client-operation.ts';

const echoedAttributes: ReadonlySet<string> = new Set(['schemas', 'meta']);

/**
 * What Okta sends: a `replace` without a path that repeats parts of the resource which no client can change
 * (`test/fixtures/okta/group-rename.json`). `schemas` and `meta` are left out; `id` stays, because only the engine knows
 * whether it is the resource's own. A value that had nothing else in it makes no operation.
 */
export function dropEchoedAttributes(operation: ClientOperation): readonly ClientOperation[] {
  const { path, value } = operation;
  if (path !== undefined || !isJsonObject(value)) return [operation];
  const entries = Object.entries(value);
  const kept = entries.filter(([key]) => !echoedAttributes.has(key.toLowerCase()));
  if (kept.length === entries.length) return [operation];
  return kept.length === 0 ? [] : [{ ...operation, value: Object.fromEntries(kept) }];
}
