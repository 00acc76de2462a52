import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareByCodePoint, normaliseText } from '../../../scim/text.ts';

// Letters whose folding or composition is peculiar, beside any other text.
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(...'aAiIıİßẞſσΣςéÉ\u0301\u0307\u0308\u0345\u030cǰŉΐΰᾳᾼﬁﬀKÅjJ'), { maxLength: 8 })
    .map((characters) => characters.join('')),
);

describe('normaliseText', () => {
  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (value, caseExact) => {
        const once = normaliseText(value, caseExact);
        expect(normaliseText(once, caseExact)).toBe(once);
      }),
      { numRuns: 5000 },
    );
  });

  it('gives canonically equivalent texts one form', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (value, caseExact) => {
        expect(normaliseText(value.normalize('NFD'), caseExact)).toBe(normaliseText(value, caseExact));
      }),
    );
  });

  it('finds the same text whatever its case, where case is not exact', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(normaliseText(value.toLowerCase(), false)).toBe(normaliseText(value, false));
      }),
    );
  });
});

describe('compareByCodePoint', () => {
  it('orders as UTF-8 bytes do', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareByCodePoint(left, right))).toBe(
          Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
