import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../scim/json.ts';
import { isSelected, parseSelection, project } from '../../../scim/projection.ts';
import { defineAttribute } from '../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';
import type { Schema } from '../../../scim/schema/types.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';

/** One attribute of each kind of `returned`, and a complex one with a sub-attribute of each kind. */
const PARKING = 'urn:example:parking:1.0:User';
const parking: Schema = {
  id: PARKING,
  name: 'Parking',
  description: 'Parking of a user.',
  attributes: [
    defineAttribute('space', 'Default.'),
    defineAttribute('permit', 'Always.', { returned: 'always' }),
    defineAttribute('history', 'On request.', { returned: 'request' }),
    defineAttribute('gateCode', 'Never.', { returned: 'never' }),
    defineAttribute('car', 'Complex.', {
      type: 'complex',
      subAttributes: [
        defineAttribute('plate', 'Always.', { returned: 'always' }),
        defineAttribute('color', 'Default.'),
        defineAttribute('fines', 'On request.', { returned: 'request' }),
        defineAttribute('alarmCode', 'Never.', { returned: 'never' }),
      ],
    }),
  ],
};

const schema = createResourceSchemas([{ resourceType: 'User', schema: parking }]).User;

const user: JsonObject = {
  schemas: [USER_SCHEMA, ENTERPRISE_USER_SCHEMA, PARKING],
  id: '7',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [
    { value: 'ada@work.example', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  groups: [{ value: 'g', display: 'Sales' }],
  [ENTERPRISE_USER_SCHEMA]: { department: 'R&D', manager: { value: '8', displayName: 'Grace' } },
  [PARKING]: {
    space: 'B2',
    permit: 'P1',
    history: 'B1',
    gateCode: '1234',
    car: { plate: 'X 1', color: 'red', fines: 'none', alarmCode: '5678' },
  },
  meta: { resourceType: 'User', location: 'https://scim.example.com/Users/7' },
};

function select(query: { attributes?: string; excludedAttributes?: string }): JsonObject {
  return project(schema, user, parseSelection(schema, query));
}

/** What is returned beside the attributes that always are. */
function selectBesidesAlways(query: { attributes?: string; excludedAttributes?: string }): JsonObject {
  const { schemas, id, [PARKING]: own, ...rest } = select(query);
  expect({ schemas, id }).toEqual({ schemas: user['schemas'], id: '7' });
  expect(own).toEqual(expect.objectContaining({ permit: 'P1' }));
  return rest;
}

describe('a projection without a query', () => {
  it('returns what is returned by default or always', () => {
    const { [PARKING]: own, ...rest } = select({});
    const { [PARKING]: _, ...all } = user;
    expect(rest).toEqual(all);
    expect(own).toEqual({ space: 'B2', permit: 'P1', car: { plate: 'X 1', color: 'red' } });
  });

  it.each([
    { attributes: '' },
    { attributes: ' , ' },
    { excludedAttributes: '' },
    { attributes: '', excludedAttributes: '' },
  ])('is also that of %j', (query) => {
    expect(select(query)).toEqual(select({}));
    expect(parseSelection(schema, query).parameter).toBeUndefined();
  });

  it('never returns a password, nor what no schema describes', () => {
    const resource = { ...user, password: 'secret', shoeSize: 42, 'urn:example:gone:User': { badge: '1' } };
    expect(project(schema, resource, parseSelection(schema, {}))).toEqual(select({}));
  });

  it('passes on a simple value where the schema has a complex one', () => {
    const resource = { id: '7', emails: ['ada@example.com'] };
    expect(project(schema, resource, parseSelection(schema, {}))).toEqual(resource);
  });

  it('keeps a list that is empty', () => {
    expect(project(schema, { id: '7', emails: [] }, parseSelection(schema, {}))).toEqual({ id: '7', emails: [] });
  });
});

describe('attributes', () => {
  it('returns what is named, and what is always returned', () => {
    expect(selectBesidesAlways({ attributes: 'userName' })).toEqual({ userName: 'ada' });
    expect(parseSelection(schema, { attributes: 'userName' }).parameter).toBe('attributes');
  });

  it.each(['USERNAME', ` userName `, `${USER_SCHEMA}:userName`, `${USER_SCHEMA.toUpperCase()}:USERNAME`])(
    'understands %j',
    (attributes) => {
      expect(selectBesidesAlways({ attributes })).toEqual({ userName: 'ada' });
    },
  );

  it('returns of a complex attribute only the sub-attribute that is named', () => {
    expect(selectBesidesAlways({ attributes: 'name.givenName,emails.value' })).toEqual({
      name: { givenName: 'Ada' },
      emails: [{ value: 'ada@work.example' }, { value: 'ada@home.example' }],
    });
  });

  it('drops the values that lack the sub-attribute', () => {
    expect(selectBesidesAlways({ attributes: 'emails.primary' })).toEqual({ emails: [{ primary: true }] });
    expect(selectBesidesAlways({ attributes: 'emails.display' })).toEqual({});
  });

  it('returns all of a complex attribute that is named beside its sub-attribute', () => {
    expect(selectBesidesAlways({ attributes: 'name.givenName,name' })).toEqual({ name: user['name'] });
  });

  it.each([`${ENTERPRISE_USER_SCHEMA}:department`, `${ENTERPRISE_USER_SCHEMA.toLowerCase()}:DEPARTMENT`, 'department'])(
    'finds the extension’s attribute as %s',
    (attributes) => {
      expect(selectBesidesAlways({ attributes })).toEqual({ [ENTERPRISE_USER_SCHEMA]: { department: 'R&D' } });
    },
  );

  it.each([`${ENTERPRISE_USER_SCHEMA}:manager.value`, 'manager.value'])(
    'finds the sub-attribute as %s',
    (attributes) => {
      expect(selectBesidesAlways({ attributes })).toEqual({ [ENTERPRISE_USER_SCHEMA]: { manager: { value: '8' } } });
    },
  );

  it('takes the URN of an extension for all of its attributes', () => {
    expect(selectBesidesAlways({ attributes: ENTERPRISE_USER_SCHEMA })).toEqual({
      [ENTERPRISE_USER_SCHEMA]: user[ENTERPRISE_USER_SCHEMA],
    });
  });

  it.each([
    'shoeSize',
    'name.shoeSize',
    'name.givenName.x',
    'emails[type eq "work"]',
    'urn:example:gone:User:badge',
    ':',
    '.',
    '__proto__',
  ])('ignores %j and returns the minimum', (attributes) => {
    expect(selectBesidesAlways({ attributes })).toEqual({});
  });

  it('returns on request what is returned on request, if named itself', () => {
    expect(select({ attributes: `${PARKING}:history` })[PARKING]).toEqual({ permit: 'P1', history: 'B1' });
    expect(select({ attributes: PARKING })[PARKING]).toEqual({
      permit: 'P1',
      space: 'B2',
      car: { plate: 'X 1', color: 'red' },
    });
    expect(select({ attributes: `${PARKING}:car.fines` })[PARKING]).toEqual({
      permit: 'P1',
      car: { plate: 'X 1', fines: 'none' },
    });
  });

  it.each(['gateCode', 'car.alarmCode', 'password'])('never returns %s', (attributes) => {
    expect(select({ attributes })[PARKING]).toEqual({ permit: 'P1' });
  });
});

describe('excludedAttributes', () => {
  it('returns the default without what is named', () => {
    const { groups: _, ...rest } = select({});
    expect(select({ excludedAttributes: 'GROUPS' })).toEqual(rest);
    expect(parseSelection(schema, { excludedAttributes: 'groups' }).parameter).toBe('excludedAttributes');
  });

  it('takes a sub-attribute away', () => {
    expect(select({ excludedAttributes: 'emails.value,emails.primary' })['emails']).toEqual([
      { type: 'work' },
      { type: 'home' },
    ]);
  });

  it('leaves no empty value behind', () => {
    const excludedAttributes = [
      'name.givenName,name.familyName,emails.value,emails.type,emails.primary',
      `${ENTERPRISE_USER_SCHEMA}:department,manager.value,manager.displayName`,
    ].join();
    const { name: _n, emails: _e, [ENTERPRISE_USER_SCHEMA]: _x, ...rest } = select({});
    expect(select({ excludedAttributes })).toEqual(rest);
  });

  it('takes a whole extension away and leaves schemas as they are', () => {
    const { [ENTERPRISE_USER_SCHEMA]: _, ...rest } = select({});
    expect(select({ excludedAttributes: ENTERPRISE_USER_SCHEMA })).toEqual(rest);
  });

  it('cannot take away what is always returned', () => {
    const excludedAttributes = `id,schemas,${PARKING},${PARKING}:permit`;
    const { [PARKING]: own, ...rest } = select({ excludedAttributes });
    const { [PARKING]: _, ...all } = user;
    expect(rest).toEqual(all);
    expect(own).toEqual({ permit: 'P1' });
    expect(select({ excludedAttributes: `${PARKING}:car.plate` })[PARKING]).toMatchObject({ car: { plate: 'X 1' } });
  });

  it('takes meta away', () => {
    expect(select({ excludedAttributes: 'meta' })).not.toHaveProperty('meta');
  });

  it('excludes attributes', () => {
    expect(() => parseSelection(schema, { attributes: 'id', excludedAttributes: 'groups' })).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
    );
  });
});

describe('isSelected', () => {
  const manager = `${ENTERPRISE_USER_SCHEMA}:manager.displayName`;

  it.each([
    [{}, true, true],
    [{ attributes: 'userName' }, false, false],
    [{ attributes: 'groups.display' }, true, false],
    [{ attributes: 'manager' }, false, true],
    [{ attributes: 'manager.value' }, false, false],
    [{ attributes: ENTERPRISE_USER_SCHEMA }, false, true],
    [{ excludedAttributes: 'groups' }, false, true],
    [{ excludedAttributes: 'groups.value' }, true, true],
    [{ excludedAttributes: 'groups.value,groups.$ref,groups.display,groups.type' }, false, true],
    [{ excludedAttributes: 'manager.displayName' }, true, false],
    [{ excludedAttributes: ENTERPRISE_USER_SCHEMA }, true, false],
  ])('tells for %j whether groups and the manager’s name are returned', (query, groups, displayName) => {
    const selection = parseSelection(schema, query);
    expect(isSelected(selection, 'groups')).toBe(groups);
    expect(isSelected(selection, manager)).toBe(displayName);
  });

  it('tells that members are not returned where they are excluded', () => {
    const { Group } = createResourceSchemas();
    expect(isSelected(parseSelection(Group, { excludedAttributes: 'members' }), 'members')).toBe(false);
    expect(isSelected(parseSelection(Group, {}), 'members')).toBe(true);
  });
});
