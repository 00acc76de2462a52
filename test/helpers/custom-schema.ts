import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../scim/json.ts';

/** The URN of the schema in `docs/custom-schemas.md`. */
export const ACME_USER = 'urn:ietf:params:scim:schemas:extension:acme:2.0:User';

/** The whole example of `docs/custom-schemas.md`, as an operator would register it. */
export function readDocumentedSchema(): JsonObject {
  const page = readFileSync(new URL('../../docs/custom-schemas.md', import.meta.url), 'utf8');
  const [, text] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  if (text === undefined) throw new Error('docs/custom-schemas.md has no example');
  return JSON.parse(text);
}
