import type { ItemChange } from '../store/item-change.ts';
import { JournalChunkItemSchema, parseItem } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { newEntry } from './new-entry.ts';

/**
 * What the end of a journal's chunk says: its members have come and gone. One that is void, or that nobody was about to
 * do, changed nothing; what is left of one whose members were all in or out already is empty.
 */
export function chunkEntry(tenant: string, groupId: string, change: ItemChange): LogItem | undefined {
  if (change.after !== undefined || change.before === undefined) return undefined;
  const chunk = parseItem(JournalChunkItemSchema, change.before);
  const { sk, add, remove, by, groupVersion, groupModified } = chunk;
  if (chunk.void === true || groupVersion === undefined || groupModified === undefined) return undefined;
  if (add.length + remove.length === 0) return undefined;
  return newEntry(tenant, ['chunk', groupId, sk], {
    time: groupModified,
    ...by,
    operation: 'update',
    resource: { type: 'Group', id: groupId },
    version: groupVersion,
    membersAdded: add.map(({ id }) => id),
    membersRemoved: remove,
  });
}
