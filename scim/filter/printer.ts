import type { AttributePath, Filter } from './ast.ts';

/**
 * Writes a filter as text with no more brackets than it needs; `parseFilter` reads the same filter back.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.2 RFC 7644 §3.4.2.2}
 */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'or':
      return filter.operands.map(printFilter).join(' or ');
    case 'and':
      return filter.operands.map(printConjunct).join(' and ');
    case 'not':
      return `not (${printFilter(filter.operand)})`;
    case 'present':
      return `${printAttributePath(filter.path)} pr`;
    case 'compare':
      return `${printAttributePath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case 'valuePath':
      return `${printAttributePath(filter.path)}[${printFilter(filter.filter)}]`;
  }
}

/** Writes an attribute path as text: `[URN:]name[.subAttribute]`. */
export function printAttributePath(path: AttributePath): string {
  const name = path.schema === undefined ? path.name : `${path.schema}:${path.name}`;
  return path.subAttribute === undefined ? name : `${name}.${path.subAttribute}`;
}

function printConjunct(filter: Filter): string {
  return filter.kind === 'or' ? `(${printFilter(filter)})` : printFilter(filter);
}
