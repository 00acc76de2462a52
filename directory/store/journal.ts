import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { Action, Item, ItemTable, Key } from './item-table.ts';
import {
  FORMAT,
  type JournalChunkItem,
  JournalChunkItemSchema,
  JournalEntryItemSchema,
  parseItem,
  parseOptionalItem,
  ResourceItemSchema,
} from './items.ts';
import {
  journalChunkKey,
  journalEntryKey,
  journalPartition,
  journalRange,
  memberKey,
  memberOfKey,
  resourceKey,
} from './keys.ts';
import { queryAll } from './query-all.ts';
import { WriteRefusedError } from './table-errors.ts';

/** Names one long write of a group's members. */
export interface Journal {
  readonly tenant: string;
  readonly type: ResourceTypeName;
  readonly resourceId: string;
  readonly journalId: string;
}

/** How somebody takes part in carrying out a journal. */
interface Share {
  /** Chunks under way at once: they share no item, but a partition takes 1,000 write units a second. */
  readonly lanes: number;
  /** Where among the chunks to begin, from 0 to below 1: those who take part at once are to meet seldom. */
  readonly from: number;
}

/** The share of whoever has the journal to itself: who laid it down, and the sweeper. */
const ALONE: Share = { lanes: 8, from: 0 };

/**
 * The share of a request that meets the journal of another, which is most likely under way: many such requests may come
 * at once, and together they must not take what it needs.
 *
 * @param id - A random UUID.
 */
export function helpingShare(id: string): Share {
  return { lanes: 1, from: Number.parseInt(id.slice(0, 8), 16) / 2 ** 32 };
}

/** Chunks whose absence one transaction can check beside the two writes that close a journal. */
const CHECKS = 98;

/**
 * Carries out what is left of a started journal, and closes it. Anybody may, at any time, any number at once: each chunk
 * is done exactly once, by whoever comes first.
 */
export async function finishJournal(table: ItemTable, journal: Journal, share = ALONE): Promise<void> {
  const entryKey = journalEntryKey(journal.tenant, journal.resourceId, journal.journalId);
  const groupKey = resourceKey(journal.tenant, journal.type, journal.resourceId);
  for (;;) {
    const [entryItem, group] = await table.getMany([entryKey, groupKey]);
    const entry = parseOptionalItem(JournalEntryItemSchema, entryItem);
    if (entry === undefined) return;
    const start = startOf(journal, group);
    const chunks = await readChunks(table, journal);
    const first = Math.floor(share.from * chunks.length);
    const queue = [...chunks.slice(first), ...chunks.slice(0, first)].values();
    await Promise.all(
      Array.from({ length: share.lanes }, async () => {
        for (const chunk of queue) await runChunk(table, journal, await claimChunk(table, chunk, start));
      }),
    );
    if (await close(table, journal, entryKey, entry.chunks)) return;
  }
}

/** What the group says of the write that started its journal; it stays as it is while the journal is open. */
interface Start {
  readonly groupVersion: number;
  readonly groupModified: string;
}

/** Undefined where it is not seen that the journal has started. */
function startOf({ journalId }: Journal, group: Item | undefined): Start | undefined {
  const { journal, version, lastModified } = parseOptionalItem(ResourceItemSchema, group) ?? {};
  if (journal !== journalId || version === undefined || lastModified === undefined) return undefined;
  return { groupVersion: version, groupModified: lastModified };
}

/**
 * Closes a journal under the condition that none of its chunks is left. The checks matter: a query may miss a chunk whose
 * transaction has not wholly taken effect, and who waits for this journal would then read members of before.
 *
 * @returns False when there may be work left.
 */
async function close(table: ItemTable, journal: Journal, entryKey: Key, chunks: number): Promise<boolean> {
  const checks = Array.from(
    { length: chunks },
    (_, n): Action => ({
      kind: 'check',
      key: journalChunkKey(journal.tenant, journal.resourceId, journal.journalId, n),
      conditions: [{ kind: 'notExists' }],
    }),
  );
  try {
    while (checks.length > CHECKS) {
      await table.write(checks.splice(0, CHECKS));
      // Of many who wait for this one, the first that comes here closes it.
      if ((await table.get(entryKey)) === undefined) return true;
    }
    await table.write([
      {
        kind: 'update',
        key: resourceKey(journal.tenant, journal.type, journal.resourceId),
        remove: ['journal'],
        conditions: [{ kind: 'equals', attribute: 'journal', value: journal.journalId }],
      },
      { kind: 'delete', key: entryKey, conditions: [{ kind: 'exists' }] },
      ...checks,
    ]);
    return true;
  } catch (error) {
    if (error instanceof WriteRefusedError) return false;
    throw error;
  }
}

/**
 * Gives up a journal that has not started, so that it never can; the chunks are marked first, so that the change feed
 * does not take their end for a change. Does nothing to one that has started.
 *
 * @returns Whether it is void now.
 */
