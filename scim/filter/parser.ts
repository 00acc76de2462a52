import { invalidFilter, invalidPath } from '../errors.ts';
import type { PatchPath } from '../patch/types.ts';
import { quoteExcerpt } from '../text.ts';
import type { AttributePath, CompareOperator, Filter, FilterValue } from './ast.ts';
import { isAttributeName, toAttributePathAt } from './attribute-path.ts';
import { type FaultReport, Lexer } from './lexer.ts';

/** The longest filter or path that is read, in characters. */
export const MAX_FILTER_LENGTH = 8192;
/** How deep round and square brackets may be nested. */
export const MAX_FILTER_DEPTH = 32;
/** How many comparisons and presence tests a filter may have. */
export const MAX_FILTER_TERMS = 256;

const filterReport: FaultReport = { subject: 'filter', createError: invalidFilter };
const pathReport: FaultReport = { subject: 'path', createError: invalidPath };

const PATH_FORM = 'an attribute such as userName, name.givenName or urn:…:User:department';

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'] as const satisfies (
  | CompareOperator
  | 'pr'
)[];
const OPERATOR_LIST = operators.join(', ');

/**
 * Parses a filter: the grammar of RFC 7644 §3.4.2.2 in full. Operators, `and`, `or`, `not`, `true`, `false` and `null`
 * are case-insensitive; `not` is an operator only before a bracket. Beyond the grammar it takes what Entra sends, a
 * sub-attribute behind a value path (`emails[type eq "work"].value eq "x"`), as a condition on that same value.
 *
 * @throws {@link ScimError} 400 `invalidFilter`, saying where the text goes wrong or which limit it exceeds.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.2 RFC 7644 §3.4.2.2}
 */
export function parseFilter(text: string): Filter {
  const parser = new Parser(text, filterReport);
  const filter = parser.readFilter();
  parser.expectEnd('"and", "or" or the end of the filter');
  return filter;
}

/**
 * Parses a PATCH path: `attrPath` or `valuePath [subAttr]`.
 *
 * @throws {@link ScimError} 400 `invalidPath`; `invalidFilter` where the filter inside the brackets is at fault.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2, figure 7}
 */
export function parsePatchPath(text: string): PatchPath {
  // Most are a mere attribute.
  const attribute = text.length > MAX_FILTER_LENGTH ? undefined : toAttributePathAt(text, 0, text.length);
  if (attribute !== undefined) return { attribute };
  const parser = new Parser(text, pathReport);
  const path = parser.readPatchPath();
  parser.expectEnd('the end of the path');
  return path;
}

/**
 * Parses an attribute's name as `attributes` and `excludedAttributes` list them; blanks around it do no harm.
 *
 * @returns undefined where the text is no attribute path.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.10 RFC 7644 §3.10}
 */
export function parseAttributePath(text: string): AttributePath | undefined {
  const word = text.trim();
  return word.length > MAX_FILTER_LENGTH ? undefined : toAttributePathAt(word, 0, word.length);
}

/** Recursive descent over the tokens; the limit on depth bounds the recursion. */
class Parser {
  readonly #lexer: Lexer;
  #depth = 0;
  #terms = 0;
  #isInsideValuePath = false;

  constructor(text: string, report: FaultReport) {
    if (text.length > MAX_FILTER_LENGTH) {
      throw report.createError(`The ${report.subject} is longer than ${MAX_FILTER_LENGTH} characters`);
    }
    this.#lexer = new Lexer(text, report);
  }

