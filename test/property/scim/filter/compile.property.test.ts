import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../../scim/errors.ts';
import type { Filter } from '../../../../scim/filter/ast.ts';
import { compileFilter } from '../../../../scim/filter/compile.ts';
import type { JsonObject } from '../../../../scim/json.ts';
import { sampleSchema } from '../../../helpers/sample-schema.ts';
import { anyFilter, sampleFilter, sampleResource } from './arbitraries.ts';
import { matchesNaively } from './naive-evaluator.ts';

function holds(filter: Filter, resource: JsonObject): boolean {
  return compileFilter(filter, sampleSchema)(resource);
}

describe('compileFilter', () => {
  it('answers as a naive reading of the RFC does, with both answers', () => {
    const answers = { true: 0, false: 0 };
    fc.assert(
      fc.property(sampleFilter, sampleResource, (filter, resource) => {
        const answer = holds(filter, resource);
        answers[`${answer}`]++;
        expect(answer).toBe(matchesNaively(filter, resource));
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(answers.true, answers.false)).toBeGreaterThan(500);
  });

  it('obeys De Morgan: not (a and b) = (not a) or (not b)', () => {
    fc.assert(
      fc.property(sampleFilter, sampleFilter, sampleResource, (left, right, resource) => {
        const not = (operand: Filter): Filter => ({ kind: 'not', operand });
        const notBoth = not({ kind: 'and', operands: [left, right] });
        const eitherNot: Filter = { kind: 'or', operands: [not(left), not(right)] };
        expect(holds(notBoth, resource)).toBe(holds(eitherNot, resource));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same answer twice, and changes nothing', () => {
    fc.assert(
      fc.property(sampleFilter, sampleResource, (filter, resource) => {
        const before = structuredClone(resource);
        const matches = compileFilter(filter, sampleSchema);
        expect(matches(resource)).toBe(matches(resource));
        expect(resource).toEqual(before);
      }),
    );
  });

  it('takes any filter or refuses it with 400 invalidFilter', () => {
    fc.assert(
      fc.property(anyFilter, sampleResource, (filter, resource) => {
        try {
          holds(filter, resource);
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
          expect({ status: error.status, scimType: error.scimType }).toEqual({
            status: 400,
            scimType: 'invalidFilter',
          });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
