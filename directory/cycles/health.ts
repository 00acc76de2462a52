import { describeTrip } from '../guard/describe-trip.ts';
import type { GuardItem } from '../guard/guard-items.ts';
import type { ApplicationItem } from '../store/tenant-items.ts';
import type { Cycle } from './cycle.ts';
import { findFailureShare } from './failure-share.ts';
import { findSilence } from './rhythm.ts';
import { findTokenWarnings, type TokenReason } from './token-warnings.ts';

/** Why an application is unhealthy; each is an incident of its own and has its article in docs/runbook.md. */
export type UnhealthyReason = 'failures' | 'silent' | 'guard-tripped' | TokenReason;

/** What is known of an application when its health is judged. */
export interface Watched {
  readonly item: ApplicationItem;
  /** Newest first, the open one included. */
  readonly cycles: readonly Cycle[];
  /** Whether its tenant is neither paused nor shut: then the identity provider is refused because an operator wants it. */
  readonly isServed: boolean;
  /** Its window, as the guard has it. */
  readonly guard?: GuardItem | undefined;
}

/**
 * What is wrong with an application now, in words by reason. Nothing ever is with a muted one.
 *
 * @param open - The reasons known already.
 */
export function judge(
  { item, cycles, isServed, guard }: Watched,
  open: ReadonlySet<string>,
  now: number,
): ReadonlyMap<UnhealthyReason, string> {
  if (item.muted) return new Map();
  const found = new Map<UnhealthyReason, string>(findTokenWarnings(item, lastUses(cycles), now));
  const excess = guard && describeTrip(guard, new Date(now));
  if (excess !== undefined) found.set('guard-tripped', excess);
  if (!isServed) return found;
  const failures = findFailureShare(cycles, now, open.has('failures'));
  if (failures !== undefined) found.set('failures', failures);
  const silence = findSilence(cycles, now);
  if (silence !== undefined) found.set('silent', silence);
  return found;
}

/** When each of an application's tokens was used last, by credential id, in milliseconds since 1970. */
export function lastUses(cycles: readonly Pick<Cycle, 'uses'>[]): Readonly<Record<string, number>> {
  const last: Record<string, number> = {};
  for (const { uses } of cycles) {
    for (const [id, at] of Object.entries(uses)) last[id] = Math.max(last[id] ?? 0, at);
  }
  return last;
}