  expectEnd(expected: string): void {
    if (this.#lexer.kind !== 'end') throw this.#lexer.unexpected(expected);
  }

  /** Operands of `or`, which binds least. */
  readFilter(): Filter {
    const first = this.#readConjunction();
    if (!this.#lexer.isWord('or')) return first;
    const operands: Filter[] = [];
    appendOperand(operands, 'or', first);
    while (this.#lexer.isWord('or')) {
      this.#lexer.advance();
      appendOperand(operands, 'or', this.#readConjunction());
    }
    return { kind: 'or', operands };
  }

  readPatchPath(): PatchPath {
    const start = this.#lexer.start;
    const attribute = this.#readPath();
    if (this.#lexer.kind !== '[') return { attribute };
    if (attribute.subAttribute !== undefined) {
      throw this.#lexer.fault('a value filter must stand behind an attribute, not behind a sub-attribute', start);
    }
    const valueFilter = this.#readValueFilter();
    const subAttribute = this.#readSubAttributeBehindBracket();
    return { attribute: subAttribute === undefined ? attribute : { ...attribute, subAttribute }, valueFilter };
  }

  #readConjunction(): Filter {
    const first = this.#readOperand();
    if (!this.#lexer.isWord('and')) return first;
    const operands: Filter[] = [];
    appendOperand(operands, 'and', first);
    while (this.#lexer.isWord('and')) {
      this.#lexer.advance();
      appendOperand(operands, 'and', this.#readOperand());
    }
    return { kind: 'and', operands };
  }

  #readOperand(): Filter {
    const lexer = this.#lexer;
    if (lexer.kind === '(') return this.#readGroup();
    if (lexer.kind !== 'word') throw lexer.unexpected('an attribute, "not" or "("');
    if (this.#lexer.isWord('not') && lexer.isBeforeGroup()) {
      lexer.advance();
      return { kind: 'not', operand: this.#readGroup() };
    }
    const start = lexer.start;
    const path = this.#readPath();
    if (this.#lexer.kind !== '[') return this.#readTerm(path);
    if (this.#isInsideValuePath) throw lexer.fault('a value path cannot stand inside another', start);
    const filter = this.#readValueFilter();
    const subAttribute = this.#readSubAttributeBehindBracket();
    return subAttribute === undefined
      ? { kind: 'valuePath', path, filter }
      : toCondition(path, filter, this.#readTerm({ name: subAttribute }));
  }

  #readGroup(): Filter {
    this.#enterBracket();
    const filter = this.readFilter();
    if (this.#lexer.kind !== ')') throw this.#lexer.unexpected('"and", "or" or ")"');
    this.#depth--;
    this.#lexer.advance();
    return filter;
  }

  /** What stands in square brackets; its faults are those of a filter, even in a path. The closing bracket is not passed. */
  #readValueFilter(): Filter {
    const { report } = this.#lexer;
    this.#lexer.report = { subject: report.subject, createError: invalidFilter };
    this.#isInsideValuePath = true;
    this.#enterBracket();
    const filter = this.readFilter();
    this.#lexer.report = report;
    if (this.#lexer.kind !== ']') throw this.#lexer.unexpected('"and", "or" or "]"');
    this.#depth--;
    this.#isInsideValuePath = false;
    return filter;
  }

  /** The `.value` of `emails[…].value`, with no blank in between; the token at hand is the closing bracket. */
  #readSubAttributeBehindBracket(): string | undefined {
    const lexer = this.#lexer;
    const bracketEnd = lexer.end;
    lexer.advance();
    if (lexer.kind !== 'word' || lexer.start !== bracketEnd || !lexer.value.startsWith('.')) return undefined;
    const name = lexer.value.slice(1);
    if (!isAttributeName(name)) throw lexer.unexpected('a dot and the name of a sub-attribute');
    lexer.advance();
    return name;
  }

  #readPath(): AttributePath {
    const lexer = this.#lexer;
    const path = lexer.toAttributePath();
    if (path === undefined) throw lexer.unexpected(PATH_FORM);
    lexer.advance();
    return path;
  }

  /** The operator and the value that make a comparison of the path, or its presence test. */
  #readTerm(path: AttributePath): Filter {
    const lexer = this.#lexer;
    this.#terms++;
    if (this.#terms > MAX_FILTER_TERMS) throw lexer.fault(`the filter has more than ${MAX_FILTER_TERMS} comparisons`);
    if (lexer.kind !== 'word') throw lexer.unexpected(`one of the operators ${OPERATOR_LIST}`);
    const operator = toOperator(lexer);
    if (operator === undefined) {
      throw lexer.fault(`operator ${quoteExcerpt(lexer.value)} is not supported; expected one of ${OPERATOR_LIST}`);
    }
    lexer.advance();
    if (operator === 'pr') return { kind: 'present', path };
    return { kind: 'compare', path, operator, value: this.#readValue() };
  }

  #readValue(): FilterValue {
    const lexer = this.#lexer;
    const value = lexer.kind === 'string' ? lexer.value : lexer.kind === 'word' ? toLiteral(lexer) : undefined;
    if (value === undefined) {
      throw lexer.unexpected('a value: a string in double quotes, a number, true, false or null');
    }
    lexer.advance();
    return value;
  }

  #enterBracket(): void {
    this.#depth++;
    if (this.#depth > MAX_FILTER_DEPTH) {
      throw this.#lexer.fault(`brackets are nested more than ${MAX_FILTER_DEPTH} deep`);
    }
    this.#lexer.advance();
  }
}

/** The operator that the word at hand is, in whatever case. */
function toOperator(lexer: Lexer): CompareOperator | 'pr' | undefined {
  for (const operator of operators) if (lexer.isWord(operator)) return operator;
  return undefined;
}

/** Keeps a filter's one form: an operand of the same kind gives its own operands instead of itself. */
function appendOperand(operands: Filter[], kind: 'and' | 'or', operand: Filter): void {
  if (operand.kind === kind) operands.push(...operand.operands);
  else operands.push(operand);
}

/**
 * `path[filter].subAttribute operator value`: one value satisfies both. Compared with null, the sub-attribute is asked
 * for in all of the values that the filter selects, as it is without a filter.
 */
function toCondition(path: AttributePath, filter: Filter, term: Filter): Filter {
  const isNullTest = term.kind === 'compare' && term.value === null && term.operator === 'eq';
  const operands: Filter[] = [];
  appendOperand(operands, 'and', filter);
  operands.push(isNullTest ? { kind: 'present', path: term.path } : term);
  const condition: Filter = { kind: 'valuePath', path, filter: { kind: 'and', operands } };
  return isNullTest ? { kind: 'not', operand: condition } : condition;
}

/** A JSON number, or one of JSON's three words, whose case does not count: clients send `True`. */
function toLiteral(lexer: Lexer): FilterValue | undefined {
  if (lexer.isWord('true')) return true;
  if (lexer.isWord('false')) return false;
  if (lexer.isWord('null')) return null;
  const word = lexer.value;
  if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/i.test(word)) return undefined;
  const number = Number(word);
  if (!Number.isFinite(number)) return undefined;
  return number === 0 ? 0 : number; // minus zero is zero
}
