import { invalidFilter, type ScimError } from '../errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../json.ts';
import { findSubAttribute, type ResourceSchema } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { quoteExcerpt } from '../text.ts';
import type { AttributePath, Filter } from './ast.ts';
import { createComparison, type ValueTest } from './comparison.ts';
import { printAttributePath } from './printer.ts';

type Comparison = Extract<Filter, { kind: 'compare' }>;
type Predicate<Root> = (root: Root) => boolean;

interface NamedAttribute {
  /** The attribute as an error calls it. */
  readonly name: string;
  readonly attribute: AttributeDefinition;
}

/** An attribute that a filter names, and where its values are. */
interface Located<Root> extends NamedAttribute {
  /** Makes the predicate that holds where any of the attribute's values passes the test. */
  readonly whereAny: (test: ValueTest) => Predicate<Root>;
}

/** What the paths of a filter mean: attributes of a resource, or sub-attributes of one value. */
interface Scope<Root> {
  readonly locate: (path: AttributePath) => Located<Root>;
  readonly compileValuePath: (path: AttributePath, filter: Filter) => Predicate<Root>;
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
  const locate = (path: AttributePath) => locateInResource(path, schema);
  const scope: Scope<JsonObject> = {
    locate,
    compileValuePath: (path, valueFilter) => {
      const { attribute, whereAny } = locate(path);
      return whereAny(compileValueFilter(valueFilter, attribute));
    },
  };
  return compile(filter, scope);
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
  return compile(filter, {
    locate: (path) => locateInValue(path, attribute),
    compileValuePath: () => {
      throw invalidFilter('A value path cannot stand inside another');
    },
  });
}

function compile<Root>(filter: Filter, scope: Scope<Root>): Predicate<Root> {
  switch (filter.kind) {
    case 'and':
      return everyOf(filter.operands.map((operand) => compile(operand, scope)));
    case 'or':
      return someOf(filter.operands.map((operand) => compile(operand, scope)));
    case 'not': {
      const operand = compile(filter.operand, scope);
      return (root) => !operand(root);
    }
    case 'present':
      return scope.locate(filter.path).whereAny(isPresent);
    case 'valuePath':
      return scope.compileValuePath(filter.path, filter.filter);
    case 'compare': {
      const located = scope.locate(filter.path);
      if (filter.value === null && filter.operator === 'ne') return located.whereAny(isPresent);
      if (filter.value === null && filter.operator === 'eq') {
        const present = located.whereAny(isPresent);
        return (root) => !present(root);
      }
      return located.whereAny(compileComparison(filter, located));
    }
  }
}

function compileComparison(filter: Comparison, { name, attribute }: NamedAttribute): ValueTest {
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

function locateInResource(path: AttributePath, schema: ResourceSchema): Located<JsonObject> {
  const resolved = schema.resolveLenient(path);
  if (resolved === undefined) throw unknownAttribute(path, schema);
  const { extension, attribute, subAttribute } = resolved;
  const name = withoutSchema(path);
  requireFilterable(name, attribute);
  if (subAttribute !== undefined) requireFilterable(name, subAttribute);
  return {
    name,
    attribute: subAttribute ?? attribute,
    whereAny: (test) => {
      const ofAttribute = subAttribute === undefined ? test : whereAnyAt(subAttribute.name, test);
      const ofRoot = whereAnyAt(attribute.name, ofAttribute);
      return extension === undefined ? ofRoot : whereAnyAt(extension, ofRoot);
    },
  };
}

function locateInValue(path: AttributePath, parent: AttributeDefinition): Located<JsonValue> {
  const name = printAttributePath(path);
  const isSimple = path.schema === undefined && path.subAttribute === undefined;
  if (parent.type !== 'complex' && isSimple && path.name.toLowerCase() === 'value') {
    return { name: parent.name, attribute: parent, whereAny: (test) => test };
  }
  const subAttribute = isSimple ? findSubAttribute(parent, path.name) : undefined;
  if (subAttribute === undefined) {
    throw invalidFilter(`${quoteExcerpt(name)} is no sub-attribute of ${quoteExcerpt(parent.name)}`);
  }
  requireFilterable(`${parent.name}.${subAttribute.name}`, subAttribute);
  return {
    name: `${parent.name}.${subAttribute.name}`,
    attribute: subAttribute,
    whereAny: (test) => whereAnyAt(subAttribute.name, test),
  };
}

/** Whether the test holds for a value of the member of that name: of a multi-valued one, for any of its values. */
function whereAnyAt(name: string, test: ValueTest): ValueTest {
  return (parent) => {
    const value = isJsonObject(parent) ? member(parent, name) : undefined;
    if (value === undefined) return false;
    return isJsonArray(value) ? value.some(test) : test(value);
  };
}

/** `pr` of table 3: a value that is neither null nor empty, or a complex one with such a sub-attribute. */
function isPresent(value: JsonValue): boolean {
  if (value === null || value === '') return false;
  if (isJsonArray(value)) return value.some(isPresent);
  return !isJsonObject(value) || Object.values(value).some(isPresent);
}

function everyOf<Root>(predicates: readonly Predicate<Root>[]): Predicate<Root> {
  return (root) => predicates.every((holds) => holds(root));
}

function someOf<Root>(predicates: readonly Predicate<Root>[]): Predicate<Root> {
  return (root) => predicates.some((holds) => holds(root));
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
