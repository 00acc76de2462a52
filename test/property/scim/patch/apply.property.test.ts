import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../../scim/errors.ts';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { parsePatchBody } from '../../../../scim/patch/parse.ts';
import type { PatchResult } from '../../../../scim/patch/types.ts';
import type { ResourceSchema } from '../../../../scim/schema/resource-schema.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { parseResourceBody } from '../../../../scim/validation/resource-body.ts';
import { acmeUserSchema } from '../../../helpers/acme-extension.ts';
import {
  anyJson,
  deepFreeze,
  nearValidOperation,
  repeatableOperation,
  toPatchBody,
  userBody,
} from '../../../helpers/near-valid-json.ts';

const { Group } = createResourceSchemas();
const RUNS = { numRuns: 2_000 };

const user = userBody.map((body) => deepFreeze(parseResourceBody(acmeUserSchema, body).attributes));

/** undefined where the PATCH is refused; any failure that is not for the client's eyes comes through. */
function patchOrRefuse(schema: ResourceSchema, before: JsonObject, body: JsonValue): PatchResult | undefined {
  try {
    return applyPatch(schema, before, parsePatchBody(schema, body), 'r1');
  } catch (error) {
    if (!(error instanceof ScimError) || error.status !== 400) throw error;
    return undefined;
  }
}

describe('applyPatch', () => {
  it('succeeds or refuses in our own words, whatever the body, and leaves what it was given alone', () => {
    fc.assert(
      fc.property(user, fc.array(nearValidOperation, { minLength: 1, maxLength: 4 }), (before, operations) => {
        patchOrRefuse(acmeUserSchema, before, deepFreeze(toPatchBody(operations)));
        patchOrRefuse(Group, deepFreeze({ displayName: 'G' }), toPatchBody(operations));
      }),
      RUNS,
    );
    fc.assert(
      fc.property(anyJson, (body) => {
        patchOrRefuse(acmeUserSchema, { userName: 'a' }, body);
      }),
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('yields attributes in stored form: reading them as a body changes nothing', () => {
    fc.assert(
      fc.property(user, fc.array(nearValidOperation, { minLength: 1, maxLength: 4 }), (before, operations) => {
        const result = patchOrRefuse(acmeUserSchema, before, toPatchBody(operations));
        if (result === undefined) return;
        expect(parseResourceBody(acmeUserSchema, result.attributes).attributes).toEqual(result.attributes);
      }),
      RUNS,
    );
  });

  it('does nothing the second time, and says so by the very same object', () => {
    fc.assert(
      fc.property(user, repeatableOperation, (before, operation) => {
        const body = toPatchBody([operation]);
        const once = patchOrRefuse(acmeUserSchema, before, body);
        if (once === undefined) return;
        expect(patchOrRefuse(acmeUserSchema, once.attributes, body)?.attributes).toBe(once.attributes);
      }),
      RUNS,
    );
  });

  it('is sequential: two PATCHes one after the other are one with all of their operations', () => {
    fc.assert(
      fc.property(user, repeatableOperation, repeatableOperation, (before, first, second) => {
        const together = patchOrRefuse(acmeUserSchema, before, toPatchBody([first, second]));
        const one = patchOrRefuse(acmeUserSchema, before, toPatchBody([first]));
        if (together === undefined || one === undefined) return;
        const two = patchOrRefuse(acmeUserSchema, one.attributes, toPatchBody([second]));
        expect(two?.attributes).toEqual(together.attributes);
      }),
      RUNS,
    );
  });
});
