import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { PATCH_OP_SCHEMA } from '../patch/parse.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { findReferences } from './references.ts';

/** A resource that is to be created in two steps. */
export interface DetachedData {
  /** The body of the POST, without the values that refer to what is not there yet. */
  readonly data: JsonObject;
  /** The body of the PATCH that adds those values; undefined where the POST would have ignored them. */
  readonly link: JsonObject | undefined;
}

/**
 * Takes the values out of a resource that refer to certain bulkIds: elements of a list one by one, any other attribute
 * as a whole. What no client may set anyway, and what no schema describes, is dropped, as a POST ignores it.
 */
export function detachReferences(schema: ResourceSchema, data: JsonObject, bulkIds: ReadonlySet<string>): DetachedData {
  const additions: JsonObject[] = [];
  const detach = (
    attributes: JsonObject,
    prefix: string,
    find: (name: string) => AttributeDefinition | undefined,
  ): JsonObject => {
    const kept = Object.entries(attributes).flatMap(([name, value]): [string, JsonValue][] => {
      const { rest, taken } = takeReferring(value, bulkIds);
      const attribute = taken === undefined ? undefined : find(name);
      if (taken !== undefined && attribute !== undefined && attribute.mutability !== 'readOnly') {
        additions.push({ op: 'add', path: `${prefix}${attribute.name}`, value: taken });
      }
      return rest === undefined ? [] : [[name, rest]];
    });
    return Object.fromEntries(kept);
  };
  const [core, extensions] = partition(Object.entries(data), ([name]) => schema.findExtension(name) === undefined);
  const kept = {
    ...detach(Object.fromEntries(core), '', (name) => schema.findCoreAttribute(name)),
    ...Object.fromEntries(
      extensions.map(([urn, value]) => [
        urn,
        isJsonObject(value) ? detach(value, `${urn}:`, (name) => schema.findExtensionAttribute(urn, name)) : value,
      ]),
    ),
  };
  const link = additions.length === 0 ? undefined : { schemas: [PATCH_OP_SCHEMA], Operations: additions };
  return { data: kept, link };
}

/** What of a value refers to one of the bulkIds, and what does not. */
function takeReferring(
  value: JsonValue,
  bulkIds: ReadonlySet<string>,
): { readonly rest: JsonValue | undefined; readonly taken: JsonValue | undefined } {
  const refers = (part: JsonValue) => [...findReferences(part)].some((bulkId) => bulkIds.has(bulkId));
  if (!isJsonArray(value)) return refers(value) ? { rest: undefined, taken: value } : { rest: value, taken: undefined };
  const [taken, rest] = partition(value, refers);
  return { rest, taken: taken.length === 0 ? undefined : taken };
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
