import { invalidFilter, type ScimError } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { compareByCodePoint, normaliseText, quoteExcerpt } from '../text.ts';
import type { CompareOperator, FilterValue } from './ast.ts';
import { toEpochMilliseconds } from './date-time.ts';

/** Tells whether one value satisfies a condition. Pure and total: a value of another type does not. */
export type ValueTest = (value: JsonValue) => boolean;

type SubstringOperator = 'co' | 'sw' | 'ew';
type OrderOperator = Exclude<CompareOperator, SubstringOperator>;

/**
 * Makes the test of one comparison, by the attribute's type. Values that are missing, null or of another type fail it,
 * whatever the operator.
 *
 * @param name - The attribute as an error calls it.
 * @throws {@link ScimError} 400 `invalidFilter` where the type has no such operator, or the literal is not of the type.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.2 RFC 7644 §3.4.2.2, table 3}
 */
export function createComparison(
  name: string,
  attribute: AttributeDefinition,
  operator: CompareOperator,
  literal: FilterValue,
): ValueTest {
  switch (attribute.type) {
    case 'string':
    case 'reference':
      return compareTexts(operator, requireText(name, attribute, literal), attribute.caseExact);
    case 'binary':
      if (operator !== 'eq' && operator !== 'ne' && !isSubstringOperator(operator)) {
        throw unsupported(name, attribute, operator, 'eq, ne, co, sw, ew, pr');
      }
      return compareTexts(operator, requireText(name, attribute, literal), true);
    case 'dateTime':
      // Part of a date is looked for in its text: no part is itself a date.
      if (isSubstringOperator(operator)) return compareTexts(operator, requireText(name, attribute, literal), false);
      return compareDates(operator, requireDate(name, attribute, literal));
    case 'integer':
    case 'decimal':
      if (isSubstringOperator(operator)) throw unsupported(name, attribute, operator, 'eq, ne, gt, ge, lt, le, pr');
      if (typeof literal !== 'number') throw mistyped(name, attribute, literal, 'a number');
      return compareNumbers(operator, literal);
    case 'boolean':
      if (operator !== 'eq' && operator !== 'ne') throw unsupported(name, attribute, operator, 'eq, ne, pr');
      return compareBooleans(operator, requireBoolean(name, attribute, literal));
    case 'complex':
      throw unsupported(name, attribute, operator, 'pr');
  }
}

/** Most that are equal are so to the letter; what they are otherwise is worked out where it is asked for. */
function equalsText(literal: string, caseExact: boolean): ValueTest {
  let expected: string | undefined;
  return (value) => {
    if (value === literal) return true;
    if (typeof value !== 'string') return false;
    expected ??= normaliseText(literal, caseExact);
    return normaliseText(value, caseExact) === expected;
  };
}

function compareTexts(operator: CompareOperator, literal: string, caseExact: boolean): ValueTest {
  if (operator === 'eq') return equalsText(literal, caseExact);
  return compareNormalised(operator, normaliseText(literal, caseExact), caseExact);
}

function compareNormalised(operator: Exclude<CompareOperator, 'eq'>, expected: string, caseExact: boolean): ValueTest {
  switch (operator) {
    case 'ne':
      return (value) => typeof value === 'string' && normaliseText(value, caseExact) !== expected;
    case 'co':
      return (value) => typeof value === 'string' && normaliseText(value, caseExact).includes(expected);
    case 'sw':
      return (value) => typeof value === 'string' && normaliseText(value, caseExact).startsWith(expected);
    case 'ew':
      return (value) => typeof value === 'string' && normaliseText(value, caseExact).endsWith(expected);
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le': {
      const holds = toOrderTest(operator);
      return (value) =>
        typeof value === 'string' && holds(compareByCodePoint(normaliseText(value, caseExact), expected));
    }
  }
}

function compareDates(operator: OrderOperator, expected: number): ValueTest {
  const holds = toOrderTest(operator);
  return (value) => {
    const actual = typeof value === 'string' ? toEpochMilliseconds(value) : undefined;
    return actual !== undefined && holds(actual - expected);
  };
}

function compareNumbers(operator: OrderOperator, expected: number): ValueTest {
  const holds = toOrderTest(operator);
  return (value) => typeof value === 'number' && holds(value - expected);
}

function compareBooleans(operator: 'eq' | 'ne', expected: boolean): ValueTest {
  const wanted = operator === 'eq' ? expected : !expected;
  return (value) => value === wanted;
}

/** Whether the operator holds, by the sign of actual minus expected. */
function toOrderTest(operator: OrderOperator): (order: number) => boolean {
  switch (operator) {
    case 'eq':
      return (order) => order === 0;
    case 'ne':
      return (order) => order !== 0;
    case 'gt':
      return (order) => order > 0;
    case 'ge':
      return (order) => order >= 0;
    case 'lt':
      return (order) => order < 0;
    case 'le':
      return (order) => order <= 0;
  }
}

function isSubstringOperator(operator: CompareOperator): operator is SubstringOperator {
  return operator === 'co' || operator === 'sw' || operator === 'ew';
}

function requireText(name: string, attribute: AttributeDefinition, literal: FilterValue): string {
  if (typeof literal !== 'string') throw mistyped(name, attribute, literal, 'a string in double quotes');
  return literal;
}

function requireDate(name: string, attribute: AttributeDefinition, literal: FilterValue): number {
  const date = typeof literal === 'string' ? toEpochMilliseconds(literal) : undefined;
  if (date === undefined) throw mistyped(name, attribute, literal, 'a date and time such as "2011-05-13T04:42:34Z"');
  return date;
}

/** Entra writes booleans as strings: `primary eq "True"`. */
function requireBoolean(name: string, attribute: AttributeDefinition, literal: FilterValue): boolean {
  const value = typeof literal === 'string' ? literal.toLowerCase() : literal;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw mistyped(name, attribute, literal, 'true or false');
}

function unsupported(
  name: string,
  { type }: AttributeDefinition,
  operator: CompareOperator,
  others: string,
): ScimError {
  return invalidFilter(
    `Operator ${operator} does not apply to ${quoteExcerpt(name)}, which is of type ${type} and takes ${others}`,
  );
}

/** The literal is not repeated: it may be personal, and details are logged. */
function mistyped(name: string, { type }: AttributeDefinition, literal: FilterValue, expected: string): ScimError {
  const found = literal === null ? 'null' : typeof literal === 'string' ? 'another string' : `a ${typeof literal}`;
  return invalidFilter(
    `${quoteExcerpt(name)} is of type ${type}: expected ${expected} to compare it with, found ${found}`,
  );
}
