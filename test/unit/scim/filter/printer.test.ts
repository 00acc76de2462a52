import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../scim/filter/parser.ts';
import { printAttributePath, printFilter } from '../../../../scim/filter/printer.ts';

describe('printFilter', () => {
  it.each([
    ['((a EQ "x"))', 'a eq "x"'],
    ['(a pr or b pr) and c pr', '(a pr or b pr) and c pr'],
    ['(a pr and b pr) or c pr', 'a pr and b pr or c pr'],
    ['NOT(a pr)', 'not (a pr)'],
    ['not (not (a pr or b pr))', 'not (not (a pr or b pr))'],
    ['e[t eq True].v ne null', 'e[t eq true and v ne null]'],
    ['urn:x:y:a.b sw "\\u0041\\"\\n"', 'urn:x:y:a.b sw "A\\"\\n"'],
    ['a gt 1.50', 'a gt 1.5'],
  ])('writes %s as %s', (text, printed) => {
    expect(printFilter(parseFilter(text))).toBe(printed);
  });
});

describe('printAttributePath', () => {
  it('writes only the parts that there are', () => {
    expect(printAttributePath({ name: 'a' })).toBe('a');
    expect(printAttributePath({ name: 'a', subAttribute: '$ref' })).toBe('a.$ref');
    expect(printAttributePath({ schema: 'urn:x:y', name: 'a', subAttribute: 'b' })).toBe('urn:x:y:a.b');
  });
});
