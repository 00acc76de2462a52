import { describe, expect, it } from 'vitest';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { findSubAttribute } from '../../../../scim/schema/resource-schema.ts';
import { createResourceSchemas, type RegisteredExtension } from '../../../../scim/schema/resource-types.ts';
import { USER_SCHEMA } from '../../../../scim/schema/user.ts';

const { User } = createResourceSchemas();

function extension(id: string, ...names: readonly string[]): RegisteredExtension {
  const attributes = names.map((name) => defineAttribute(name, 'Text.'));
  return { resourceType: 'User', schema: { id, name: id, description: 'Extension.', attributes } };
}

describe('ResourceSchema', () => {
  it('lists the common attributes before those of the core schema', () => {
    const names = [...User.coreAttributes].map(({ name }) => name);
    expect(names.slice(0, 5)).toEqual(['schemas', 'id', 'meta', 'externalId', 'userName']);
  });

  it('knows its core schema in any case', () => {
    expect(User.isCoreSchema(USER_SCHEMA.toUpperCase())).toBe(true);
    expect(User.isCoreSchema(ENTERPRISE_USER_SCHEMA)).toBe(false);
  });

  it('finds extensions and their attributes in any case', () => {
    expect(User.findExtension(ENTERPRISE_USER_SCHEMA.toUpperCase())?.id).toBe(ENTERPRISE_USER_SCHEMA);
    expect(User.findExtensionAttribute(ENTERPRISE_USER_SCHEMA, 'DEPARTMENT')?.name).toBe('department');
    expect(User.findExtension('urn:example:gone')).toBeUndefined();
    expect(User.findExtensionAttribute('urn:example:gone', 'department')).toBeUndefined();
  });
});

describe('ResourceSchema.resolve', () => {
  it.each([
    [{ name: 'USERNAME' }, undefined, 'userName'],
    [{ name: 'emails', subAttribute: 'VALUE' }, undefined, 'emails.value'],
    [{ schema: USER_SCHEMA.toLowerCase(), name: 'title' }, undefined, 'title'],
    [{ name: 'meta', subAttribute: 'created' }, undefined, 'meta.created'],
    [
      { schema: ENTERPRISE_USER_SCHEMA.toLowerCase(), name: 'Manager', subAttribute: '$REF' },
      ENTERPRISE_USER_SCHEMA,
      `${ENTERPRISE_USER_SCHEMA}:manager.$ref`,
    ],
  ])('finds %j', (path, extension, canonical) => {
    expect(User.resolve(path)).toMatchObject({ extension, canonical });
  });

  it.each([
    { name: 'shoeSize' },
    { name: 'department' },
    { name: 'emails', subAttribute: 'shoeSize' },
    { name: 'userName', subAttribute: 'value' },
    { schema: 'urn:example:gone', name: 'userName' },
    { schema: USER_SCHEMA, name: 'department' },
    { schema: ENTERPRISE_USER_SCHEMA, name: 'userName' },
    { name: '__proto__' },
    { name: 'constructor' },
  ])('finds nothing for %j', (path) => {
    expect(User.resolve(path)).toBeUndefined();
  });
});

describe('ResourceSchema.resolveLenient', () => {
  it('finds an extension’s attribute without its URN', () => {
    const found = User.resolveLenient({ name: 'MANAGER', subAttribute: 'value' });
    expect(found?.canonical).toBe(`${ENTERPRISE_USER_SCHEMA}:manager.value`);
  });

  it('prefers a core attribute', () => {
    const schemas = createResourceSchemas([extension('urn:example:a', 'title')]);
    expect(schemas.User.resolveLenient({ name: 'title' })?.canonical).toBe('title');
  });

  it('takes no name from what every tenant has where a tenant registers it, too', () => {
    const schemas = createResourceSchemas([extension('urn:example:a', 'manager')]);
    expect(schemas.User.resolveLenient({ name: 'manager' })).toEqual(User.resolveLenient({ name: 'manager' }));
  });

  it('finds nothing where two extensions have the name, nor beyond a URN that is given', () => {
    const schemas = createResourceSchemas([extension('urn:example:a', 'badge'), extension('urn:example:b', 'badge')]);
    expect(schemas.User.resolveLenient({ name: 'badge' })).toBeUndefined();
    expect(schemas.User.resolveLenient({ schema: 'urn:example:b', name: 'badge' })?.canonical).toBe(
      'urn:example:b:badge',
    );
    expect(User.resolveLenient({ schema: USER_SCHEMA, name: 'manager' })).toBeUndefined();
    expect(User.resolveLenient({ name: 'shoeSize' })).toBeUndefined();
  });
});

describe('findSubAttribute', () => {
  it('finds a sub-attribute in any case, and none in a simple attribute', () => {
    const emails = User.findCoreAttribute('emails');
    const title = User.findCoreAttribute('title');
    expect(emails && findSubAttribute(emails, 'TYPE')?.name).toBe('type');
    expect(title && findSubAttribute(title, 'type')).toBeUndefined();
  });
});
