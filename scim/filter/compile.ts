import { invalidFilter, type ScimError } from '../errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../json.ts';
import { findSubAttribute, ResourceSchema } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { quoteExcerpt } from '../text.ts';
import type { AttributePath, Filter } from './ast.ts';
import { createComparison, type ValueTest } from './comparison.ts';
import { printAttributePath } from './printer.ts';

type Comparison = Extract<Filter, { kind: 'compare' }>;

/** What the paths of a filter name: attributes of a resource, or sub-attributes of one value of an attribute. */
type Subject = ResourceSchema | AttributeDefinition;

/** An attribute that a filter names. */
interface Located {
  /** The attribute as an error calls it. */
  readonly name: string;
  readonly attribute: AttributeDefinition;
  /** The members that lead from the attribute's values to the root, the innermost first. */
  readonly steps: readonly string[];
}

/**
 * Makes a predicate of a filter, after checking it against the schema.
 *
 * The predicate is pure and total. It takes the full representation in the schema's spelling: core attributes at the
 * top, those of an extension under its URN. A comparison with a missing attribute is false, `ne` included; `eq null`
 * means absent, `ne null` present. A multi-valued attribute matches when any of its values does; a complex one without
 * sub-attribute stands for its `value`. An extension's attribute may be named without its URN where that is unambiguous.
 *
 * @throws {@link ScimError} 400 `invalidFilter` where the schema has no such attribute, the attribute is never returned,
 * its type has no such operator, or the literal is not of its type.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.2 RFC 7644 §3.4.2.2}
 */
export function compileFilter(filter: Filter, schema: ResourceSchema): (resource: JsonObject) => boolean {
  return compile(filter, schema);
}

/**
 * Makes a predicate of the filter in a value path: its paths are sub-attributes of the attribute, and all of it is asked
 * of one value. The values of a multi-valued attribute that is not complex are called `value`.
 *
 * @throws {@link ScimError} 400 `invalidFilter`, as `compileFilter`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2}
 */
export function compileValueFilter(filter: Filter, attribute: AttributeDefinition): (value: JsonValue) => boolean {
  if (attribute.type !== 'complex' && !attribute.multiValued) {
    throw invalidFilter(`${quoteExcerpt(attribute.name)} has but one simple value: it takes no filter in brackets`);
  }
  return compile(filter, attribute);
}

function compile(filter: Filter, subject: Subject): ValueTest {
  switch (filter.kind) {
    case 'and':
      return everyOf(filter.operands.map((operand) => compile(operand, subject)));
    case 'or':
      return someOf(filter.operands.map((operand) => compile(operand, subject)));
    case 'not':
      return not(compile(filter.operand, subject));
    case 'present':
      return whereAny(locate(filter.path, subject), isPresent);
    case 'valuePath': {
      if (!(subject instanceof ResourceSchema)) throw invalidFilter('A value path cannot stand inside another');
      const located = locate(filter.path, subject);
      return whereAny(located, compileValueFilter(filter.filter, located.attribute));
    }
    case 'compare': {
      const located = locate(filter.path, subject);
      if (filter.value === null && filter.operator === 'ne') return whereAny(located, isPresent);
      if (filter.value === null && filter.operator === 'eq') return not(whereAny(located, isPresent));
      return whereAny(located, compileComparison(filter, located));
    }
  }
}

function compileComparison(filter: Comparison, { name, attribute }: Located): ValueTest {
  const { operator, value: literal } = filter;
  if (attribute.type !== 'complex') return createComparison(name, attribute, operator, literal);
  const value = findSubAttribute(attribute, 'value');
  if (value === undefined) {
    const example = attribute.subAttributes?.[0];
    const hint = example === undefined ? '' : `, such as ${name}.${example.name}`;
    throw invalidFilter(`${quoteExcerpt(name)} is complex and has no value of its own; name a sub-attribute${hint}`);
  }
  requireFilterable(`${name}.${value.name}`, value);
  return whereAnyAt(value.name, createComparison(`${name}.${value.name}`, value, operator, literal));
}

function locate(path: AttributePath, subject: Subject): Located {
  return subject instanceof ResourceSchema ? locateInResource(path, subject) : locateInValue(path, subject);
}

