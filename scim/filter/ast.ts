/**
 * An attribute as a filter, a PATCH path or a query parameter writes it: `[URN:]name[.subAttribute]`, spelled as given.
 * What it means is decided by the schema (`resolveAttribute`).
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.10 RFC 7644 §3.10}
 */
export interface AttributePath {
  /** The URN before the last colon. */
  readonly schema?: string;
  readonly name: string;
  readonly subAttribute?: string;
}

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

export type FilterValue = string | number | boolean | null;

/**
 * A parsed filter. `and` and `or` have at least two operands, none of their own kind, so that a filter has one form.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.2 RFC 7644 §3.4.2.2}
 */
export type Filter =
  | { readonly kind: 'and'; readonly operands: readonly Filter[] }
  | { readonly kind: 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | {
      readonly kind: 'compare';
      readonly path: AttributePath;
      readonly operator: CompareOperator;
      readonly value: FilterValue;
    }
  /** `emails[type eq "work"]`: the inner filter, on sub-attributes, holds for one and the same value. */
  | { readonly kind: 'valuePath'; readonly path: AttributePath; readonly filter: Filter };
