import type { Filter } from '../filter/ast.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { PatchTarget } from '../patch/target.ts';
import type { PatchOperation } from '../patch/types.ts';
import { findSubAttribute } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { isBlank, parseAttributeValue } from '../validation/attribute-value.ts';
import { parseMemberIds } from '../validation/member-ids.ts';

/**
 * What Entra sends unless its customer adds the flag `aadOptscim062020` to the Tenant URL: `Add`, `Replace` and `Remove`
 * with a capital; the manager as a bare id, or in a list; `Remove` with the values that are to go. Its booleans as
 * strings are read wherever a boolean is (`scim/validation/simple-value.ts`), its JSON texts as roles are kept as text.
 */

/**
 * The operation's name, in any case (`test/fixtures/entra/unflagged-user-update.json`).
 *
 * @returns undefined where it is none of the three.
 */
export function toOperationName(text: string): PatchOperation['op'] | undefined {
  const name = text.toLowerCase();
  return name === 'add' || name === 'replace' || name === 'remove' ? name : undefined;
}

/**
 * A reference such as the enterprise `manager` as the object that the schema wants. Entra sends it as a bare id, in a
 * list of one, and clears it with `""` or with `{"value": ""}` (`test/fixtures/entra/manager.json`); any other value
 * comes back as it is. A reference is a single-valued complex attribute with a sub-attribute `value`.
 */
export function toReferenceValue(attribute: AttributeDefinition, value: JsonValue): JsonValue {
  if (attribute.multiValued || findSubAttribute(attribute, 'value') === undefined) return value;
  const single = isJsonArray(value) && value.length <= 1 ? (value[0] ?? null) : value;
  if (typeof single === 'string' && single !== '') return { value: single };
  return isJsonObject(single) && hasBlankValue(single) ? null : single;
}

function hasBlankValue(reference: JsonObject): boolean {
  return Object.entries(reference).some(([name, value]) => name.toLowerCase() === 'value' && isBlank(value));
}

/**
 * `Remove` with a list of values, which removes those and no other (`test/fixtures/entra/members.json`), as the
 * RFC's removal with a value filter. Taken for a removal without value, it would empty the group.
 *
 * @returns undefined where there is nothing to remove: the list is empty.
 */
export function toSelectiveRemoval(operation: PatchOperation, target: PatchTarget): PatchOperation | undefined {
  const { attribute, canonical } = target;
  const { value, path } = operation;
  const isSelective = attribute.multiValued && attribute.mutability !== 'readOnly' && !selectsAlready(target);
  // null is the same as no value; so is "" where it clears, but no group is emptied by a malformed list.
  const isWhole = value === undefined || value === null || (value === '' && attribute.keptApart === undefined);
  if (!isSelective || path === undefined || isWhole) return operation;
  const list = isJsonArray(value) ? value : [value];
  const filters =
    attribute.keptApart === true
      ? parseMemberIds(attribute, list).map((id) => toComparison('value', id))
      : toFilters(parseAttributeValue(attribute, list, canonical));
  const valueFilter = combine('or', filters);
  return valueFilter === undefined ? undefined : { op: 'remove', path: { ...path, valueFilter } };
}

function selectsAlready({ valueFilter, subAttribute }: PatchTarget): boolean {
  return valueFilter !== undefined || subAttribute !== undefined;
}

/** One filter for each value; a value is told by its `value`, and `type` if given, else by all that it says. */
function toFilters(values: JsonValue | undefined): readonly Filter[] {
  return (isJsonArray(values) ? values : []).flatMap((value) => {
    if (!isJsonObject(value)) return toComparisons([['value', value]]);
    const entries = Object.entries(value);
    const telling = Object.hasOwn(value, 'value')
      ? entries.filter(([name]) => name === 'value' || name === 'type')
      : entries;
    return combine('and', toComparisons(telling)) ?? [];
  });
}

function toComparisons(entries: readonly (readonly [string, JsonValue])[]): readonly Filter[] {
  return entries.flatMap(([name, value]) => (typeof value === 'object' ? [] : [toComparison(name, value)]));
}

function toComparison(name: string, value: string | number | boolean): Filter {
  return { kind: 'compare', path: { name }, operator: 'eq', value };
}

function combine(kind: 'and' | 'or', filters: readonly Filter[]): Filter | undefined {
  return filters.length > 1 ? { kind, operands: filters } : filters[0];
}
