import { describe, expect, it } from 'vitest';
import { toLocation, toRepresentation } from '../../../scim/representation.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';

const schemas = createResourceSchemas();
const tenantUrl = 'https://scim.example.com/acme/scim/v2';
const stamps = { id: '7', version: 3, created: '2026-01-02T03:04:05.678Z', lastModified: '2026-02-03T04:05:06.789Z' };

describe('toRepresentation', () => {
  it('adds id, schemas and meta to the attributes', () => {
    const resource = { ...stamps, attributes: { userName: 'ada@example.com' } };
    expect(toRepresentation(schemas.User, resource, tenantUrl)).toEqual({
      schemas: [USER_SCHEMA],
      id: '7',
      userName: 'ada@example.com',
      meta: {
        resourceType: 'User',
        created: '2026-01-02T03:04:05.678Z',
        lastModified: '2026-02-03T04:05:06.789Z',
        location: 'https://scim.example.com/acme/scim/v2/Users/7',
        version: 'W/"3"',
      },
    });
  });

  it('names an extension in schemas where the resource has data of it', () => {
    const attributes = { userName: 'ada', [ENTERPRISE_USER_SCHEMA]: { department: 'R&D' } };
    const representation = toRepresentation(schemas.User, { ...stamps, attributes }, tenantUrl);
    expect(representation['schemas']).toEqual([USER_SCHEMA, ENTERPRISE_USER_SCHEMA]);
    expect(representation[ENTERPRISE_USER_SCHEMA]).toEqual({ department: 'R&D' });
  });

  it('does not name an extension that has become empty', () => {
    const attributes = { userName: 'ada', [ENTERPRISE_USER_SCHEMA]: {} };
    const representation = toRepresentation(schemas.User, { ...stamps, attributes }, tenantUrl);
    expect(representation['schemas']).toEqual([USER_SCHEMA]);
    expect(representation).not.toHaveProperty([ENTERPRISE_USER_SCHEMA]);
  });

  it('merges what is derived into what is stored', () => {
    const attributes = { userName: 'ada', [ENTERPRISE_USER_SCHEMA]: { department: 'R&D', manager: { value: '8' } } };
    const derived = {
      groups: [{ value: 'g', display: 'Sales' }],
      [ENTERPRISE_USER_SCHEMA]: { manager: { displayName: 'Grace', $ref: `${tenantUrl}/Users/8` } },
    };
    const representation = toRepresentation(schemas.User, { ...stamps, attributes }, tenantUrl, derived);
    expect(representation).toMatchObject({
      userName: 'ada',
      groups: [{ value: 'g', display: 'Sales' }],
      [ENTERPRISE_USER_SCHEMA]: {
        department: 'R&D',
        manager: { value: '8', displayName: 'Grace', $ref: `${tenantUrl}/Users/8` },
      },
    });
    expect(attributes[ENTERPRISE_USER_SCHEMA].manager).toEqual({ value: '8' });
  });

  it('names an extension of which all is derived', () => {
    const derived = { [ENTERPRISE_USER_SCHEMA]: { manager: { displayName: 'Grace' } } };
    const resource = { ...stamps, attributes: { userName: 'ada' } };
    const representation = toRepresentation(schemas.User, resource, tenantUrl, derived);
    expect(representation['schemas']).toContain(ENTERPRISE_USER_SCHEMA);
  });

  it('writes the attributes in one order, whatever order they are stored in', () => {
    const one = { title: 'T', externalId: 'x', userName: 'ada', [ENTERPRISE_USER_SCHEMA]: { department: 'D' } };
    const other = Object.fromEntries(Object.entries(one).reverse());
    const write = (attributes: typeof one | typeof other) =>
      JSON.stringify(toRepresentation(schemas.User, { ...stamps, attributes }, tenantUrl));
    expect(write(other)).toBe(write(one));
    expect(Object.keys(JSON.parse(write(one)))).toEqual([
      'schemas',
      'id',
      'externalId',
      'userName',
      'title',
      ENTERPRISE_USER_SCHEMA,
      'meta',
    ]);
  });

  it('leaves out what no schema describes', () => {
    const attributes = {
      userName: 'ada',
      shoeSize: 42,
      'urn:example:gone:User': { badge: '1' },
      id: 'forged',
      meta: {},
    };
    const representation = toRepresentation(schemas.User, { ...stamps, attributes }, tenantUrl);
    expect(Object.keys(representation)).toEqual(['schemas', 'id', 'userName', 'meta']);
    expect(representation['id']).toBe('7');
  });
});

describe('toLocation', () => {
  it('keeps an id with odd characters one path segment', () => {
    expect(toLocation(tenantUrl, schemas.Group.type, '../Users/1?a#b\r\nX: y')).toBe(
      `${tenantUrl}/Groups/..%2FUsers%2F1%3Fa%23b%0D%0AX%3A%20y`,
    );
  });

  it('bears an id that is no well-formed text', () => {
    expect(toLocation(tenantUrl, schemas.User.type, '\ud800')).toBe(`${tenantUrl}/Users/%EF%BF%BD`);
  });
});
