import { ACTORS, type Tenant } from '../context.ts';
import { applicationOfGuardBase, guardBaseKey, guardBaseRange, guardPartition } from '../store/access-keys.ts';
import type { ItemChange } from '../store/item-change.ts';
import type { ItemTable, UpdateAction } from '../store/item-table.ts';
import { FORMAT, parseItem, parseOptionalItem, ResourceItemSchema, TombstoneItemSchema } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { queryAll } from '../store/query-all.ts';
import { type Amount, GuardBaseItemSchema } from './guard-items.ts';

/**
 * What the guard measures against: how many active users each application has created, and how many memberships there
 * are. The change feed counts them, each change once, in the transaction that puts its entry into the log; so they lag as
 * the feed does. Each count is in parts, for many entries are put at once.
 */

/** What a change adds to the counts: nothing in most cases. */
export interface BaseChange {
  /** The application whose active users became more or less. */
  readonly application?: string;
  readonly users: number;
  readonly memberships: number;
}

/** What a change of the table, and the entry of the log that it stands for, add. Pure. */
export function toBaseChange(change: ItemChange, entry: LogItem): BaseChange {
  const memberships = entry.membersAdded.length - entry.membersRemoved.length;
  if (entry.resource?.type !== 'User') return { users: 0, memberships };
  if (entry.operation === 'delete') {
    const tombstone = parseOptionalItem(TombstoneItemSchema, change.after);
    if (tombstone === undefined) return { users: 0, memberships };
    return { application: tombstone.item.createdBy, users: -activeIn(tombstone.item.attributes), memberships };
  }
  if (entry.operation === 'purge' || change.after === undefined) return { users: 0, memberships };
  const after = parseItem(ResourceItemSchema, change.after);
  const before = parseOptionalItem(ResourceItemSchema, change.before);
  const users = activeIn(after.attributes) - (before === undefined ? 0 : activeIn(before.attributes));
  return { application: after.createdBy, users, memberships };
}

function activeIn(attributes: Readonly<Record<string, unknown>>): 0 | 1 {
  return attributes['active'] === false ? 0 : 1;
}

/** Puts a change into the counts. @param part - Spreads the load; any text, best of hex digits. */
export function baseActions(
  tenant: string,
  { application, users, memberships }: BaseChange,
  id: string,
): UpdateAction[] {
  const part = id.slice(0, 1);
  const add = (key: ReturnType<typeof guardBaseKey>, count: number): UpdateAction[] =>
    count === 0 ? [] : [{ kind: 'update', key, add: { count }, set: { format: FORMAT } }];
  return [
    ...(application === undefined ? [] : add(guardBaseKey(tenant, { application }, part), users)),
    ...add(guardBaseKey(tenant, 'memberships', part), memberships),
  ];
}

/**
 * What an application's window is measured against: the active users that it has created, or, where the tenant has no
 * other application, or none asks at all, every active user; and all memberships.
 */
export async function readBase(table: ItemTable, tenant: Tenant, application: string): Promise<Amount> {
  const items = await queryAll(table, { pk: guardPartition(tenant.name), ...guardBaseRange() });
  const countsAll = tenant.applications.size <= 1 || application === ACTORS.lifecycle;
  let users = 0;
  let memberships = 0;
  for (const item of items) {
    const { sk, count } = parseItem(GuardBaseItemSchema, item);
    const creator = applicationOfGuardBase(sk);
    if (creator === undefined) memberships += count;
    else if (countsAll || creator === application) users += count;
  }
  return { users: Math.max(0, users), memberships: Math.max(0, memberships) };
}
