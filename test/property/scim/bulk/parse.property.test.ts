import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BULK_REQUEST_SCHEMA, parseBulkRequest } from '../../../../scim/bulk/parse.ts';
import { planBulk } from '../../../../scim/bulk/plan.ts';
import { replaceReferences } from '../../../../scim/bulk/references.ts';
import { ScimError } from '../../../../scim/errors.ts';
import type { JsonValue } from '../../../../scim/json.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const types = Object.values(createResourceSchemas()).map(({ type }) => type);
const json = fc.jsonValue({ maxDepth: 4 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));

/** Members that are often what they should be, and often not. */
const operation = fc.record(
  {
    method: fc.oneof(fc.constantFrom('POST', 'put', 'Patch', 'DELETE', 'GET'), json),
    path: fc.oneof(fc.constantFrom('/Users', 'Groups/g', '/Users/bulkId:a', '/Users/%', '/'), fc.string(), json),
    bulkId: fc.oneof(fc.constantFrom('a', 'b', ''), json),
    version: fc.oneof(fc.constantFrom('W/"1"', '*', '"'), json),
    data: fc.oneof(fc.constantFrom({ members: [{ value: 'bulkId:a' }] }, { userName: 'u', x: 'bulkId:b' }), json),
  },
  { requiredKeys: [] },
);
const body = fc.record({
  schemas: fc.oneof({ weight: 9, arbitrary: fc.constant([BULK_REQUEST_SCHEMA]) }, { weight: 1, arbitrary: json }),
  failOnErrors: fc.oneof(fc.constantFrom(null, 1, 0, -1, 1.5), json),
  Operations: fc.oneof({ weight: 9, arbitrary: fc.array(fc.oneof(operation, json)) }, { weight: 1, arbitrary: json }),
});

describe('parseBulkRequest', () => {
  it('refuses a body in its own words, or reads an operation for each that there is', () => {
    fc.assert(
      fc.property(fc.oneof(body, json), (given) => {
        try {
          const { operations } = parseBulkRequest(given, types, 8);
          expect(operations).toHaveLength(Object(given).Operations.length);
          expect(operations.length).toBeLessThanOrEqual(8);
          expect(planBulk(operations).filter(({ kind }) => kind === 'perform')).toHaveLength(operations.length);
          for (const one of operations) if (one.kind === 'faulty') expect(one.error.status).toBeLessThan(500);
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
          expect([400, 413]).toContain(error.status);
        }
      }),
    );
  });
});

describe('replaceReferences', () => {
  it('changes nothing of data that has none, and leaves none where it is done', () => {
    fc.assert(
      fc.property(fc.oneof(body, json), (data) => {
        const replaced = replaceReferences(data, () => 'id');
        if (!JSON.stringify(data).includes('bulkId:')) expect(replaced).toEqual(data);
        replaceReferences(replaced, (bulkId) => expect.fail(`${bulkId} is left`));
      }),
    );
  });
});
