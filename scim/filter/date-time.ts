/**
 * Reads an `xsd:dateTime` with a year of four digits. The time zone may be left out, then UTC is meant; `T` and `Z` may be
 * lower case.
 *
 * @returns Milliseconds since 1970, with what the text says of fractions; undefined where it is no date and time.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.3.5 RFC 7643 §2.3.5}
 */
export function toEpochMilliseconds(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/i.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const fraction = Number(parts[7] ?? 0);
  const offsetMinutes = toOffsetMinutes(parts[8] ?? 'Z');
  if (offsetMinutes === undefined || !isTimeOfDay(hour, minute, second, fraction)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined; // the 30th of February
  date.setUTCHours(hour, minute - offsetMinutes, second);
  return date.getTime() + fraction * 1000;
}

/** Midnight may be written as 24:00:00, the end of its day. */
function isTimeOfDay(hour: number, minute: number, second: number, fraction: number): boolean {
  return (hour < 24 && minute < 60 && second < 60) || (hour === 24 && minute + second + fraction === 0);
}

/** Minutes east of Greenwich; no time zone is more than 14 hours off. */
function toOffsetMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  if (minutes > 14 * 60 || Number(zone.slice(4, 6)) > 59) return undefined;
  return zone.startsWith('-') ? -minutes : minutes;
}
