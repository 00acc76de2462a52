import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../../scim/errors.ts';
import { parseAttributePath, parseFilter, parsePatchPath } from '../../../../scim/filter/parser.ts';
import { printAttributePath, printFilter } from '../../../../scim/filter/printer.ts';
import type { PatchPath } from '../../../../scim/patch/types.ts';
import { anyFilter, anyPath, anyValueFilter } from './arbitraries.ts';

/** Words of the grammar in no order: nearer to a filter than random characters are. */
const almostFilter = fc
  .array(
    fc.oneof(
      fc.constantFrom('(', ')', '[', ']', '.', '"', '"x"', ' ', ' ', 'not', 'and', 'or', 'pr', 'eq', 'regex', 'null'),
      fc.constantFrom('emails', 'type', 'a.b', 'urn:x:y:z', '.value', '1', '-', '\\', '\\u00', '\ud800', '\0', 'é'),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const anyText = fc.oneof(
  almostFilter,
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  anyFilter.chain((filter) => {
    // A valid filter with one character too few or other than it was.
    const valid = printFilter(filter);
    return fc
      .tuple(fc.nat(valid.length), fc.string({ maxLength: 1 }))
      .map(([at, character]) => valid.slice(0, at) + character + valid.slice(at + 1));
  }),
);

function expectOnlyScimErrors(read: (text: string) => unknown): void {
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof ScimError)) throw error;
        expect(error.status).toBe(400);
        expect(['invalidFilter', 'invalidPath']).toContain(error.scimType);
        expect(error.message.length).toBeLessThan(400);
      }
    }),
    { numRuns: 3000 },
  );
}

describe('parseFilter', () => {
  it('reads back every filter that was printed', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual(filter);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes any text or refuses it with 400', () => {
    expectOnlyScimErrors(parseFilter);
  });

  it('reads what it took once as the same filter again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let filter: ReturnType<typeof parseFilter>;
        try {
          filter = parseFilter(text);
        } catch {
          return;
        }
        expect(parseFilter(printFilter(filter))).toEqual(filter);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('parsePatchPath', () => {
  it('reads back every path that was printed', () => {
    fc.assert(
      fc.property(anyPath, fc.option(anyValueFilter), (path, valueFilter) => {
        const { subAttribute, ...attribute } = path;
        const behind = subAttribute === undefined ? '' : `.${subAttribute}`;
        const text =
          valueFilter === null
            ? printAttributePath(path)
            : `${printAttributePath(attribute)}[${printFilter(valueFilter)}]${behind}`;
        const expected: PatchPath = valueFilter === null ? { attribute: path } : { attribute: path, valueFilter };
        expect(parsePatchPath(text)).toEqual(expected);
      }),
    );
  });

  it('takes any text or refuses it with 400', () => {
    expectOnlyScimErrors(parsePatchPath);
  });
});

describe('parseAttributePath', () => {
  it('reads back every path that was printed', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        expect(parseAttributePath(printAttributePath(path))).toEqual(path);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(() => parseAttributePath(text)).not.toThrow();
      }),
    );
  });
});
