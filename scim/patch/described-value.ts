import type { Filter } from '../filter/ast.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { parseAttributeValue } from '../validation/attribute-value.ts';

/**
 * The value of which is known what a value filter says by `eq`, alone or joined by `and`: `{type: "work"}` for
 * `type eq "work"`.
 *
 * @returns undefined where the filter says anything in another way, or the attribute is not complex: then no value
 * follows from it.
 * @throws {@link ScimError} 400 `invalidValue` where a literal is not of its sub-attribute's type.
 */
export function toDescribedValue(filter: Filter, attribute: AttributeDefinition): JsonObject | undefined {
  const members = toMembers(filter);
  if (attribute.type !== 'complex' || members === undefined) return undefined;
  const single = { ...attribute, multiValued: false };
  const described = parseAttributeValue(single, Object.fromEntries(members), attribute.name);
  return isJsonObject(described) ? described : {};
}

function toMembers(filter: Filter): readonly (readonly [string, JsonValue])[] | undefined {
  if (filter.kind === 'compare') return filter.operator === 'eq' ? [[filter.path.name, filter.value]] : undefined;
  if (filter.kind !== 'and') return undefined;
  const operands = filter.operands.map(toMembers);
  return operands.every((members) => members !== undefined) ? operands.flat() : undefined;
}
