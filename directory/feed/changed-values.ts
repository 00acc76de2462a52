import { isJsonArray, isJsonObject, isSameJson, type JsonObject, type JsonValue } from '../../scim/json.ts';
import { findSubAttribute, type ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { AttributeDefinition } from '../../scim/schema/types.ts';
import type { ChangedValue } from '../store/log-items.ts';

/** A value with the attribute that it is of; undefined where no schema in use describes it. */
interface Leaf {
  readonly value: JsonValue;
  readonly definition: AttributeDefinition | undefined;
}

/**
 * What makes the one set of attributes into the other, by canonical path: a complex attribute by its sub-attributes, an
 * extension by its attributes, a multi-valued attribute as a whole. Of what is never returned, and of what no schema
 * describes (any more), only the path is told.
 *
 * @param before - In the schema's spelling, as the table has them.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7, `returned`}
 */
export function changedValues(schema: ResourceSchema, before: JsonObject, after: JsonObject): ChangedValue[] {
  const [old, now] = [leavesOf(schema, before), leavesOf(schema, after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  return paths.flatMap((path): ChangedValue[] => {
    const [from, to] = [old.get(path), now.get(path)];
    if (isSameJson(from?.value, to?.value)) return [];
    return [{ path, ...shown('before', from), ...shown('after', to) }];
  });
}

function leavesOf(schema: ResourceSchema, attributes: JsonObject): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'schemas') continue;
    const extension = schema.findExtension(name);
    const isExtension = extension !== undefined || name.startsWith('urn:');
    if (isExtension && isJsonObject(value)) {
      for (const [inner, innerValue] of Object.entries(value)) {
        addLeaves(leaves, `${name}:${inner}`, innerValue, schema.findExtensionAttribute(name, inner));
      }
    } else {
      addLeaves(leaves, name, value, schema.findCoreAttribute(name));
    }
  }
  return leaves;
}

function addLeaves(
  leaves: Map<string, Leaf>,
  path: string,
  value: JsonValue,
  definition: AttributeDefinition | undefined,
): void {
  if (!isJsonObject(value)) {
    leaves.set(path, { value, definition });
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    const subAttribute = definition && findSubAttribute(definition, name);
    const isSecret = definition?.returned === 'never';
    leaves.set(`${path}.${name}`, { value: inner, definition: isSecret ? definition : subAttribute });
  }
}

function shown(name: 'before' | 'after', leaf: Leaf | undefined): Partial<ChangedValue> {
  if (leaf?.definition === undefined || leaf.definition.returned === 'never') return {};
  return { [name]: withoutSecrets(leaf.definition, leaf.value) };
}

/** The values of a multi-valued attribute without the sub-attributes that are never returned. */
function withoutSecrets({ subAttributes = [] }: AttributeDefinition, value: JsonValue): JsonValue {
  const secrets = new Set(subAttributes.filter(({ returned }) => returned === 'never').map(({ name }) => name));
  if (secrets.size === 0 || !isJsonArray(value)) return value;
  return value.map((each) =>
    isJsonObject(each) ? Object.fromEntries(Object.entries(each).filter(([name]) => !secrets.has(name))) : each,
  );
}
