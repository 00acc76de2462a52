import { describe, expect, it } from 'vitest';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { findSchemaConflicts } from '../../../../scim/schema/schema-change.ts';
import { findUrnConflict } from '../../../../scim/schema/schema-urn.ts';
import type { AttributeDefinition, Schema } from '../../../../scim/schema/types.ts';

function schemaOf(attributes: readonly AttributeDefinition[], id = 'urn:example:acme'): Schema {
  return { id, name: 'Acme', description: 'Of Acme.', attributes };
}

const site = (...subAttributes: AttributeDefinition[]) =>
  defineAttribute('site', 'Site.', { type: 'complex', subAttributes });
const before = schemaOf([defineAttribute('code', 'Code.'), site(defineAttribute('name', 'Name.'))]);

describe('findSchemaConflicts', () => {
  it('lets attributes and sub-attributes be added, and everything be described differently', () => {
    const after = schemaOf([
      defineAttribute('more', 'More.'),
      site(defineAttribute('name', 'Other words.', { canonicalValues: ['a'] }), defineAttribute('floor', 'Floor.')),
      defineAttribute('code', 'Other words.'),
    ]);
    expect(findSchemaConflicts(before, { ...after, name: 'Other', description: 'Other.' })).toEqual([]);
  });

  it('tells everything that stored values would not bear', () => {
    const after = schemaOf(
      [
        defineAttribute('CODE', 'Code.', { type: 'integer', multiValued: true, caseExact: true }),
        site(defineAttribute('floor', 'Floor.')),
      ],
      'urn:example:ACME',
    );
    expect(findSchemaConflicts(before, after)).toEqual([
      'id: it is registered as urn:example:acme, and is spelled so',
      'attributes.code.name: is code and cannot become CODE',
      'attributes.code.type: is string and cannot become integer',
      'attributes.code.multiValued: is false and cannot become true',
      'attributes.code.caseExact: is false and cannot become true',
      'attributes.site.subAttributes.name: is registered, and cannot be left out',
    ]);
  });
});

describe('findUrnConflict', () => {
  const inner = schemaOf([defineAttribute('x', 'X.')], 'urn:example:acme:CODE');

  it('finds a URN that is the path of an attribute of another schema, either way round', () => {
    expect(findUrnConflict(before, inner)).toContain('urn:example:acme:CODE is also the path of an attribute');
    expect(findUrnConflict(inner, before)).toContain('urn:example:acme:CODE is also the path of an attribute');
  });

  it('lets a URN begin with another', () => {
    expect(findUrnConflict(before, schemaOf([], 'urn:example:acme:other'))).toBeUndefined();
    expect(findUrnConflict(before, schemaOf([], 'urn:example:acme2'))).toBeUndefined();
  });
});
