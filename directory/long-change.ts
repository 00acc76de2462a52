import { type Change, type Knowledge, type Outcome, resourceActions } from './change.ts';
import type { DirectoryContext } from './context.ts';
import { inParts } from './in-parts.ts';
import type { NetChanges } from './member-changes.ts';
import { readOpenDeletions } from './open-deletions.ts';
import { learn, memberNotFound, tooManyMemberChanges } from './refusals.ts';
import { actorOf, type ReasonedAction } from './resource-writes.ts';
import type { Action } from './store/item-table.ts';
import { FORMAT, type Member } from './store/items.ts';
import { finishJournal, voidJournal } from './store/journal.ts';
import { journalChunkKey, journalEntryKey, memberKey, resourceKey } from './store/keys.ts';
import { MAX_ACTIONS } from './store/limits.ts';
import { TableBusyError, WriteRefusedError } from './store/table-errors.ts';

/** Memberships a chunk of a journal takes in (two items and a check each) or out (two items each), at most. */
const CHUNK_ADDITIONS = 33;
const CHUNK_REMOVALS = 49;

/**
 * Writes a change with more members than one transaction holds, by a journal: the change is laid down in chunks, becomes
 * binding in one transaction with whatever else the request changes, and is then carried out chunk by chunk, by this
 * request, or by whoever comes next if this one dies (docs/data-model.md, "Long writes").
 */
export async function commitLongChange(
  context: DirectoryContext,
  change: Change,
  knowledge: Knowledge,
): Promise<Outcome> {
  const { table, tenant } = context;
  const wanted = change.members.add.length + change.members.remove.length;
  if (wanted > tenant.settings.maxMemberChanges) throw tooManyMemberChanges(String(wanted), tenant.settings);
  const { add, remove } = await withoutNoOps(context, change.id, change.members);
  if (change.before !== undefined && change.attributes === undefined && add.length + remove.length === 0) {
    return { kind: 'unchanged' };
  }
  const additions = await withTypes(context, add);
  const journal = { tenant: tenant.name, type: change.type, resourceId: change.id, journalId: context.newId() };
  await prepare(context, journal, additions, remove);
  for (;;) {
    const { item, actions: resource } = resourceActions(context, change, knowledge, journal.journalId);
    const actions: ReasonedAction[] = [
      ...resource,
      {
        action: {
          kind: 'update',
          key: journalEntryKey(journal.tenant, journal.resourceId, journal.journalId),
          set: { state: 'started' },
          conditions: [{ kind: 'equals', attribute: 'state', value: 'preparing' }],
        },
        reason: { kind: 'journal' },
      },
    ];
    try {
      await table.write(actions.map(({ action }) => action));
      return { kind: 'written', item, members: { add, remove }, isWhole: await finishInTime(context, journal) };
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if ((await mend(context, error, actions, journal, knowledge)) === 'stale') return { kind: 'stale' };
    }
  }
}

type JournalName = Parameters<typeof finishJournal>[1];

/** @returns False where the time of the request is over first: what has started is carried on by whoever comes next. */
async function finishInTime({ table }: DirectoryContext, journal: JournalName): Promise<boolean> {
  try {
    await finishJournal(table, journal);
    return true;
  } catch (error) {
    if (error instanceof TableBusyError) return false;
    throw error;
  }
}

/** Learns from a start that was refused; whatever ends the attempt takes the prepared journal with it. */
async function mend(
  context: DirectoryContext,
  error: WriteRefusedError,
  actions: readonly ReasonedAction[],
  journal: JournalName,
  knowledge: Knowledge,
): Promise<'again' | 'stale'> {
  // The sweeper took this writer for dead: it has waited longer than any request may last.
  if (error.refusals.some(({ index }) => actions[index]?.reason.kind === 'journal')) {
    throw new TableBusyError('the long write was given up for lack of progress', { cause: error });
  }
  try {
    if (learn(error, actions, { add: [], remove: [] }, knowledge) !== 'stale') return 'again';
  } catch (refused) {
    await voidJournal(context.table, journal);
    throw refused;
  }
  await voidJournal(context.table, journal);
  return 'stale';
}

async function withoutNoOps(context: DirectoryContext, groupId: string, members: NetChanges): Promise<NetChanges> {
  const ids = [...members.add, ...members.remove];
  const items = await context.table.getMany(ids.map((id) => memberKey(context.tenant.name, groupId, id)));
  const present = new Set(items.flatMap((item) => (item === undefined ? [] : [item.sk])));
  // Who is deleted can be no member, though the membership may be there still.
  const gone = present.size === 0 ? new Set() : await readOpenDeletions(context);
  return {
    add: members.add.filter((id) => !present.has(id) || gone.has(id)),
    remove: members.remove.filter((id) => present.has(id)),
  };
}

/** @throws ScimError 400 `invalidValue` naming ids that are neither users nor groups of the tenant. */
async function withTypes(context: DirectoryContext, ids: readonly string[]): Promise<readonly Member[]> {
  const { table, tenant } = context;
  const types = new Map<string, Member['type']>();
  for (const type of ['User', 'Group'] as const) {
    const unknown = ids.filter((id) => !types.has(id));
    const items = await table.getMany(unknown.map((id) => resourceKey(tenant.name, type, id)));
    for (const item of items) if (item !== undefined) types.set(item.sk, type);
  }
  const missing = ids.filter((id) => !types.has(id));
  if (missing.length > 0) throw memberNotFound(missing);
  return ids.map((id) => ({ id, type: types.get(id) ?? 'User' }));
}

/**
 * Lays down the entry and the chunks. Each transaction after the first checks that the entry is still being prepared, so
 * that a writer whom the sweeper has given up cannot leave chunks behind that nobody knows of.
 */
async function prepare(
  context: DirectoryContext,
  journal: JournalName,
  additions: readonly Member[],
  removals: readonly string[],
): Promise<void> {
  const entryKey = journalEntryKey(journal.tenant, journal.resourceId, journal.journalId);
  const by = actorOf(context);
  const parts = [
    ...inParts(additions, CHUNK_ADDITIONS).map((add) => ({ add, remove: [] })),
    ...inParts(removals, CHUNK_REMOVALS).map((remove) => ({ add: [], remove })),
  ];
  const chunks = parts.map(
    (part, n): Action => ({
      kind: 'put',
      item: {
        ...journalChunkKey(journal.tenant, journal.resourceId, journal.journalId, n),
        format: FORMAT,
        version: 1,
        by,
        ...part,
      },
    }),
  );
  const [first = [], ...more] = inParts(chunks, MAX_ACTIONS - 1);
  const since = context.now().toISOString();
  await context.table.write([
    {
      kind: 'put',
      item: {
        ...entryKey,
        format: FORMAT,
        kind: 'members',
        state: 'preparing',
        chunks: chunks.length,
        ...journal,
        since,
      },
      conditions: [{ kind: 'notExists' }],
    },
    ...first,
  ]);
  for (const part of more) {
    await context.table.write([
      { kind: 'check', key: entryKey, conditions: [{ kind: 'equals', attribute: 'state', value: 'preparing' }] },
      ...part,
    ]);
  }
}
