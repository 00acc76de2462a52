import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../../scim/errors.ts';
import type { JsonValue } from '../../../../scim/json.ts';
import type { ResourceSchema } from '../../../../scim/schema/resource-schema.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { parseResourceBody, type ResourceBody } from '../../../../scim/validation/resource-body.ts';
import { acmeUserSchema } from '../../../helpers/acme-extension.ts';
import { anyJson, deepFreeze, userBody } from '../../../helpers/near-valid-json.ts';

const { Group } = createResourceSchemas();

function parseOrRefuse(schema: ResourceSchema, body: JsonValue): ResourceBody | undefined {
  try {
    return parseResourceBody(schema, deepFreeze(body));
  } catch (error) {
    if (!(error instanceof ScimError) || error.status !== 400) throw error;
    return undefined;
  }
}

/** A body of which one attribute holds anything. */
const spoiltBody = fc
  .tuple(
    userBody,
    fc.constantFrom('userName', 'name', 'emails', 'active', 'schemas', 'password', 'groups', 'id', '__proto__'),
    anyJson,
  )
  .map(([body, name, value]): JsonValue => Object.fromEntries([...Object.entries(body), [name, value]]));

/** What no stored form has: members that are never stored, and values that say that there is none. */
function strangersIn(value: JsonValue): readonly unknown[] {
  if (value === null || value === '') return [value];
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [value];
  return entries.flatMap(([name, inner]) => [
    ...(name === 'password' || name === 'schemas' ? [name] : []),
    ...strangersIn(inner),
  ]);
}

describe('parseResourceBody', () => {
  it('succeeds or refuses in our own words, whatever the body', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, spoiltBody), (body) => {
        parseOrRefuse(acmeUserSchema, body);
        parseOrRefuse(Group, body);
      }),
      { numRuns: 2_000 },
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('yields stored form: read as a body, it is the same again', () => {
    fc.assert(
      fc.property(fc.oneof(userBody, spoiltBody), (body) => {
        const parsed = parseOrRefuse(acmeUserSchema, body);
        if (parsed === undefined) return;
        expect(parseResourceBody(acmeUserSchema, parsed.attributes).attributes).toEqual(parsed.attributes);
        expect(strangersIn(parsed.attributes)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
