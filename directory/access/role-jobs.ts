import type { Cleaner } from '../deletion.ts';
import { roleJobKey, roleJobPartition, roleJobRange } from '../store/access-keys.ts';
import type { ItemTable, Key, PutAction } from '../store/item-table.ts';
import { FORMAT, type JournalEntryItem, MembershipItemSchema, parseItem, type ResourceItem } from '../store/items.ts';
import { journalEntryKey, membersPartition, resourcePartition } from '../store/keys.ts';
import { RoleJobItemSchema } from '../store/ownership-items.ts';
import { queryAll } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { announceRoles } from './announce-roles.ts';
import { readLivingTenant } from './living-tenant.ts';

/** Whose roles may have changed: everybody below a group, or everybody. */
export type RoleScope = { readonly group: string } | 'users';

const EVERYBODY = 'users';
const PAGE = 200;

export interface RoleJob {
  readonly tenant: string;
  readonly scope: RoleScope;
  /** Names it: the same job twice is one. */
  readonly id: string;
  readonly since: string;
  readonly by: ResourceItem['by'];
}

/** What lays a job down; the sweeper carries it out. */
export function roleJobAction({ tenant, scope, id, since, by }: RoleJob): PutAction {
  const resourceId = scope === 'users' ? EVERYBODY : scope.group;
  return {
    kind: 'put',
    item: {
      ...journalEntryKey(tenant, resourceId, id),
      format: FORMAT,
      kind: 'roles',
      state: 'started',
      tenant,
      type: scope === 'users' ? 'User' : 'Group',
      resourceId,
      journalId: id,
      since,
      by,
    },
  };
}

/**
 * Announces the changed access roles of everybody whom a job is about, page by page. Each group below is a part of its own,
 * laid down once, so that a cycle of groups has an end and work that broke off goes on where it was. May be done by
 * anybody, any number at once. Of a tenant that is gone or going nothing is done, and what was laid down goes with it.
 *
 * @returns False where the time was over first.
 */
export async function finishRoleJob(cleaner: Cleaner, entry: JournalEntryItem): Promise<boolean> {
  const { table } = cleaner;
  const { tenant, journalId, resourceId } = entry;
  if ((await readLivingTenant(table, tenant)) === undefined) return true;
  const first = roleJobKey(tenant, journalId, resourceId);
  await layDown(table, first);
  for (;;) {
    const parts = await queryAll(table, { pk: roleJobPartition(tenant), ...roleJobRange(journalId) });
    const open = parts.map((item) => parseItem(RoleJobItemSchema, item)).filter(({ done }) => done === undefined);
    if (open.length === 0) {
      // The first part goes last: whoever finds it done need not begin again.
      const others = parts.filter(({ sk }) => sk !== first.sk);
      for (const { pk, sk } of [...others, first]) await table.writeOne({ kind: 'delete', key: { pk, sk } });
      return true;
    }
    for (const part of open) {
      const name = part.sk.slice(journalId.length + 1);
      const key = { pk: part.pk, sk: part.sk };
      const outcome = await finishPart(cleaner, entry, { key, name, position: part.position });
      if (outcome !== 'done') return outcome === 'tenantGone';
    }
  }
}

async function layDown(table: ItemTable, key: Key): Promise<void> {
  try {
    await table.writeOne({ kind: 'put', item: { ...key, format: FORMAT }, conditions: [{ kind: 'notExists' }] });
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}

interface Part {
  readonly key: Key;
  readonly name: string;
  readonly position: string | undefined;
}

type PartOutcome = 'done' | 'outOfTime' | 'tenantGone';

async function finishPart(
  cleaner: Cleaner,
  entry: JournalEntryItem,
  { key, name, position }: Part,
): Promise<PartOutcome> {
  const { table, now } = cleaner;
  const { tenant: tenantName, journalId } = entry;
  const pk = name === EVERYBODY ? resourcePartition(tenantName, 'User') : membersPartition(tenantName, name);
  let after = position;
  do {
    if (!cleaner.hasTime()) return 'outOfTime';
    const tenant = await readLivingTenant(table, tenantName);
    if (tenant === undefined) return 'tenantGone';
    const page = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
    const isGroup = (item: (typeof page.items)[number]) =>
      name !== EVERYBODY && parseItem(MembershipItemSchema, item).type === 'Group';
    for (const { sk } of page.items.filter(isGroup)) await layDown(table, roleJobKey(tenantName, journalId, sk));
    const users = page.items.filter((item) => !isGroup(item)).map(({ sk }) => sk);
    await announceRoles({ table, now }, tenant, users, entry.by ?? { application: '', requestId: '' });
    after = page.next;
    await note(table, key, after === undefined ? { done: true } : { position: after });
  } while (after !== undefined);
  return 'done';
}

/** Somebody else may have ended the whole job meanwhile. */
async function note(table: ItemTable, key: Key, set: { done: true } | { position: string }): Promise<void> {
  try {
    await table.writeOne({ kind: 'update', key, set, conditions: [{ kind: 'exists' }] });
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}
