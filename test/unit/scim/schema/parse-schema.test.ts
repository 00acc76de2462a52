import { describe, expect, it } from 'vitest';
import { toSchemaDocument } from '../../../../scim/discovery.ts';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { SCHEMA_SCHEMA } from '../../../../scim/schema/discovery-schemas.ts';
import { MAX_SCHEMA_ATTRIBUTES, MAX_SCHEMA_LENGTH, parseSchema } from '../../../../scim/schema/parse-schema.ts';
import { ACME_USER, readDocumentedSchema } from '../../../helpers/custom-schema.ts';

function documentOf(more: JsonObject = {}): JsonObject {
  const attributes = [{ name: 'badge', description: 'A badge.' }];
  return { id: 'urn:example:acme', name: 'Acme', description: 'Of Acme.', attributes, ...more };
}

function withAttribute(attribute: JsonValue): JsonObject {
  return documentOf({ attributes: [attribute] });
}

function badge(characteristics: JsonObject): JsonObject {
  return withAttribute({ name: 'badge', description: 'A badge.', ...characteristics });
}

describe('parseSchema', () => {
  it('writes out the defaults of RFC 7643 §2.2', () => {
    expect(parseSchema(documentOf())).toEqual({
      schema: {
        id: 'urn:example:acme',
        name: 'Acme',
        description: 'Of Acme.',
        attributes: [
          {
            name: 'badge',
            type: 'string',
            multiValued: false,
            description: 'A badge.',
            required: false,
            caseExact: false,
            mutability: 'readWrite',
            returned: 'default',
            uniqueness: 'none',
          },
        ],
      },
      faults: [],
    });
  });

  it.each(['binary', 'reference'])('takes a %s for caseExact where nothing is said', (type) => {
    const reference = type === 'reference' ? { referenceTypes: ['User', 'external'] } : {};
    expect(parseSchema(badge({ type, ...reference })).schema?.attributes[0]).toMatchObject({ type, caseExact: true });
    expect(parseSchema(badge({ type, ...reference, caseExact: false })).schema?.attributes[0]).toMatchObject({
      caseExact: false,
    });
  });

  it('reads the documented example, and what it shows of a schema again', () => {
    const { schema } = parseSchema(readDocumentedSchema());
    expect(schema?.id).toBe(ACME_USER);
    if (schema === undefined) return;
    const shown = { schemas: [SCHEMA_SCHEMA], ...toSchemaDocument(schema), meta: { resourceType: 'Schema' } };
    expect(parseSchema(shown)).toEqual({ schema, faults: [] });
  });

  it('keeps every characteristic that is possible', () => {
    const attribute = {
      name: 'badges',
      type: 'complex',
      multiValued: true,
      description: 'Badges.',
      required: false,
      caseExact: true,
      mutability: 'immutable',
      returned: 'request',
      uniqueness: 'none',
      subAttributes: [
        { name: '$ref', type: 'reference', referenceTypes: ['uri'], description: 'Where.', returned: 'always' },
        { name: 'value', description: 'What.', canonicalValues: ['a', 'b'], multiValued: true, returned: 'never' },
      ],
    };
    expect(parseSchema(withAttribute(attribute)).schema?.attributes[0]).toMatchObject(attribute);
  });

  it.each<[string, JsonValue, string]>([
    ['no object', ['x'], 'expected an object, got a list'],
    ['an unknown member', documentOf({ nmae: 'x' }), 'unknown member "nmae"; known: schemas, id, name'],
    ['the document of something else', documentOf({ schemas: ['urn:x:y'] }), `schemas: expected ${SCHEMA_SCHEMA}`],
    ['no id', documentOf({ id: null }), 'id: expected a string of 1 to 200 characters, got null'],
    ['an id that is no URN', documentOf({ id: 'https://x.example/a' }), 'id: expected a URN of letters'],
    ['a URN that a list would tear apart', documentOf({ id: 'urn:x1:a,b' }), 'id: expected a URN of letters'],
    ['a URN that ends in a colon', documentOf({ id: 'urn:x1:a:' }), 'id: expected a URN of letters'],
    ['the core User', documentOf({ id: 'URN:ietf:params:scim:schemas:core:2.0:user' }), 'of SCIM itself'],
    [
      'the enterprise extension',
      documentOf({ id: 'urn:ietf:params:scim:schemas:extension:Enterprise:2.0:User' }),
      'of SCIM itself',
    ],
    ['a discovery schema', documentOf({ id: SCHEMA_SCHEMA }), 'of SCIM itself'],
    ['a message', documentOf({ id: 'urn:ietf:params:scim:api:messages:2.0:Mine' }), 'of SCIM itself'],
    ['no name', documentOf({ name: ' ' }), 'name: expected a string of 1 to 100 characters, got one of 1'],
    [
      'no description',
      documentOf({ description: 7 }),
      'description: expected a string of 1 to 1000 characters, got a number',
    ],
    ['no attributes', documentOf({ attributes: [] }), 'attributes: expected a list of attributes, got an empty one'],
    [
      'attributes that are no list',
      documentOf({ attributes: {} }),
      'attributes: expected a list of attributes, got an object',
    ],
    ['an attribute that is no object', withAttribute('badge'), 'attributes[0]: expected an object, got a string'],
    ['an attribute without a name', withAttribute({ description: 'x' }), 'attributes[0].name: expected a string'],
    ['a name with a blank', withAttribute({ name: 'a b', description: 'x' }), 'attributes[0].name: expected a letter'],
    ['a name with a dot', withAttribute({ name: 'a.b', description: 'x' }), 'attributes[0].name: expected a letter'],
    [
      '$ref outside a complex one',
      withAttribute({ name: '$ref', description: 'x' }),
      'attributes[0].name: expected a letter',
    ],
    [
      'a common attribute',
      withAttribute({ name: 'externalID', description: 'x' }),
      'externalID is an attribute that every',
    ],
    ['schemas', withAttribute({ name: 'Schemas', description: 'x' }), 'Schemas is an attribute that every'],
    [
      'two names that differ in case',
      documentOf({ attributes: ['a', 'A'].map((name) => ({ name, description: 'x' })) }),
      'attributes.A.name: is there twice',
    ],
    ['an unknown type', badge({ type: 'text' }), 'attributes.badge.type: expected one of string, boolean'],
    ['a type that is no string', badge({ type: 1 }), 'attributes.badge.type: expected one of'],
    ['an unknown characteristic', badge({ multivalued: true }), 'attributes.badge: unknown member "multivalued"'],
    [
      'multiValued as a string',
      badge({ multiValued: 'true' }),
      'attributes.badge.multiValued: expected true or false, got a string',
    ],
    [
      'required',
      badge({ required: true }),
      'attributes.badge.required: an attribute of an extension cannot be required',
    ],
    ['uniqueness', badge({ uniqueness: 'server' }), 'attributes.badge.uniqueness: "server" is not offered'],
    ['readOnly', badge({ mutability: 'readOnly' }), 'attributes.badge.mutability: nothing but a client could set it'],
    ['writeOnly', badge({ mutability: 'writeOnly' }), 'attributes.badge.mutability: what nobody may read'],
    ['an unknown mutability', badge({ mutability: 'x' }), 'attributes.badge.mutability: expected one of readWrite'],
    ['an unknown returned', badge({ returned: 'x' }), 'attributes.badge.returned: expected one of always'],
    ['canonicalValues twice', badge({ canonicalValues: ['a', 'a'] }), 'canonicalValues: expected a list of different'],
    [
      'canonicalValues of an integer',
      badge({ type: 'integer', canonicalValues: ['1'] }),
      'are for attributes of type string',
    ],
    ['a reference to nothing', badge({ type: 'reference' }), 'referenceTypes: a reference needs them'],
    ['a reference to a thing', badge({ type: 'reference', referenceTypes: ['Thing'] }), 'a reference needs them'],
    ['referenceTypes of a string', badge({ referenceTypes: ['User'] }), 'are for attributes of type reference'],
    [
      'a complex one without parts',
      badge({ type: 'complex' }),
      'subAttributes: expected a list of attributes, got nothing',
    ],
    ['a simple one with parts', badge({ subAttributes: [] }), 'subAttributes: are for attributes of type complex'],
    [
      'complex in complex',
      badge({ type: 'complex', subAttributes: [{ name: 'x', type: 'complex', description: 'x' }] }),
      'attributes.badge.subAttributes.x.type: expected one of string, boolean, decimal, integer, dateTime, binary, reference, got',
    ],
  ])('refuses %s', (_what, document, fault) => {
    const { schema, faults } = parseSchema(document);
    expect(schema).toBeUndefined();
    expect(faults.join('\n')).toContain(fault);
  });

  it('tells every fault at once', () => {
    const { faults } = parseSchema({
      id: 'nothing',
      description: 'x',
      attributes: [{ name: 'a', type: 'x', required: true }, { description: 'x' }],
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'id',
      'name',
      'attributes.a.type',
      'attributes.a.required',
      'attributes.a.description',
      'attributes[1].name',
    ]);
  });

  it('refuses more attributes, and more text, than every process can read again and again', () => {
    const many = Array.from({ length: MAX_SCHEMA_ATTRIBUTES }, (_, n) => ({ name: `a${n}`, description: 'x' }));
    expect(parseSchema(documentOf({ attributes: many })).faults).toEqual([]);
    const oneMore = [
      ...many.slice(1),
      { name: 'b', type: 'complex', description: 'x', subAttributes: many.slice(0, 1) },
    ];
    expect(parseSchema(documentOf({ attributes: oneMore })).faults).toEqual([
      `attributes: ${MAX_SCHEMA_ATTRIBUTES + 1} with their sub-attributes; at most ${MAX_SCHEMA_ATTRIBUTES} are possible`,
    ]);
    expect(parseSchema(documentOf({ meta: 'x'.repeat(MAX_SCHEMA_LENGTH) })).faults).toEqual([
      expect.stringContaining(`at most ${MAX_SCHEMA_LENGTH} are possible`),
    ]);
  });

  it('is not taken in by names that objects inherit', () => {
    expect(parseSchema(withAttribute({ name: 'constructor', description: 'x' })).schema?.attributes[0]?.type).toBe(
      'string',
    );
    expect(parseSchema(badge({ toString: 'x' })).faults).toEqual([
      expect.stringContaining('unknown member "toString"'),
    ]);
  });
});