export async function voidJournal(table: ItemTable, journal: Journal): Promise<boolean> {
  const entryKey = journalEntryKey(journal.tenant, journal.resourceId, journal.journalId);
  try {
    await table.writeOne({
      kind: 'update',
      key: entryKey,
      set: { state: 'void' },
      conditions: [{ kind: 'equals', attribute: 'state', value: 'preparing' }],
    });
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    if (error.refusals[0].item?.['state'] !== 'void') return false;
  }
  for (const chunk of await readChunks(table, journal)) {
    const key = { pk: chunk.pk, sk: chunk.sk };
    await ignoringRefusal(
      table.writeOne({ kind: 'update', key, set: { void: true }, conditions: [{ kind: 'exists' }] }),
    );
    await table.writeOne({ kind: 'delete', key });
  }
  await table.writeOne({ kind: 'delete', key: entryKey });
  return true;
}

async function readChunks(table: ItemTable, { tenant, resourceId, journalId }: Journal): Promise<JournalChunkItem[]> {
  const items = await queryAll(table, { pk: journalPartition(tenant, resourceId), ...journalRange(journalId) });
  return items.map((item) => parseItem(JournalChunkItemSchema, item));
}

/**
 * Says on a chunk that it is about to be done, with what the change feed needs to know; one on which that is said
 * already is read once more. For a refused transaction costs as much as one that is carried out.
 *
 * @param start - Undefined where it was not seen: then nobody does the chunk but who sees it.
 * @returns undefined where somebody has done it.
 */
async function claimChunk(
  table: ItemTable,
  chunk: JournalChunkItem,
  start: Start | undefined,
): Promise<JournalChunkItem | undefined> {
  const key = { pk: chunk.pk, sk: chunk.sk };
  if (chunk.groupVersion !== undefined) return parseOptionalItem(JournalChunkItemSchema, await table.get(key));
  if (start === undefined) return undefined;
  const conditions = [{ kind: 'versionIs', version: chunk.version } as const];
  try {
    await table.writeOne({ kind: 'update', key, set: { ...start }, conditions });
    return { ...chunk, ...start };
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return parseOptionalItem(JournalChunkItemSchema, error.refusals[0].item);
  }
}

/** Does a chunk if nobody has yet: in one transaction that also deletes the chunk under its version. */
async function runChunk(table: ItemTable, journal: Journal, claimed: JournalChunkItem | undefined): Promise<void> {
  let current = claimed;
  while (current !== undefined) {
    const actions = chunkActions(journal, current);
    try {
      await table.write(actions.map(({ action }) => action));
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      const moved = error.refusalOf(0);
      if (moved === undefined) {
        // Its members' types were looked up before the start: who is refused is in or out already, or gone.
        const done = new Set(error.refusals.map(({ index }) => actions[index]?.memberId));
        current = await strike(table, current, done);
      } else {
        current = parseOptionalItem(JournalChunkItemSchema, moved.item);
      }
    }
  }
}

function chunkActions(
  { tenant, resourceId }: Journal,
  chunk: JournalChunkItem,
): readonly { readonly action: Action; readonly memberId?: string }[] {
  const bothKeys = (id: string) => [memberKey(tenant, resourceId, id), memberOfKey(tenant, id, resourceId)];
  return [
    {
      action: {
        kind: 'delete',
        key: { pk: chunk.pk, sk: chunk.sk },
        conditions: [{ kind: 'versionIs', version: chunk.version }],
      },
    },
    ...chunk.add.flatMap(({ id, type }) => [
      ...bothKeys(id).map((key) => ({
        action: { kind: 'put', item: { ...key, format: FORMAT, type }, conditions: [{ kind: 'notExists' }] } as const,
        memberId: id,
      })),
      {
        action: { kind: 'check', key: resourceKey(tenant, type, id), conditions: [{ kind: 'exists' }] } as const,
        memberId: id,
      },
    ]),
    ...chunk.remove.flatMap((id) =>
      bothKeys(id).map((key) => ({
        action: { kind: 'delete', key, conditions: [{ kind: 'exists' }] } as const,
        memberId: id,
      })),
    ),
  ];
}

/** Takes members out of a chunk, so that what it says is exactly what it will do: of an empty one, that it goes. */
async function strike(
  table: ItemTable,
  chunk: JournalChunkItem,
  done: ReadonlySet<string | undefined>,
): Promise<JournalChunkItem | undefined> {
  const key = { pk: chunk.pk, sk: chunk.sk };
  const add = chunk.add.filter(({ id }) => !done.has(id));
  const remove = chunk.remove.filter((id) => !done.has(id));
  const conditions = [{ kind: 'versionIs', version: chunk.version } as const];
  try {
    await table.writeOne({ kind: 'update', key, set: { add, remove }, add: { version: 1 }, conditions });
    return { ...chunk, add, remove, version: chunk.version + 1 };
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    const item = error.refusals[0].item;
    return item === undefined ? undefined : parseItem(JournalChunkItemSchema, item);
  }
}

/** For a write that somebody else may have done already. */
export async function ignoringRefusal(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}
