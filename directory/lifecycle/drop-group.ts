import type { DirectoryContext } from '../context.ts';
import { type Cleaner, finishDeletion } from '../deletion.ts';
import type { TombstoneItem } from '../store/items.ts';
import { endTombstone } from './end-tombstone.ts';
import { dropMemberships } from './former-memberships.ts';

/**
 * Forgets a deleted group: whom it had as members, and then its tombstone, by which whoever comes next finds what is left.
 * Nothing of it is in the log or in an event, for the group is gone already.
 *
 * @returns False where the time was over first, or the tombstone is no longer as it was read.
 */
export async function dropGroup(
  context: DirectoryContext,
  tombstone: TombstoneItem,
  hasTime: () => boolean,
): Promise<boolean> {
  const { table, tenant, now } = context;
  const { sk: resourceId, journal: journalId } = tombstone;
  const cleaner: Cleaner = { table, now, hasTime };
  const deletion = { tenant: tenant.name, type: 'Group', resourceId, journalId } as const;
  if (!(await finishDeletion(cleaner, deletion)) || !(await dropMemberships(cleaner, deletion))) return false;
  return await endTombstone(context, tombstone);
}
