import type { JsonObject } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import { type Cleaner, finishDeletion } from '../deletion.ts';
import { learn } from '../refusals.ts';
import { createActions, newResourceItem, type ReasonedAction } from '../resource-writes.ts';
import type { JournalEntryItem, ResourceItem } from '../store/items.ts';
import { TableBusyError, WriteRefusedError } from '../store/table-errors.ts';
import { bringBackActions } from './bring-back.ts';
import { type Findings, findReturning } from './find-returning.ts';
import { dropMemberships, isOfLife } from './former-memberships.ts';
import { toNewUser } from './user-rules.ts';

/** How often to look again for what a claim or an index entry points to, before it is taken for lost. */
const MAX_LOOKS = 20;

/**
 * Creates a user, or brings back under the former id whoever it is that returns ({@link findReturning}), with the attributes
 * given now and without groups: these come from the identity provider. What is locally owned is as it was.
 *
 * What was found is bound to the write: a tombstone can be taken once, a claim only as it was read. Whoever loses a race
 * looks again, and finds the winner.
 *
 * @param sent - What the client sends, in stored form.
 * @throws ScimError 409 `uniqueness`; as {@link toNewUser}.
 */
export async function createOrRelinkUser(context: DirectoryContext, sent: JsonObject): Promise<ResourceItem> {
  const attributes = toNewUser(context, sent);
  const cleaner: Cleaner = { table: context.table, now: context.now, hasTime: () => true };
  for (let look = 1; ; look += 1) {
    const findings = await findReturning(context, attributes);
    if (!findings.isSettled && look < MAX_LOOKS) continue;
    const { tombstone } = findings;
    if (tombstone !== undefined) {
      const { tenant } = context;
      // A membership of before would come to life again with the id.
      const deletion = {
        tenant: tenant.name,
        type: 'User',
        resourceId: tombstone.sk,
        journalId: tombstone.journal,
      } as const;
      await finishDeletion(cleaner, deletion);
    }
    const { item, entry, actions } = toActions(context, sent, findings);
    try {
      await context.table.write(actions.map(({ action }) => action));
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      learn(error, actions, { add: [], remove: [] }, { takeovers: new Map(), memberGroups: new Set() });
      continue;
    }
    if (entry !== undefined) await dropFormer(cleaner, entry);
    return item;
  }
}

function toActions(
  context: DirectoryContext,
  sent: JsonObject,
  { tombstone, takeovers, givenUp }: Findings,
): {
  readonly item: ResourceItem;
  readonly entry?: JournalEntryItem;
  readonly actions: readonly ReasonedAction[];
} {
  const attributes = toNewUser(context, sent, tombstone?.item.attributes);
  if (tombstone !== undefined) {
    return bringBackActions(context, { tombstone, how: 'relinked', attributes, takeovers, givenUp });
  }
  const item = newResourceItem(context, 'User', context.newId(), attributes);
  return { item, actions: createActions(context, item, takeovers) };
}

/** Whatever is left of it is the sweeper's. */
async function dropFormer(cleaner: Cleaner, entry: JournalEntryItem): Promise<void> {
  try {
    await dropMemberships(cleaner, entry, isOfLife(entry));
  } catch (error) {
    if (!(error instanceof TableBusyError)) throw error;
  }
}
