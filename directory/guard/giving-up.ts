const DAY_MILLIS = 86_400_000;

/** Days of failures after which Entra switches a job off for good (docs/protocol.md). */
export const ENTRA_GIVES_UP_DAYS = 28;

/** When an identity provider stops for good that has failed since then. */
export function toGivingUp(since: string, days: number): Date {
  return new Date(Date.parse(since) + days * DAY_MILLIS);
}

/** Whole days that are left until then; 0 where there are none. */
export function daysLeft(since: string, now: Date): number {
  const left = toGivingUp(since, ENTRA_GIVES_UP_DAYS).getTime() - now.getTime();
  return Math.max(0, Math.floor(left / DAY_MILLIS));
}