function locateInResource(path: AttributePath, schema: ResourceSchema): Located {
  const resolved = schema.resolveLenient(path);
  if (resolved === undefined) throw unknownAttribute(path, schema);
  const { extension, attribute, subAttribute } = resolved;
  const name = withoutSchema(path);
  requireFilterable(name, attribute);
  const steps = subAttribute === undefined ? [attribute.name] : [subAttribute.name, attribute.name];
  if (subAttribute !== undefined) requireFilterable(name, subAttribute);
  return {
    name,
    attribute: subAttribute ?? attribute,
    steps: extension === undefined ? steps : [...steps, extension],
  };
}

function locateInValue(path: AttributePath, parent: AttributeDefinition): Located {
  const isSimple = path.schema === undefined && path.subAttribute === undefined;
  if (parent.type !== 'complex' && isSimple && path.name.toLowerCase() === 'value') {
    return { name: parent.name, attribute: parent, steps: [] };
  }
  const subAttribute = isSimple ? findSubAttribute(parent, path.name) : undefined;
  if (subAttribute === undefined) {
    const name = printAttributePath(path);
    throw invalidFilter(`${quoteExcerpt(name)} is no sub-attribute of ${quoteExcerpt(parent.name)}`);
  }
  const name = `${parent.name}.${subAttribute.name}`;
  requireFilterable(name, subAttribute);
  return { name, attribute: subAttribute, steps: [subAttribute.name] };
}

/** Holds where any of the attribute's values passes the test. */
function whereAny({ steps }: Located, test: ValueTest): ValueTest {
  let reaching = test;
  for (const step of steps) reaching = whereAnyAt(step, reaching);
  return reaching;
}

/** Whether the test holds for a value of the member of that name: of a multi-valued one, for any of its values. */
function whereAnyAt(name: string, test: ValueTest): ValueTest {
  const read = name in Object.prototype ? member : readPlainly;
  return (parent) => {
    if (!isJsonObject(parent)) return false;
    const value = read(parent, name);
    if (value === undefined) return false;
    return isJsonArray(value) ? value.some(test) : test(value);
  };
}

/** {@link member} of a name that no object inherits: most are of that kind, and a scan reads them of every resource. */
function readPlainly(object: JsonObject, name: string): JsonValue | undefined {
  return object[name];
}

/** `pr` of table 3: a value that is neither null nor empty, or a complex one with such a sub-attribute. */
function isPresent(value: JsonValue): boolean {
  if (value === null || value === '') return false;
  if (isJsonArray(value)) return value.some(isPresent);
  return !isJsonObject(value) || Object.values(value).some(isPresent);
}

function everyOf(tests: readonly ValueTest[]): ValueTest {
  return (root) => {
    for (const holds of tests) if (!holds(root)) return false;
    return true;
  };
}

function someOf(tests: readonly ValueTest[]): ValueTest {
  return (root) => {
    for (const holds of tests) if (holds(root)) return true;
    return false;
  };
}

function not(test: ValueTest): ValueTest {
  return (root) => !test(root);
}

/** What is never returned must not be found out by asking, either. */
function requireFilterable(name: string, attribute: AttributeDefinition): void {
  if (attribute.returned === 'never') throw invalidFilter(`${quoteExcerpt(name)} cannot be used in a filter`);
}

function unknownAttribute(path: AttributePath, schema: ResourceSchema): ScimError {
  const name = quoteExcerpt(withoutSchema(path));
  const type = schema.type.name;
  const { schema: urn } = path;
  if (urn === undefined) return invalidFilter(`${name} is no attribute of ${type}`);
  return schema.isCoreSchema(urn) || schema.findExtension(urn) !== undefined
    ? invalidFilter(`${name} is no attribute of the schema ${quoteExcerpt(urn)}`)
    : invalidFilter(`${type} has no schema ${quoteExcerpt(urn)}, which the filter names before ${name}`);
}

function withoutSchema({ name, subAttribute }: AttributePath): string {
  return subAttribute === undefined ? name : `${name}.${subAttribute}`;
}
