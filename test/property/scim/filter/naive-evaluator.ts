import type { AttributePath, CompareOperator, Filter, FilterValue } from '../../../../scim/filter/ast.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../../scim/json.ts';
import type { AttributeDefinition } from '../../../../scim/schema/types.ts';
import { sampleSchema } from '../../../helpers/sample-schema.ts';

/** RFC 7644 §3.4.2.2 word by word, with no thought of speed: collects the values first, then asks each. */
export function matchesNaively(filter: Filter, resource: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.filter((operand) => !matchesNaively(operand, resource)).length === 0;
    case 'or':
      return filter.operands.filter((operand) => matchesNaively(operand, resource)).length > 0;
    case 'not':
      return matchesNaively(filter.operand, resource) === false;
    case 'present':
      return valuesAt(resource, filter.path).filter(isFilled).length > 0;
    case 'valuePath': {
      // Each value on its own, as if the resource had no other.
      const { name } = filter.path;
      const values = valuesAt(resource, filter.path);
      const widened = widen(filter.filter, name);
      return values.some((value) => matchesNaively(widened, { [name]: [value] }));
    }
    case 'compare': {
      const values = valuesAt(resource, filter.path);
      if (filter.value === null) return values.some(isFilled) === (filter.operator === 'ne');
      const attribute = definitionOf(filter.path);
      const actual =
        attribute.type === 'complex'
          ? values.flatMap((value) => (isJsonObject(value) ? [value['value'] ?? null] : []))
          : values;
      const leaf = attribute.type === 'complex' ? subAttributeOf(attribute, 'value') : attribute;
      return actual.some((value) => compares(leaf, value, filter.operator, filter.value));
    }
  }
}

/** `type eq "x"`, inside a value path of `emails`, says of the whole resource: `emails.type eq "x"`. */
function widen(filter: Filter, parent: string): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, operands: filter.operands.map((operand) => widen(operand, parent)) };
    case 'not':
      return { kind: 'not', operand: widen(filter.operand, parent) };
    case 'present':
    case 'compare': {
      const isComplex = definitionOf({ name: parent }).type === 'complex';
      const path = isComplex ? { name: parent, subAttribute: filter.path.name } : { name: parent };
      return { ...filter, path };
    }
    case 'valuePath':
      throw new Error('a value path inside another is not generated');
  }
}

function valuesAt(resource: JsonObject, path: AttributePath): readonly JsonValue[] {
  const holder = path.schema === undefined ? resource : resource[path.schema];
  const values = isJsonObject(holder) ? toList(holder[path.name]) : [];
  const { subAttribute } = path;
  if (subAttribute === undefined) return values;
  return values.flatMap((value) => (isJsonObject(value) ? toList(value[subAttribute]) : []));
}

function toList(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return isJsonArray(value) ? value : [value];
}

function isFilled(value: JsonValue): boolean {
  if (isJsonObject(value)) return Object.keys(value).some((name) => toList(value[name]).some(isFilled));
  return value !== null && value !== '';
}

function compares(
  attribute: AttributeDefinition,
  actual: JsonValue,
  operator: CompareOperator,
  literal: FilterValue,
): boolean {
  if (attribute.type === 'boolean') {
    const expected = String(literal).toLowerCase() === 'true';
    return typeof actual === 'boolean' && (operator === 'eq' ? actual === expected : actual !== expected);
  }
  if (attribute.type === 'integer' || attribute.type === 'decimal') {
    return typeof actual === 'number' && ordered(operator, actual, Number(literal));
  }
  if (typeof actual !== 'string' || typeof literal !== 'string') return false;
  if (attribute.type === 'dateTime') {
    return !Number.isNaN(Date.parse(actual)) && ordered(operator, Date.parse(actual), Date.parse(literal));
  }
  const [left, right] = [actual, literal].map((text) => comparable(text, attribute.caseExact)) as [string, string];
  if (operator === 'co') return left.split(right).length > 1 || right === '';
  if (operator === 'sw') return left.slice(0, right.length) === right;
  if (operator === 'ew') return right === '' || left.slice(-right.length) === right;
  return ordered(operator, utf8(left), utf8(right));
}

function ordered<T extends number | string>(operator: CompareOperator, left: T, right: T): boolean {
  const holding = left === right ? ['eq', 'ge', 'le'] : left > right ? ['ne', 'gt', 'ge'] : ['ne', 'lt', 'le'];
  return holding.includes(operator);
}

/** Full case folding of the letters that the generators use. */
function comparable(text: string, caseExact: boolean): string {
  const composed = text.normalize('NFC');
  return caseExact ? composed : composed.replace(/[ẞß]/g, 'ss').replace(/[Σς]/g, 'σ').toLowerCase();
}

/** UTF-8 bytes, whose order is that of code points, as text that `>` compares byte by byte. */
function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function definitionOf({ schema, name, subAttribute }: AttributePath): AttributeDefinition {
  const attribute =
    schema === undefined ? sampleSchema.findCoreAttribute(name) : sampleSchema.findExtensionAttribute(schema, name);
  if (attribute === undefined) throw new Error(`the sample schema has no ${name}`);
  return subAttribute === undefined ? attribute : subAttributeOf(attribute, subAttribute);
}

function subAttributeOf(attribute: AttributeDefinition, name: string): AttributeDefinition {
  const found = attribute.subAttributes?.find((subAttribute) => subAttribute.name === name);
  if (found === undefined) throw new Error(`${attribute.name} has no ${name}`);
  return found;
}
