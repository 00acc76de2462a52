import { invalidFilter } from '../errors.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { quoteExcerpt } from '../text.ts';
import type { Filter } from './ast.ts';
import { compileFilter } from './compile.ts';
import { printAttributePath } from './printer.ts';

type Term = Extract<Filter, { kind: 'compare' | 'present' | 'valuePath' }>;

/**
 * What a filter on several resource types asks of one of them: true of all of its resources, false of none, or a filter.
 * An attribute that the type does not have is missing in each of its resources, as in any other filter: comparisons with
 * it are false, `eq null` is true. `meta.resourceType` is the type's name, so that a filter by it spares the other types.
 *
 * @throws {@link ScimError} 400 `invalidFilter`, as `compileFilter`, for whichever type has the attribute.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.1 RFC 7644 §3.4.2.1}
 */
export function narrowFilter(filter: Filter, schema: ResourceSchema): Filter | boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return join(
        filter.kind,
        // Each of them, so that what is wrong in one is found whatever the others come to.
        filter.operands.map((operand) => narrowFilter(operand, schema)),
      );
    case 'not': {
      const operand = narrowFilter(filter.operand, schema);
      return typeof operand === 'boolean' ? !operand : { kind: 'not', operand };
    }
    case 'compare':
    case 'present':
    case 'valuePath':
      return narrowTerm(filter, schema);
  }
}

/**
 * Checks that one of the types has each attribute that the filter names.
 *
 * @throws {@link ScimError} 400 `invalidFilter`
 */
export function assertKnown(filter: Filter, schemas: readonly ResourceSchema[]): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const operand of filter.operands) assertKnown(operand, schemas);
      return;
    case 'not':
      assertKnown(filter.operand, schemas);
      return;
    case 'compare':
    case 'present':
    case 'valuePath': {
      if (schemas.some((schema) => schema.resolveLenient(filter.path) !== undefined)) return;
      const names = schemas.map(({ type }) => type.name).join(' or ');
      throw invalidFilter(`${quoteExcerpt(printAttributePath(filter.path))} is no attribute of ${names}`);
    }
  }
}

function narrowTerm(term: Term, schema: ResourceSchema): Filter | boolean {
  const resolved = schema.resolveLenient(term.path);
  if (resolved === undefined) return term.kind === 'compare' && term.operator === 'eq' && term.value === null;
  const holds = compileFilter(term, schema);
  if (resolved.canonical !== 'meta.resourceType') return term;
  return holds({ meta: { resourceType: schema.type.name } });
}

function join(kind: 'and' | 'or', operands: readonly (Filter | boolean)[]): Filter | boolean {
  // What decides alone: one that is false of an "and", one that is true of an "or".
  const decisive = kind === 'or';
  if (operands.includes(decisive)) return decisive;
  const left = operands
    .filter((operand) => typeof operand !== 'boolean')
    // A filter has one form: no "and" stands right inside an "and".
    .flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
  const [first, ...others] = left;
  if (first === undefined) return !decisive;
  return others.length === 0 ? first : { kind, operands: left };
}
