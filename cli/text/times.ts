const UNIT_MILLIS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};

/** To the second, in UTC: what stands in a table can be pasted into `--from`. */
export function toTime(iso: string | undefined): string | undefined {
  if (iso === undefined) return undefined;
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 19)}Z`;
}

/** `2026-11-22`, `2026-11-22T09:00:00Z`, or how long ago: `90m`, `24h`, `7d`, `2w`. Undefined where it is none of them. */
export function parseTime(text: string, now: Date): Date | undefined {
  const [, amount, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    return new Date(now.getTime() - Number(amount) * (UNIT_MILLIS[unit] ?? 0));
  }
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** How far away a time is, in its largest unit: `in 27 days`, `3 hours ago`. */
export function toDistance(iso: string, now: Date): string {
  const millis = new Date(iso).getTime() - now.getTime();
  const size = Math.abs(millis);
  const [unit, name]: readonly [number, string] =
    size >= 2 * 86_400_000 ? [86_400_000, 'day'] : size >= 2 * 3_600_000 ? [3_600_000, 'hour'] : [60_000, 'minute'];
  const amount = Math.round(size / unit);
  if (amount === 0) return 'now';
  const distance = `${amount} ${name}${amount === 1 ? '' : 's'}`;
  return millis > 0 ? `in ${distance}` : `${distance} ago`;
}
