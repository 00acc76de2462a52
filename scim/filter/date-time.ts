/** The Gregorian calendar repeats itself after so many years. `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
const CYCLE_YEARS = 400;
const CYCLE_MILLISECONDS = 146_097 * 86_400_000;

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const SECONDS_END = 'yyyy-mm-ddThh:mm:ss'.length;
const ZERO = 0x30;

/**
 * Reads an `xsd:dateTime` with a year of four digits. The time zone may be left out, then UTC is meant; `T` and `Z` may be
 * lower case. Read character by character: a scan compares the dates of every resource.
 *
 * @returns Milliseconds since 1970, with what the text says of fractions; undefined where it is no date and time.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.3.5 RFC 7643 §2.3.5}
 */
export function toEpochMilliseconds(text: string): number | undefined {
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined;
  if (text[10] !== 'T' && text[10] !== 't') return undefined;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const second = digitsAt(text, 17, 2);
  const zoneAt = findFractionEnd(text);
  const fraction = zoneAt === SECONDS_END ? 0 : Number(text.slice(SECONDS_END, zoneAt));
  const offsetMinutes = toOffsetMinutes(text, zoneAt);
  // A part with another character than a digit is NaN, which passes no comparison.
  const isDate = year >= 0 && day >= 1 && day <= daysOf(year, month);
  if (!isDate || !isTimeOfDay(hour, minute, second, fraction) || offsetMinutes === undefined) return undefined;
  const shifted = Date.UTC(year + CYCLE_YEARS, month - 1, day, hour, minute - offsetMinutes, second);
  return shifted - CYCLE_MILLISECONDS + fraction * 1000;
}

/** The number that so many digits make; NaN where one of them is none. */
function digitsAt(text: string, start: number, length: number): number {
  let number = 0;
  for (let i = start; i < start + length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** Where the fraction of a second ends, if there is one: a point and digits. */
function findFractionEnd(text: string): number {
  if (text[SECONDS_END] !== '.') return SECONDS_END;
  let end = SECONDS_END + 1;
  while (!Number.isNaN(digitsAt(text, end, 1))) end++;
  return end === SECONDS_END + 1 ? SECONDS_END : end;
}

function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (DAYS_OF_MONTHS[month - 1] ?? 0);
}

/** Midnight may be written as 24:00:00, the end of its day. */
function isTimeOfDay(hour: number, minute: number, second: number, fraction: number): boolean {
  return (hour < 24 && minute < 60 && second < 60) || (hour === 24 && minute + second + fraction === 0);
}

/** Minutes east of Greenwich, by what stands behind the time; no time zone is more than 14 hours off. */
function toOffsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === undefined) return 0;
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : undefined;
  const hours = digitsAt(text, at + 1, 2);
  const minutes = digitsAt(text, at + 4, 2);
  const isOffset = (sign === '+' || sign === '-') && text[at + 3] === ':' && text.length === at + 6;
  if (!isOffset || !(minutes <= 59 && hours * 60 + minutes <= 14 * 60)) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}
