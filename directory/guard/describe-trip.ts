import { daysLeft } from './giving-up.ts';
import type { GuardItem } from './guard-items.ts';

/** In words, which change once a day as long as requests are held; undefined where the guard has not tripped. */
export function describeTrip({ tripped }: Pick<GuardItem, 'tripped'>, now: Date): string | undefined {
  if (tripped === undefined) return undefined;
  const { at, mode, what, counted, limit, windowMinutes } = tripped;
  const much = `${counted} ${what === 'users' ? 'users' : 'memberships'} within ${windowMinutes} minutes, ${limit} allowed`;
  if (mode === 'watch') return `since ${at}: ${much}; nothing is held back`;
  return `since ${at}: ${much}; requests are held, and Entra gives up in ${daysLeft(at, now)} days`;
}
