/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * A line of CSV, ended. Values come from identity providers: one that a spreadsheet would run as a formula is given a
 * leading apostrophe, by which it is shown as text.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4180.html#section-2 RFC 4180 §2}
 */
export function toCsvLine(values: readonly (string | number | undefined)[]): string {
  return `${values.map(toField).join(',')}\r\n`;
}

function toField(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
