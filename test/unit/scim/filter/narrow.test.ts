import { describe, expect, it } from 'vitest';
import { assertKnown, narrowFilter } from '../../../../scim/filter/narrow.ts';
import { parseFilter } from '../../../../scim/filter/parser.ts';
import { printFilter } from '../../../../scim/filter/printer.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const schemas = createResourceSchemas();

function narrow(text: string, type: 'User' | 'Group'): string | boolean {
  const narrowed = narrowFilter(parseFilter(text), schemas[type]);
  return typeof narrowed === 'boolean' ? narrowed : printFilter(narrowed);
}

describe('narrowFilter', () => {
  it.each([
    ['displayName eq "x"', 'displayName eq "x"', 'displayName eq "x"'],
    ['userName eq "x"', 'userName eq "x"', false],
    ['userName pr', 'userName pr', false],
    ['userName eq null', 'userName eq null', true],
    ['userName ne null', 'userName ne null', false],
    ['not (userName eq "x")', 'not (userName eq "x")', true],
    ['emails[type eq "work"]', 'emails[type eq "work"]', false],
    ['members eq "x" or displayName eq "y"', 'displayName eq "y"', 'members eq "x" or displayName eq "y"'],
    ['members eq "x" and displayName eq "y"', false, 'members eq "x" and displayName eq "y"'],
    ['userName pr or members eq "x"', 'userName pr', 'members eq "x"'],
    ['meta.resourceType eq "User"', true, false],
    ['meta.resourceType ne "User"', false, true],
    ['meta.resourceType sw "Gr"', false, true],
    ['meta.resourceType eq "user"', false, false],
    ['meta.resourceType pr', true, true],
    ['meta[resourceType eq "User"] and displayName pr', 'meta[resourceType eq "User"] and displayName pr', undefined],
    ['meta.resourceType eq "User" and displayName pr', 'displayName pr', false],
    ['not (meta.resourceType eq "User" or displayName pr)', false, 'not (displayName pr)'],
    [
      '(userName pr or displayName eq "a" or title pr) and (displayName eq "b" or id eq "c")',
      '(userName pr or displayName eq "a" or title pr) and (displayName eq "b" or id eq "c")',
      'displayName eq "a" and (displayName eq "b" or id eq "c")',
    ],
    // What is left of the "or" is one "and", which goes into the other.
    ['(members eq "x" or id pr and title pr) and displayName pr', 'id pr and title pr and displayName pr', undefined],
  ])('asks of users and of groups what is left of it: %s', (text, ofUsers, ofGroups) => {
    expect(narrow(text, 'User')).toBe(ofUsers);
    if (ofGroups !== undefined) expect(narrow(text, 'Group')).toBe(ofGroups);
  });

  it.each(['active gt true', 'meta.resourceType eq "Group" and userName gt 1', 'userName pr or meta.created eq "x"'])(
    'refuses what the attribute cannot be asked, whatever the rest comes to: %s',
    (text) => {
      expect(() => narrow(text, 'User')).toThrow(expect.objectContaining({ scimType: 'invalidFilter' }));
    },
  );
});

describe('assertKnown', () => {
  const check = (text: string) => () => assertKnown(parseFilter(text), [schemas.User, schemas.Group]);

  it('takes what one of the types has', () => {
    expect(check('userName pr and not (members eq "x") or emails[type eq "x"]')).not.toThrow();
  });

  it.each(['shoeSize pr', 'userName pr or not (shoeSize eq 1)', 'id pr and shoeSize[a eq 1]', 'urn:none:id pr'])(
    'refuses what neither has: %s',
    (text) => {
      expect(check(text)).toThrow(
        expect.objectContaining({ scimType: 'invalidFilter', message: expect.stringMatching(/User or Group/) }),
      );
    },
  );
});
