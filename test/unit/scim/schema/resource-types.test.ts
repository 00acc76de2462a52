import { describe, expect, it } from 'vitest';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import type { AttributeDefinition, Schema } from '../../../../scim/schema/types.ts';
import { USER_SCHEMA } from '../../../../scim/schema/user.ts';

const badges: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:Badges:2.0:User',
  name: 'Badges',
  description: 'Badges of a user.',
  attributes: [defineAttribute('badgeNumber', 'Number on the badge.')],
};

/** Every attribute and sub-attribute, with its path. */
function describeAll(attributes: Iterable<AttributeDefinition>, prefix = ''): [string, AttributeDefinition][] {
  return [...attributes].flatMap((attribute): [string, AttributeDefinition][] => [
    [`${prefix}${attribute.name}`, attribute],
    ...describeAll(attribute.subAttributes ?? [], `${prefix}${attribute.name}.`),
  ]);
}

describe('createResourceSchemas', () => {
  it('knows the enterprise extension of users', () => {
    const path = { schema: ENTERPRISE_USER_SCHEMA.toUpperCase(), name: 'MANAGER', subAttribute: 'displayname' };
    expect(createResourceSchemas().User.resolve(path)?.canonical).toBe(`${ENTERPRISE_USER_SCHEMA}:manager.displayName`);
  });

  it('adds the extensions that a tenant has registered, each to its resource type', () => {
    const schemas = createResourceSchemas([{ resourceType: 'User', schema: badges }]);
    expect(schemas.User.findExtensionAttribute(badges.id, 'badgenumber')?.name).toBe('badgeNumber');
    expect(schemas.User.findExtension(ENTERPRISE_USER_SCHEMA)).toBeDefined();
    expect(schemas.Group.findExtension(badges.id)).toBeUndefined();
  });

  it.each([USER_SCHEMA, ENTERPRISE_USER_SCHEMA.toLowerCase()])('fails for an extension that takes the URN %s', (id) => {
    expect(() => createResourceSchemas([{ resourceType: 'User', schema: { ...badges, id } }])).toThrow(
      `User has two schemas with the URN ${id}`,
    );
  });
});

describe.each(Object.entries(createResourceSchemas()))('the schemas of %s', (_name, { coreAttributes, type }) => {
  const attributes = describeAll([
    ...coreAttributes,
    ...type.extensions.flatMap((extension) => extension.schema.attributes),
  ]);

  it('describe every attribute in words, and no two of one name', () => {
    expect(attributes.filter(([, { description }]) => description.trim() === '')).toEqual([]);
    const names = attributes.map(([path]) => path.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it('give sub-attributes to complex attributes and to no other', () => {
    for (const [path, { type: dataType, subAttributes }] of attributes) {
      expect((subAttributes ?? []).length > 0, path).toBe(dataType === 'complex');
    }
  });

  // RFC 7643 §2.3.6 and §2.3.7; `schemas` holds URNs, which RFC 7643 §2.1 compares without case
  it('compare binary values and references exactly', () => {
    const exact = attributes.filter(
      ([path, { type: t }]) => path !== 'schemas' && (t === 'binary' || t === 'reference'),
    );
    expect(exact.filter(([, { caseExact }]) => !caseExact)).toEqual([]);
    expect(
      exact.filter(([, { type: t, referenceTypes }]) => (t === 'reference') !== (referenceTypes !== undefined)),
    ).toEqual([]);
  });

  it('have what is read-only read-only in all its parts', () => {
    for (const [path, { mutability, subAttributes }] of attributes) {
      if (mutability !== 'readOnly') continue;
      expect(subAttributes?.every((subAttribute) => subAttribute.mutability === 'readOnly') ?? true, path).toBe(true);
    }
  });
});

describe('the User schema', () => {
  const { User } = createResourceSchemas();

  it('requires a userName that is unique and compared without case', () => {
    expect(User.findCoreAttribute('userName')).toMatchObject({
      required: true,
      uniqueness: 'server',
      caseExact: false,
    });
  });

  it('never returns a password', () => {
    expect(User.findCoreAttribute('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
  });

  it('compares ids and externalId exactly', () => {
    const exact = ['id', 'externalId', 'groups.value'].map((path) => {
      const [name = '', subAttribute] = path.split('.');
      return User.resolve(subAttribute === undefined ? { name } : { name, subAttribute });
    });
    expect(exact.map((found) => (found?.subAttribute ?? found?.attribute)?.caseExact)).toEqual([true, true, true]);
  });
});
