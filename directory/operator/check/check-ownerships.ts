import type { DirectoryContext } from '../../context.ts';
import { isActive } from '../../ownership/owner.ts';
import { actorOf } from '../../resource-writes.ts';
import { ownedKey, ownedPartition, ownsKey, ownsPartition } from '../../store/access-keys.ts';
import type { Action, Item, Key } from '../../store/item-table.ts';
import {
  FORMAT,
  JournalEntryItemSchema,
  parseItem,
  parseOptionalItem,
  type ResourceItem,
  ResourceItemSchema,
} from '../../store/items.ts';
import { JOURNALS, journalEntryKey, journalEntryRangeOf, resourceKey } from '../../store/keys.ts';
import { type OwnedItem, OwnedItemSchema, OwnsItemSchema } from '../../store/ownership-items.ts';
import { queryAll } from '../../store/query-all.ts';
import type { Look, Problem } from './problem.ts';

const PAGE = 100;

/** Ownerships from the side of what is owned: the owner's side says the same, and the owner is there or known to be leaving. */
export async function checkOwned(context: DirectoryContext, after?: string): Promise<Look> {
  const { table } = context;
  const tenant = context.tenant.name;
  const page = { pk: ownedPartition(tenant), limit: PAGE, ...(after === undefined ? {} : { after }) };
  const { items, next } = await table.query(page);
  const owned = items.map((item) => parseItem(OwnedItemSchema, item));
  const stored = await table.getMany(
    owned.flatMap(({ owner, sk }) => [ownsKey(tenant, owner, sk), resourceKey(tenant, 'User', owner)]),
  );
  const problems: Problem[] = [];
  for (const [n, each] of owned.entries()) {
    const problem = judgeHalf(tenant, each, stored[2 * n]);
    if (problem !== undefined) problems.push(problem);
    problems.push(...(await checkOwner(context, each, parseOptionalItem(ResourceItemSchema, stored[2 * n + 1]))));
  }
  return { problems, checked: items.length, next };
}

function judgeHalf(tenant: string, owned: OwnedItem, half: Item | undefined): Problem | undefined {
  const { owner, sk, number, ownerVersion } = owned;
  if (half?.['number'] === number) return undefined;
  const key = ownsKey(tenant, owner, sk);
  const put: Action = { kind: 'put', item: { ...key, format: FORMAT, number, ownerVersion } };
  return { key, problem: 'ownership without its other half', repair: [put, asRead(owned)] };
}

/** An owner who has left without that anybody passes on what they had: the sweeper is told to. */
async function checkOwner(
  context: DirectoryContext,
  owned: OwnedItem,
  user: ResourceItem | undefined,
): Promise<readonly Problem[]> {
  if (user?.owns !== undefined && isActive(user)) return [];
  const { table, now, newId } = context;
  const tenant = context.tenant.name;
  const { owner, ownerVersion } = owned;
  const entries = await queryAll(table, { pk: JOURNALS, ...journalEntryRangeOf(tenant, owner) });
  if (entries.some((entry) => parseItem(JournalEntryItemSchema, entry).kind === 'transfer')) return [];
  const key: Key = { pk: owned.pk, sk: owned.sk };
  const problem = 'ownership of somebody who has left, and nobody passes it on';
  const journalId = newId();
  const entry = {
    ...journalEntryKey(tenant, owner, journalId),
    ...{ format: FORMAT, kind: 'transfer', state: 'started', tenant, type: 'User', resourceId: owner, journalId },
    ...{ chunks: 0, since: now().toISOString(), by: { ...actorOf(context) }, departure: ownerVersion + 1 },
  };
  return [{ key, problem, repair: [{ kind: 'put', item: entry }, asRead(owned)] }];
}

/** The owner's side: what it names is known as theirs. */
export async function checkOwns({ table, tenant }: DirectoryContext, userId: string): Promise<readonly Problem[]> {
  const items = await queryAll(table, { pk: ownsPartition(tenant.name, userId) });
  const own = items.map((item) => parseItem(OwnsItemSchema, item));
  const stored = await table.getMany(own.map(({ sk }) => ownedKey(tenant.name, sk)));
  return own.flatMap(({ pk, sk, number, ownerVersion }, n): Problem[] => {
    const owned = parseOptionalItem(OwnedItemSchema, stored[n]);
    if (owned?.owner === userId && owned.number === number) return [];
    const key = { pk, sk };
    const problem = 'ownership without its other half';
    const isAsRead = [{ kind: 'equals', attribute: 'number', value: number } as const];
    if (owned !== undefined) {
      return [{ key, problem, repair: [{ kind: 'delete', key, conditions: isAsRead }, asRead(owned)] }];
    }
    const put: Action = {
      kind: 'put',
      item: { ...ownedKey(tenant.name, sk), format: FORMAT, number, ownerVersion, owner: userId },
      conditions: [{ kind: 'notExists' }],
    };
    return [{ key, problem, repair: [put, { kind: 'check', key, conditions: isAsRead }] }];
  });
}

/** Nobody passes it on meanwhile. */
function asRead({ pk, sk, owner, number }: OwnedItem): Action {
  const conditions = [
    { kind: 'equals', attribute: 'owner', value: owner } as const,
    { kind: 'equals', attribute: 'number', value: number } as const,
  ];
  return { kind: 'check', key: { pk, sk }, conditions };
}
