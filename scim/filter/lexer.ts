import type { ScimError } from '../errors.ts';
import { hasLoneSurrogate, quoteExcerpt } from '../text.ts';

/** A word is a run of anything but blanks, quotes and brackets: a path, an operator, a number, `true`, `not`. */
export type TokenKind = 'word' | 'string' | '(' | ')' | '[' | ']' | 'end';

/** How a fault is reported: what the text is called, and which error it makes. */
export interface FaultReport {
  readonly subject: 'filter' | 'path';
  readonly createError: (detail: string) => ScimError;
}

const FIRST_PRINTABLE = 0x20;
const LAST_ASCII = 0x7f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether the ASCII character of that code is a blank, or another that ends a word; a table, for speed. */
const blanks = toTable(' \t\n\r');
const delimiters = toTable(' \t\n\r"()[]');

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
  /** The word, or what the string says. */
  value = '';
  /** The faults of a value filter inside a path are those of a filter. */
  report: FaultReport;
  readonly #text: string;

  constructor(text: string, report: FaultReport) {
    this.#text = text;
    this.report = report;
    this.advance();
  }

  /** Goes on to the next token. */
  advance(): void {
    const text = this.#text;
    const start = this.#skipBlanks();
    this.start = start;
    let end = start;
    while (end < text.length && delimiters[text.charCodeAt(end)] !== 1) end++;
    if (end > start) {
      this.kind = 'word';
      this.value = text.slice(start, end);
      this.end = end;
      return;
    }
    const character = text[start];
    switch (character) {
      case undefined:
        this.kind = 'end';
        this.end = start;
        return;
      case '(':
      case ')':
      case '[':
      case ']':
        this.kind = character;
        this.end = start + 1;
        return;
    }
    this.#readString();
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
    let at = this.end;
    while (blanks[this.#text.charCodeAt(at)] === 1) at++;
    return at;
  }

  /** Reads a JSON string (RFC 8259 §7); the token begins at its opening quote. */
  #readString(): void {
    const text = this.#text;
    let read = '';
    let isPlain = true;
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
        isPlain = false;
        at += text[at + 1] === 'u' ? 6 : 2;
        from = at;
      } else {
        if (code > LAST_ASCII) isPlain = false;
        at++;
      }
    }
    this.kind = 'string';
    this.end = at + 1;
    this.value = read + text.slice(from, at);
    if (!isPlain) this.#requireText(this.value);
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

function toTable(characters: string): Uint8Array {
  const table = new Uint8Array(LAST_ASCII + 1);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

function toEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
