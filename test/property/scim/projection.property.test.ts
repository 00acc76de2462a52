import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../scim/json.ts';
import { isSelected, parseSelection, project } from '../../../scim/projection.ts';
import { defineAttribute } from '../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import type { ResourceSchema } from '../../../scim/schema/resource-schema.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';
import type { AttributeDefinition, Returned } from '../../../scim/schema/types.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';

const EXTENSION = 'urn:example:extension:1.0:User';
const names = ['alpha', 'beta', 'gamma', 'delta'];

const returned = fc.constantFrom<Returned>('always', 'never', 'default', 'request');

/** A simple attribute, or a complex one of one or many values. */
const attribute = fc
  .record({ returned, parts: fc.option(fc.array(returned, { minLength: 1, maxLength: 3 })), multiValued: fc.boolean() })
  .map(
    ({ parts, multiValued, ...rest }) =>
      (name: string): AttributeDefinition =>
        parts === null
          ? defineAttribute(name, name, { ...rest, multiValued })
          : defineAttribute(name, name, {
              ...rest,
              type: 'complex',
              multiValued,
              subAttributes: parts.map((part, i) => defineAttribute(names[i] ?? '', 'Part.', { returned: part })),
            }),
  );

/** A User schema with an extension of any attributes. */
const schema = fc.array(attribute, { minLength: 1, maxLength: names.length }).map((attributes) => {
  const extension = {
    id: EXTENSION,
    name: 'Extension',
    description: 'Extension.',
    attributes: attributes.map((create, i) => create(names[i] ?? '')),
  };
  return createResourceSchemas([{ resourceType: 'User', schema: extension }]).User;
});

const text: fc.Arbitrary<JsonValue> = fc.constantFrom('x', 'y', '');

/** An object that has any of the members. */
function anyMembers(members: readonly (readonly [string, fc.Arbitrary<JsonValue>])[]): fc.Arbitrary<JsonObject> {
  const entries = members.map(([name, value]) =>
    fc.option(
      value.map((chosen): [string, JsonValue] => [name, chosen]),
      { nil: undefined },
    ),
  );
  return fc.tuple(...entries).map((chosen) => Object.fromEntries(chosen.filter((entry) => entry !== undefined)));
}

function anyValue({ subAttributes, multiValued }: AttributeDefinition): fc.Arbitrary<JsonValue> {
  const one: fc.Arbitrary<JsonValue> =
    subAttributes === undefined ? text : anyMembers(subAttributes.map(({ name }) => [name, text]));
  return multiValued ? fc.array(one, { maxLength: 3 }) : one;
}

function anyValues(attributes: Iterable<AttributeDefinition>): fc.Arbitrary<JsonObject> {
  return anyMembers([...attributes].map((definition) => [definition.name, anyValue(definition)]));
}

function resourceOf(of: ResourceSchema): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      anyValues(of.coreAttributes),
      anyMembers(of.type.extensions.map(({ schema: { id, attributes } }) => [id, anyValues(attributes)])),
    )
    .map(([core, extended]) => ({ ...core, schemas: [USER_SCHEMA, ENTERPRISE_USER_SCHEMA], id: '7', ...extended }));
}

const path = fc.oneof(
  fc.constantFrom(EXTENSION, ENTERPRISE_USER_SCHEMA, 'userName', 'EMAILS', 'emails.value', 'manager.displayName', 'id'),
  fc.constantFrom(...names),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).map(([name, sub]) => `${EXTENSION}:${name}.${sub}`),
  fc.string(),
);
const list = fc.array(path, { maxLength: 5 }).map((paths) => paths.join());
const query = fc.oneof(
  fc.record({ attributes: list }, { requiredKeys: [] }),
  fc.record({ excludedAttributes: list }, { requiredKeys: [] }),
);

const example = schema.chain((of) => fc.record({ schema: fc.constant(of), resource: resourceOf(of), query }));

/** The canonical path of everything in the resource, with its definition. */
function contentsOf(of: ResourceSchema, resource: JsonObject): [string, AttributeDefinition, JsonValue][] {
  return Object.entries(resource).flatMap(([name, value]): [string, AttributeDefinition, JsonValue][] => {
    const core = of.findCoreAttribute(name);
    if (core !== undefined) return partsOf(name, core, value);
    return Object.entries(isJsonObject(value) ? value : {}).flatMap(([inner, innerValue]) => {
      const found = of.findExtensionAttribute(name, inner);
      return found === undefined ? [] : partsOf(`${name}:${inner}`, found, innerValue);
    });
  });
}

function partsOf(
  canonical: string,
  definition: AttributeDefinition,
  value: JsonValue,
): [string, AttributeDefinition, JsonValue][] {
  const objects = [value].flat().filter(isJsonObject);
  const parts = objects.flatMap((object) =>
    (definition.subAttributes ?? [])
      .filter(({ name }) => Object.hasOwn(object, name))
      .map((part): [string, AttributeDefinition, JsonValue] => [
        `${canonical}.${part.name}`,
        part,
        object[part.name] ?? '',
      ]),
  );
  return [[canonical, definition, value], ...parts];
}

describe('project', () => {
  it('never returns what is never returned', () => {
    fc.assert(
      fc.property(example, ({ schema: of, resource, query: asked }) => {
        const projected = project(of, resource, parseSelection(of, asked));
        expect(contentsOf(of, projected).filter(([, definition]) => definition.returned === 'never')).toEqual([]);
      }),
    );
  });

  it('returns exactly what is selected', () => {
    fc.assert(
      fc.property(example, ({ schema: of, resource, query: asked }) => {
        const selection = parseSelection(of, asked);
        const isLeaf = ([, { type }]: [string, AttributeDefinition, JsonValue]) => type !== 'complex';
        const selected = contentsOf(of, resource)
          .filter(isLeaf)
          .filter(([canonical]) => isSelected(selection, canonical));
        expect(contentsOf(of, project(of, resource, selection)).filter(isLeaf)).toEqual(selected);
      }),
    );
  });

  it('always returns id, schemas and the simple attributes that are always returned', () => {
    fc.assert(
      fc.property(example, ({ schema: of, resource, query: asked }) => {
        const projected = project(of, resource, parseSelection(of, asked));
        expect(projected).toMatchObject({ id: resource['id'], schemas: resource['schemas'] });
        const always = (of.findExtension(EXTENSION)?.attributes ?? [])
          .filter(({ type, returned: when }) => type !== 'complex' && when === 'always')
          .map(({ name }) => `${EXTENSION}:${name}`);
        const alwaysOf = (object: JsonObject) =>
          contentsOf(of, object).filter(([canonical]) => always.includes(canonical));
        expect(alwaysOf(projected)).toEqual(alwaysOf(resource));
      }),
    );
  });

  it('leaves no empty object behind', () => {
    fc.assert(
      fc.property(example, ({ schema: of, resource, query: asked }) => {
        const projected = project(of, resource, parseSelection(of, asked));
        expect(JSON.stringify(projected)).not.toMatch(/\{\}/);
      }),
    );
  });

  it('done twice is done once', () => {
    fc.assert(
      fc.property(example, ({ schema: of, resource, query: asked }) => {
        const selection = parseSelection(of, asked);
        const once = project(of, resource, selection);
        expect(project(of, once, selection)).toEqual(once);
      }),
    );
  });
});
