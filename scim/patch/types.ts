import type { AttributePath, Filter } from '../filter/ast.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/**
 * A PATCH path: `attrPath` or `valuePath [subAttr]`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2, figure 7}
 */
export interface PatchPath {
  /** With a value filter, `subAttribute` is what stands behind the bracket. */
  readonly attribute: AttributePath;
  readonly valueFilter?: Filter;
}

/** One operation of a PATCH, after its client's dialect has been normalised away. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: PatchPath;
  readonly value?: JsonValue;
}

/** What a PATCH asks of an attribute that is kept apart from the resource (a group's `members`), in order. */
export type MemberChange =
  | { readonly kind: 'add'; readonly ids: readonly string[] }
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  /** Removes every member that is there at that point; `replace` is a clear and an add. */
  | { readonly kind: 'clear' }
  /** Removes the members for which the filter (on sub-attributes of `members`) holds. */
  | { readonly kind: 'removeMatching'; readonly filter: Filter };

export interface PatchResult {
  /** The attributes after the PATCH; the very same object where nothing changed. */
  readonly attributes: JsonObject;
  readonly memberChanges: readonly MemberChange[];
}
