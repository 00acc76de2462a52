import type { ListParameters } from '../../scim/list-request.ts';
import { isSelected, parseSelection, type Selection } from '../../scim/projection.ts';
import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { ScimRequest } from './request.ts';

/** What most requests ask for: the schema's default, which is the same each time. */
const defaults = new WeakMap<ResourceSchema, Selection>();

/** What the request's `attributes` and `excludedAttributes` return (RFC 7644 §3.9). */
export function selectionOf(schema: ResourceSchema, { query }: Pick<ScimRequest, 'query'>): Selection {
  return select(schema, { attributes: query('attributes'), excludedAttributes: query('excludedAttributes') });
}

/** As {@link selectionOf}, of parameters that are read already. */
export function select(
  schema: ResourceSchema,
  { attributes, excludedAttributes }: Pick<ListParameters, 'attributes' | 'excludedAttributes'>,
): Selection {
  if (attributes !== undefined || excludedAttributes !== undefined) {
    return parseSelection(schema, { attributes, excludedAttributes });
  }
  const known = defaults.get(schema) ?? parseSelection(schema, {});
  defaults.set(schema, known);
  return known;
}

/** Nothing but `id`. */
export function selectId(schema: ResourceSchema): Selection {
  return parseSelection(schema, { attributes: 'id' });
}

/**
 * Whether the selection returns something that is not part of the resource's item, so that it may change while the
 * resource's version stays.
 */
export function isDerivedSelected(schema: ResourceSchema, selection: Selection): boolean {
  const keptApart = [...schema.coreAttributes].filter(({ keptApart }) => keptApart === true).map(({ name }) => name);
  const managers = schema.type.extensions
    .filter(({ schema: { attributes } }) => attributes.some(({ name }) => name === 'manager'))
    .map(({ schema: { id } }) => `${id}:manager.displayName`);
  return [...keptApart, ...managers].some((canonical) => isSelected(selection, canonical));
}
