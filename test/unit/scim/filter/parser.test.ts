import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../../scim/errors.ts';
import type { CompareOperator, Filter, FilterValue } from '../../../../scim/filter/ast.ts';
import {
  MAX_FILTER_DEPTH,
  MAX_FILTER_LENGTH,
  MAX_FILTER_TERMS,
  parseAttributePath,
  parseFilter,
  parsePatchPath,
} from '../../../../scim/filter/parser.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

function compare(name: string, operator: CompareOperator, value: FilterValue): Filter {
  return { kind: 'compare', path: { name }, operator, value };
}

function present(name: string): Filter {
  return { kind: 'present', path: { name } };
}

function refusal(read: () => unknown): { status: number; scimType: string | undefined; detail: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof ScimError) return { status: error.status, scimType: error.scimType, detail: error.message };
    throw error;
  }
  return expect.fail('nothing was thrown');
}

describe('parseFilter', () => {
  it.each(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const)('reads the operator %s', (operator) => {
    expect(parseFilter(`userName ${operator} "x"`)).toEqual(compare('userName', operator, 'x'));
    expect(parseFilter(`userName ${operator.toUpperCase()} "x"`)).toEqual(compare('userName', operator, 'x'));
  });

  // RFC 7644 §3.4.2.2, figure 2
  it.each([
    'userName eq "bjensen"',
    `name.familyName co "O'Malley"`,
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
    'title pr',
    'meta.lastModified ge "2011-05-13T04:42:34Z"',
    'title pr or userType eq "Intern"',
    '\n schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    'userType eq "Employee" and (emails co "example.com" or\n  emails.value co "example.org")',
    'userType ne "Employee" and not (emails co "example.com" or\n  emails.value co "example.org")',
    'emails[type eq "work" and value co "@example.com"] or\n  ims[type eq "xmpp" and value co "@foo.com"]',
  ])('reads the RFC’s example %j', (text) => {
    expect(() => parseFilter(text)).not.toThrow();
  });

  it('lets "and" bind more than "or", and "not" more than both', () => {
    expect(parseFilter('a pr or not (b pr) and c pr')).toEqual({
      kind: 'or',
      operands: [present('a'), { kind: 'and', operands: [{ kind: 'not', operand: present('b') }, present('c')] }],
    });
  });

  it('groups by brackets', () => {
    expect(parseFilter('(a pr or b pr) and c pr')).toEqual({
      kind: 'and',
      operands: [{ kind: 'or', operands: [present('a'), present('b')] }, present('c')],
    });
  });

  it('gives brackets that change nothing the same form as none', () => {
    const flat = { kind: 'and', operands: [present('a'), present('b'), present('c')] };
    expect(parseFilter('a pr and (b pr and c pr)')).toEqual(flat);
    expect(parseFilter('((a pr AND b pr)) And c pr')).toEqual(flat);
    expect(parseFilter('(a pr or (b pr)) or c pr')).toEqual({ ...flat, kind: 'or' });
  });

  it.each<[string, FilterValue]>([
    ['true', true],
    ['True', true],
    ['FALSE', false],
    ['Null', null],
    ['0', 0],
    ['-0', 0],
    ['-12.5e-1', -1.25],
    ['1E3', 1000],
    ['"true"', 'true'],
    ['""', ''],
    [String.raw`"a\"b\\c\/d\b\f\n\r\t"`, 'a"b\\c/d\b\f\n\r\t'],
    [String.raw`"\u00e9\uD83D\uDE00x"`, 'é😀x'],
    ['"(not) [a] or b"', '(not) [a] or b'],
  ])('reads the value %s', (text, value) => {
    expect(parseFilter(`a eq ${text}`)).toEqual(compare('a', 'eq', value));
  });

  it('reads a value path, whose filter may have "not" and brackets', () => {
    expect(parseFilter('emails[not (type eq "work") and (value pr or primary eq true)]')).toEqual({
      kind: 'valuePath',
      path: { name: 'emails' },
      filter: {
        kind: 'and',
        operands: [
          { kind: 'not', operand: compare('type', 'eq', 'work') },
          { kind: 'or', operands: [present('value'), compare('primary', 'eq', true)] },
        ],
      },
    });
  });

  it('asks what stands behind a value path of the same value, as Entra means it', () => {
    expect(parseFilter('emails[type eq "work"].value eq "x"')).toEqual(
      parseFilter('emails[type eq "work" and value eq "x"]'),
    );
    expect(parseFilter('emails[type eq "a" or type eq "b"].value pr and c pr')).toEqual(
      parseFilter('emails[(type eq "a" or type eq "b") and value pr] and c pr'),
    );
  });

  it('takes "eq null" behind a value path for: no selected value has it', () => {
    expect(parseFilter('emails[type eq "work"].value eq null')).toEqual(
      parseFilter('not (emails[type eq "work" and value pr])'),
    );
  });

  it('takes the attribute’s name from behind the URN’s last colon', () => {
    expect(parseFilter(`${ENTERPRISE}:manager.value eq "1"`)).toEqual({
      kind: 'compare',
      path: { schema: ENTERPRISE, name: 'manager', subAttribute: 'value' },
      operator: 'eq',
      value: '1',
    });
    expect(parseFilter(`${ENTERPRISE}:addresses[type eq "x"]`)).toEqual({
      kind: 'valuePath',
      path: { schema: ENTERPRISE, name: 'addresses' },
      filter: compare('type', 'eq', 'x'),
    });
  });

  it('needs no blank where a quote or a bracket parts the words', () => {
    const filter = compare('value', 'eq', 'x');
    expect(parseFilter('members[value eq"x"]')).toEqual({ kind: 'valuePath', path: { name: 'members' }, filter });
    expect(parseFilter('not(value eq"x")')).toEqual({ kind: 'not', operand: filter });
    expect(parseFilter(' \t( value  eq\n"x" ) ')).toEqual(filter);
  });

  it('reads "not", "and", "or" and "pr" as attributes where no operator can stand', () => {
    expect(parseFilter('not pr')).toEqual(present('not'));
    expect(parseFilter('and pr and or pr')).toEqual({ kind: 'and', operands: [present('and'), present('or')] });
    expect(parseFilter('pr pr')).toEqual(present('pr'));
    expect(parseFilter('true eq true')).toEqual(compare('true', 'eq', true));
  });

  it('keeps names like $ref, and hyphens and underscores in names', () => {
    expect(parseFilter('members.$ref pr')).toEqual({
      kind: 'present',
      path: { name: 'members', subAttribute: '$ref' },
    });
    expect(parseFilter('cost-center_2 pr')).toEqual(present('cost-center_2'));
  });

  it('names an operator that there is not, and those that there are', () => {
    expect(refusal(() => parseFilter('userName regex "x"'))).toEqual({
      status: 400,
      scimType: 'invalidFilter',
      detail:
        'The filter is not valid at character 10: operator "regex" is not supported; ' +
        'expected one of eq, ne, co, sw, ew, gt, ge, lt, le, pr',
    });
  });

  it.each([
    ['', 1, 'found the end of the filter, expected an attribute'],
    ['   ', 4, 'found the end of the filter'],
    ['title', 6, 'expected one of the operators eq, ne'],
    ['title eq', 9, 'expected a value: a string in double quotes'],
    ["title eq 'x'", 10, 'found "\'x\'", expected a value'],
    ['title eq x', 10, 'found "x", expected a value'],
    ['title eq 01', 10, 'found "01", expected a value'],
    ['title eq +1', 10, 'found "+1"'],
    ['title eq 1e999', 10, 'found "1e999"'],
    ['title eq (', 10, 'found "("'],
    ['title "x" eq', 7, 'found "\\"x\\"", expected one of the operators'],
    ['title pr and', 13, 'found the end of the filter, expected an attribute'],
    ['title pr title pr', 10, 'found "title", expected "and", "or" or the end'],
    ['(title pr', 10, 'expected "and", "or" or ")"'],
    ['title pr)', 9, 'found ")"'],
    ['()', 2, 'found ")"'],
    ['emails[type pr', 15, 'expected "and", "or" or "]"'],
    ['emails[]', 8, 'found "]"'],
    ['emails[type pr)', 15, 'found ")"'],
    ['emails[type pr] .value pr', 17, 'found ".value", expected "and", "or" or the end'],
    ['emails[type pr].va.lue pr', 16, 'expected a dot and the name of a sub-attribute'],
    ['emails[type pr].value', 22, 'expected one of the operators'],
    ['a[b[c pr]]', 3, 'a value path cannot stand inside another'],
    ['a.b.c pr', 1, 'found "a.b.c", expected an attribute such as'],
    ['.b pr', 1, 'found ".b"'],
    ['a. pr', 1, 'found "a."'],
    ['__proto__ pr', 1, 'found "__proto__"'],
    ['2a pr', 1, 'found "2a"'],
    ['foo:bar pr', 1, 'found "foo:bar"'],
    ['urn:a: pr', 1, 'found "urn:a:"'],
    ['é pr', 1, 'found "é"'],
    ['a\0b pr', 1, 'found "a\\u0000b"'],
    ['title eq "x', 10, 'has no closing quote'],
    ['title eq "x\\"', 10, 'has no closing quote'],
    ['title eq "x\\', 12, 'a backslash in a string must be followed by one of'],
    ['title eq "\\q"', 11, 'a backslash in a string must be followed by one of'],
    ['title eq "\\u12g4"', 11, 'four hexadecimal digits'],
    ['title eq "a\nb"', 12, 'write it as \\u000a'],
    ['title eq "\0"', 11, 'write it as \\u0000'],
    ['title eq "\\u0000"', 10, 'U+0000'],
    ['title eq "\\ud83d"', 10, 'half of a surrogate pair'],
    ['title eq "\ude00"', 10, 'half of a surrogate pair'],
  ])('refuses %j and says where', (text, character, problem) => {
    const { status, scimType, detail } = refusal(() => parseFilter(text));
    expect({ status, scimType }).toEqual({ status: 400, scimType: 'invalidFilter' });
    expect(detail).toContain(`at character ${character}: `);
    expect(detail).toContain(problem);
  });

  it('never repeats more than a little of what it refuses', () => {
    const { detail } = refusal(() => parseFilter(`${'x'.repeat(5000)}. pr`));
    expect(detail.length).toBeLessThan(200);
  });

  it('reads a filter at its limits, and names the limit that one beyond exceeds', () => {
    const deep = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;
    const long = (terms: number) => Array.from({ length: terms }, () => 'a pr').join(' or ');
    const filled = (length: number) => `a eq "${'x'.repeat(length - 7)}"`;
    for (const text of [deep(MAX_FILTER_DEPTH), long(MAX_FILTER_TERMS), filled(MAX_FILTER_LENGTH)]) {
      expect(() => parseFilter(text)).not.toThrow();
    }
    expect(refusal(() => parseFilter(deep(MAX_FILTER_DEPTH + 1))).detail).toContain('more than 32 deep');
    expect(refusal(() => parseFilter(long(MAX_FILTER_TERMS + 1))).detail).toContain('more than 256 comparisons');
    expect(refusal(() => parseFilter(filled(MAX_FILTER_LENGTH + 1))).detail).toContain('longer than 8192 characters');
    expect(refusal(() => parseFilter(`a pr or ${'not ('.repeat(100)}`)).detail).toContain('more than 32 deep');
  });

  it('refuses ten thousand brackets at once', () => {
    const started = performance.now();
    expect(refusal(() => parseFilter('('.repeat(10_000))).scimType).toBe('invalidFilter');
    expect(refusal(() => parseFilter('('.repeat(8_000))).scimType).toBe('invalidFilter');
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('parsePatchPath', () => {
  // RFC 7644 §3.5.2, and what Entra sends
  it.each([
    ['members', { attribute: { name: 'members' } }],
    ['name.familyName', { attribute: { name: 'name', subAttribute: 'familyName' } }],
    [`${ENTERPRISE}:manager`, { attribute: { schema: ENTERPRISE, name: 'manager' } }],
    ['addresses[type eq "work"]', { attribute: { name: 'addresses' }, valueFilter: compare('type', 'eq', 'work') }],
    [
      'emails[type eq "work"].value',
      { attribute: { name: 'emails', subAttribute: 'value' }, valueFilter: compare('type', 'eq', 'work') },
    ],
    [
      `${ENTERPRISE}:things[value eq"x"].$ref`,
      {
        attribute: { schema: ENTERPRISE, name: 'things', subAttribute: '$ref' },
        valueFilter: compare('value', 'eq', 'x'),
      },
    ],
  ])('reads %s', (text, path) => {
    expect(parsePatchPath(text)).toEqual(path);
  });

  it.each([
    ['', 1, 'found the end of the path, expected an attribute such as'],
    ['a b', 3, 'found "b", expected the end of the path'],
    ['(a)', 1, 'found "("'],
    ['a..b', 1, 'found "a..b"'],
    ['name.x[y pr]', 1, 'must stand behind an attribute, not behind a sub-attribute'],
    ['emails[type eq "work"', 22, 'found the end of the path, expected "and", "or" or "]"'],
    ['emails[type pr].', 16, 'a dot and the name of a sub-attribute'],
    ['emails[type pr]value', 16, 'found "value", expected the end of the path'],
    ['emails[type pr] pr', 17, 'found "pr", expected the end of the path'],
    ['emails[a pr][b pr]', 13, 'found "["'],
    ['a "', 3, 'no closing quote'],
  ])('refuses %j as an invalid path and says where', (text, character, problem) => {
    const { status, scimType, detail } = refusal(() => parsePatchPath(text));
    expect({ status, scimType }).toEqual({ status: 400, scimType: 'invalidPath' });
    expect(detail).toContain(`The path is not valid at character ${character}: `);
    expect(detail).toContain(problem);
  });

  // RFC 7644 §3.12, table 9: invalidFilter applies to the filter in a PATCH path
  it.each([
    ['emails[type regex "x"]', 13, 'operator "regex" is not supported'],
    ['emails[type eq "x]', 16, 'no closing quote'],
    ['emails[]', 8, 'found "]"'],
    ['emails[a[b pr]]', 8, 'a value path cannot stand inside another'],
  ])('refuses %j as a path with an invalid filter and says where', (text, character, problem) => {
    const { status, scimType, detail } = refusal(() => parsePatchPath(text));
    expect({ status, scimType }).toEqual({ status: 400, scimType: 'invalidFilter' });
    expect(detail).toContain(`The path is not valid at character ${character}: `);
    expect(detail).toContain(problem);
  });

  it('names the limit that a path exceeds', () => {
    const { scimType, detail } = refusal(() => parsePatchPath('a'.repeat(MAX_FILTER_LENGTH + 1)));
    expect(scimType).toBe('invalidPath');
    expect(detail).toBe('The path is longer than 8192 characters');
  });
});

describe('parseAttributePath', () => {
  it('takes a name apart, whatever blanks are around it', () => {
    expect(parseAttributePath(' userName ')).toEqual({ name: 'userName' });
    expect(parseAttributePath(`${ENTERPRISE}:manager.$ref`)).toEqual({
      schema: ENTERPRISE,
      name: 'manager',
      subAttribute: '$ref',
    });
    expect(parseAttributePath('http://example.com/2.0/Group:x')).toEqual({
      schema: 'http://example.com/2.0/Group',
      name: 'x',
    });
  });

  it.each(['', ' ', 'a b', 'a.b.c', 'a[b pr]', '1a', ':a', 'a:', 'a:b', '__proto__', 'a,b', 'a\0', 'é'])(
    'takes %j for no attribute path',
    (text) => {
      expect(parseAttributePath(text)).toBeUndefined();
    },
  );

  it('takes no attribute path beyond the limit of length', () => {
    expect(parseAttributePath('a'.repeat(MAX_FILTER_LENGTH + 1))).toBeUndefined();
  });
});
