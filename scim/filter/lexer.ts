import type { ScimError } from '../errors.ts';
import { hasLoneSurrogate, quoteExcerpt } from '../text.ts';
import type { AttributePath } from './ast.ts';
import { toAttributePathAt } from './attribute-path.ts';

/** A word is a run of anything but blanks, quotes and brackets: a path, an operator, a number, `true`, `not`. */
export type TokenKind = 'word' | 'string' | '(' | ')' | '[' | ']' | 'end';

/** How a fault is reported: what the text is called, and which error it makes. */
export interface FaultReport {
  readonly subject: 'filter' | 'path';
  readonly createError: (detail: string) => ScimError;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const FIRST_PRINTABLE = SPACE;
const QUOTE = 0x22;
const LEFT_ROUND = 0x28;
const RIGHT_ROUND = 0x29;
const LEFT_SQUARE = 0x5b;
const BACKSLASH = 0x5c;
const RIGHT_SQUARE = 0x5d;
/** A string of nothing else than printable ASCII, a backslash excepted, is read at once. */
const UNUSUAL = /[^ -[\]-~]/;

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/**
 * Cuts a filter or a PATCH path into tokens, one at a time and in one pass. It holds the token at hand; `advance` goes
 * on to the next.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.2 RFC 7644 §3.4.2.2, figure 1}
 */
export class Lexer {
  kind: TokenKind = 'end';
  /** Where the token begins in the text. */
  start = 0;
  /** Where the token ends: the position after its last character. */
  end = 0;
  /** The faults of a value filter inside a path are those of a filter. */
  report: FaultReport;
  readonly #text: string;
  #string = '';

  constructor(text: string, report: FaultReport) {
    this.#text = text;
    this.report = report;
    this.advance();
  }

  /** The word, or what the string says. */
  get value(): string {
    return this.kind === 'string' ? this.#string : this.#text.slice(this.start, this.end);
  }

  /** The attribute that the word at hand names; undefined where it is no word, or not of that form. */
  toAttributePath(): AttributePath | undefined {
    return this.kind === 'word' ? toAttributePathAt(this.#text, this.start, this.end) : undefined;
  }

  /** Goes on to the next token. */
  advance(): void {
    const text = this.#text;
    const start = this.#skipBlanks();
    this.start = start;
    let end = start;
    while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++;
    this.end = end;
    if (end > start) this.kind = 'word';
    else if (start === text.length) this.kind = 'end';
    else this.#readDelimiter(text.charCodeAt(start));
  }

  /** Whether the token at hand is that word (in lower case), in whatever case it is written. */
  isWord(word: string): boolean {
    if (this.kind !== 'word' || this.end - this.start !== word.length) return false;
    for (let i = 0; i < word.length; i++) {
      if (toLowerCaseCode(this.#text.charCodeAt(this.start + i)) !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Whether an opening round bracket follows the token at hand, blanks aside. */
  isBeforeGroup(): boolean {
    return this.#text[this.#skipBlanks()] === '(';
  }

  /** The error for a token that cannot stand where it does. */
  unexpected(expected: string): ScimError {
    const found =
      this.kind === 'end'
        ? `the end of the ${this.report.subject}`
        : quoteExcerpt(this.#text.slice(this.start, this.end));
    return this.fault(`found ${found}, expected ${expected}`);
  }

  /** The error for what is wrong at the position: by default, at the token at hand. */
  fault(problem: string, position = this.start): ScimError {
    const { subject, createError } = this.report;
    return createError(`The ${subject} is not valid at character ${position + 1}: ${problem}`);
  }

  /** The position of the first character behind the token at hand that is no blank. */
  #skipBlanks(): number {
    const text = this.#text;
    let at = this.end;
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    return at;
  }

  #readDelimiter(code: number): void {
    this.end = this.start + 1;
    switch (code) {
      case LEFT_ROUND:
        this.kind = '(';
        return;
      case RIGHT_ROUND:
        this.kind = ')';
        return;
      case LEFT_SQUARE:
        this.kind = '[';
        return;
      case RIGHT_SQUARE:
        this.kind = ']';
        return;
    }
    this.#readString();
  }

  /** Reads a JSON string (RFC 8259 §7); the token begins at its opening quote. */
  #readString(): void {
    const quote = this.#text.indexOf('"', this.start + 1);
    const content = this.#text.slice(this.start + 1, quote);
    if (quote === -1 || UNUSUAL.test(content)) {
      this.#readUnusualString();
      return;
    }
    this.kind = 'string';
    this.end = quote + 1;
    this.#string = content;
  }

  #readUnusualString(): void {
    const text = this.#text;
    let read = '';
    let from = this.start + 1;
    let at = from;
    for (;;) {
      if (at >= text.length) throw this.fault('the string that begins here has no closing quote');
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code < FIRST_PRINTABLE) {
        throw this.fault(`a control character stands unescaped in a string; write it as ${toEscape(code)}`, at);
      }
      if (code === BACKSLASH) {
        read += text.slice(from, at) + this.#readEscape(at);
        at += text[at + 1] === 'u' ? 6 : 2;
        from = at;
      } else {
        at++;
      }
    }
    this.kind = 'string';
    this.end = at + 1;
    this.#string = read + text.slice(from, at);
    this.#requireText(this.#string);
  }

  #requireText(value: string): void {
    if (hasLoneSurrogate(value)) throw this.fault('the string holds half of a surrogate pair, which is no text');
    if (value.includes('\0')) throw this.fault('the string holds the character U+0000, which no value may have');
  }

  /** What the escape sequence at that position stands for. */
  #readEscape(at: number): string {
    const letter = this.#text[at + 1] ?? '';
    if (letter === 'u') {
      const digits = this.#text.slice(at + 2, at + 6);
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw this.fault('"\\u" must be followed by four hexadecimal digits', at);
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = escapes.get(letter);
    if (character === undefined) {
      throw this.fault('a backslash in a string must be followed by one of " \\ / b f n r t u', at);
    }
    return character;
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === LINE_FEED || code === CARRIAGE_RETURN;
}

/** Whether the character ends a word; letters and digits, most of what is asked for, are told first. */
function isDelimiter(code: number): boolean {
  if (code > RIGHT_SQUARE) return false;
  if (code <= SPACE) return isBlank(code);
  return code === QUOTE || code === LEFT_ROUND || code === RIGHT_ROUND || code === LEFT_SQUARE || code === RIGHT_SQUARE;
}

function toEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The code of an ASCII letter in lower case; what is no letter becomes no letter. */
function toLowerCaseCode(code: number): number {
  return code | 0x20;
}
