/** A JSON string: the form in which every error message quotes what a client sent. */
const QUOTATION = /"(?:[^"\\]|\\.)*"/gs;

/** The text without what stands in quotation marks, which is what a client sent and may be personal. */
export function strikeQuotations(text: string): string {
  return text.replace(QUOTATION, '"…"');
}
