import type { Amount, Bucket, GuardItem } from './guard-items.ts';
import type { GuardSettings } from './guard-policy.ts';

/** Slices that a window is kept in, at most. */
const SLICES = 60;
const MINUTE_MILLIS = 60_000;

export const KINDS = ['users', 'memberships'] as const;
export type Kind = (typeof KINDS)[number];

/** The slices of a window that have not passed. One that has passed in part still counts as a whole: rather too much. */
export function inWindow(buckets: readonly Bucket[], { windowMinutes }: GuardSettings, now: number): readonly Bucket[] {
  const begin = now - windowMinutes * MINUTE_MILLIS;
  return buckets.filter(({ at }) => at + sliceOf(windowMinutes) > begin);
}

/** The slices with what is asked for now. */
export function withAmount(
  buckets: readonly Bucket[],
  { users, memberships }: Amount,
  { windowMinutes }: GuardSettings,
  now: number,
): readonly Bucket[] {
  const slice = sliceOf(windowMinutes);
  const at = Math.floor(now / slice) * slice;
  const current = buckets.find((bucket) => bucket.at === at) ?? { at, users: 0, memberships: 0 };
  const grown = { at, users: current.users + users, memberships: current.memberships + memberships };
  return [...buckets.filter((bucket) => bucket !== current), grown];
}

function sliceOf(windowMinutes: number): number {
  return Math.max(1, Math.ceil(windowMinutes / SLICES)) * MINUTE_MILLIS;
}

export function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce<Amount>(
    (sum, { users, memberships }) => ({ users: sum.users + users, memberships: sum.memberships + memberships }),
    { users: 0, memberships: 0 },
  );
}

export function isNothing({ users, memberships }: Amount): boolean {
  return users === 0 && memberships === 0;
}

/** How many may go of so many. */
export function limitOf({ percent, atLeast }: GuardSettings, base: number): number {
  return Math.max(atLeast, Math.floor((Math.max(0, base) * percent) / 100));
}

/** What there would be too much of. @param base - Undefined: not known; then nothing is allowed but `atLeast`. */
export function findExcess(
  total: Amount,
  asked: Amount,
  settings: GuardSettings,
  base: GuardItem['base'],
): { readonly what: Kind; readonly counted: number; readonly limit: number; readonly base: number } | undefined {
  for (const what of KINDS) {
    const limit = limitOf(settings, base?.[what] ?? 0);
    if (asked[what] > 0 && total[what] > limit) return { what, counted: total[what], limit, base: base?.[what] ?? 0 };
  }
  return undefined;
}
