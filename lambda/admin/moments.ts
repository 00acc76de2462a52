/** The moment from which on is asked for; a day begins with its first. */
export function toStart(text: string): Date {
  return new Date(text);
}

/** The moment up to which is asked for; a day is meant to its end. */
export function toEnd(text: string): Date {
  return new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59.999Z` : text);
}
