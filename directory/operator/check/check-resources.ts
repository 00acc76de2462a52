import type { ResourceTypeName } from '../../../scim/schema/types.ts';
import type { DirectoryContext } from '../../context.ts';
import { changeMarks, marksWithout } from '../../guard/marks.ts';
import { readHeldOf } from '../../guard/read-held.ts';
import { inParts } from '../../in-parts.ts';
import { wholeLookupValues } from '../../lookup-values.ts';
import type { Action, Item, Key } from '../../store/item-table.ts';
import {
  ClaimItemSchema,
  CounterItemSchema,
  FORMAT,
  JournalEntryItemSchema,
  parseItem,
  parseOptionalItem,
  type ResourceItem,
  ResourceItemSchema,
} from '../../store/items.ts';
import {
  claimKey,
  counterKey,
  indexKey,
  journalEntryKey,
  journalPartition,
  memberKey,
  memberOfPartition,
  resourceKey,
  resourcePartition,
} from '../../store/keys.ts';
import { queryAll } from '../../store/query-all.ts';
import { checkOwns } from './check-ownerships.ts';
import type { Look, Problem } from './problem.ts';

const PARALLEL = 16;

/**
 * Checks the resources whose ids begin with two hex digits: their count, their claims and index entries, their side of
 * memberships, their journals, what they own.
 *
 * @param prefix - Two hex digits.
 */
export async function checkBucket(context: DirectoryContext, type: ResourceTypeName, prefix: string): Promise<Look> {
  const { table, tenant } = context;
  const counterItem = await table.get(counterKey(tenant.name, type, prefix));
  const range = { pk: resourcePartition(tenant.name, type), from: prefix, to: `${prefix}~` };
  const items = (await queryAll(table, range)).map((item) => parseItem(ResourceItemSchema, item));
  const problems: Problem[] = [...checkCounter(context, type, prefix, counterItem, items.length)];
  for (const part of inParts(items, PARALLEL)) {
    const found = await Promise.all(part.map((item) => checkResource(context, type, item)));
    problems.push(...found.flat());
  }
  return { problems, checked: items.length };
}

function checkCounter(
  { tenant }: DirectoryContext,
  type: ResourceTypeName,
  prefix: string,
  item: Item | undefined,
  actual: number,
): Problem[] {
  const key = counterKey(tenant.name, type, prefix);
  const counter = parseOptionalItem(CounterItemSchema, item);
  if ((counter?.count ?? 0) === actual) return [];
  const conditions: Action['conditions'] =
    counter === undefined ? [{ kind: 'notExists' }] : [{ kind: 'equals', attribute: 'count', value: counter.count }];
  const repair: Action = { kind: 'update', key, set: { format: FORMAT, count: actual }, conditions };
  return [{ key, problem: `counter is ${counter?.count ?? 'missing'}, there are ${actual}`, repair: [repair] }];
}

async function checkResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  item: ResourceItem,
): Promise<Problem[]> {
  const found = await Promise.all([
    checkLookups(context, type, item),
    checkGroupsOf(context, type, item),
    checkJournal(context, type, item),
    item.owns === undefined ? [] : checkOwns(context, item.sk),
    checkMarks(context, item),
  ]);
  return found.flat();
}

/** What the guard is said to hold of the resource is held. */
async function checkMarks(context: DirectoryContext, item: ResourceItem): Promise<Problem[]> {
  const name = { type: item.type, id: item.sk };
  const problems: Problem[] = [];
  for (const application of Object.keys(item.held ?? {})) {
    const held = await readHeldOf({ ...context, application }, name);
    if (held === undefined || held.requests.length > 0) continue;
    const { action } = changeMarks(
      held.resource,
      marksWithout(held.resource, (marked) => marked === application),
    );
    const key = { pk: item.pk, sk: item.sk };
    problems.push({
      key,
      problem: `mark of the guard without a request of ${application} that is held`,
      repair: [action],
    });
  }
  return problems;
}

/** Every claim and index entry of the resource is there and its own. */
async function checkLookups(context: DirectoryContext, type: ResourceTypeName, item: ResourceItem): Promise<Problem[]> {
  const { table, tenant } = context;
  const values = wholeLookupValues(tenant.lookups[type], item.attributes);
  const claims = values.claims.map(({ attribute, value }) => claimKey(tenant.name, type, attribute, value));
  const entries = values.entries.map(({ attribute, value }) => indexKey(tenant.name, type, attribute, value, item.sk));
  const stored = await table.getMany([...claims, ...entries]);
  const unchanged = stillAsRead(item);
  const problems: Problem[] = [];
  for (const [n, key] of claims.entries()) {
    const problem = judgeClaim(item, key, stored[n], unchanged);
    if (problem !== undefined) problems.push(problem);
  }
  for (const [n, key] of entries.entries()) {
    if (stored[claims.length + n] !== undefined) continue;
    const put: Action = { kind: 'put', item: { ...key, format: FORMAT }, conditions: [{ kind: 'notExists' }] };
    problems.push({ key, problem: 'index entry is missing', repair: [put, unchanged] });
  }
  return problems;
}

function judgeClaim(item: ResourceItem, key: Key, stored: Item | undefined, unchanged: Action): Problem | undefined {
  const put = { ...key, format: FORMAT, resourceId: item.sk };
  if (stored === undefined) {
    const action: Action = { kind: 'put', item: put, conditions: [{ kind: 'notExists' }] };
    return { key, problem: `claim of ${item.sk} is missing`, repair: [action, unchanged] };
  }
  const claim = parseItem(ClaimItemSchema, stored);
  if (claim.resourceId === item.sk && claim.tombstone !== true) return undefined;
  if (claim.tombstone !== true) {
    return { key, problem: `${item.sk} and ${claim.resourceId} have the same value`, repair: undefined };
  }
  const conditions = [
    { kind: 'equals', attribute: 'resourceId', value: claim.resourceId } as const,
    { kind: 'equals', attribute: 'tombstone', value: true } as const,
  ];
  const action: Action = { kind: 'put', item: put, conditions };
  return { key, problem: `claim of ${item.sk} points to a tombstone`, repair: [action, unchanged] };
}

/** The resource's side of its memberships: the other half, and the group. */
async function checkGroupsOf({ table, tenant }: DirectoryContext, type: ResourceTypeName, item: ResourceItem) {
  const halves = await queryAll(table, { pk: memberOfPartition(tenant.name, item.sk) });
  const keys = halves.flatMap(({ sk: groupId }) => [
    memberKey(tenant.name, groupId, item.sk),
    resourceKey(tenant.name, 'Group', groupId),
  ]);
  const stored = await table.getMany(keys);
  return halves.flatMap(({ pk, sk: groupId, type: memberType }, n): Problem[] => {
    const [half, group] = [stored[2 * n], stored[2 * n + 1]];
    const problem =
      group === undefined
        ? 'membership of a group that does not exist'
        : half === undefined
          ? 'membership without its other half'
          : memberType === type
            ? undefined
            : `membership of a ${String(memberType)} that is a ${type}`;
    if (problem === undefined) return [];
    return [
      {
        key: { pk, sk: groupId },
        problem,
        repair: dropMembership({ pk, sk: groupId }, memberKey(tenant.name, groupId, item.sk)),
      },
    ];
  });
}

/**
 * Half a membership is taken away rather than made whole: an identity provider's restart brings members back, and never
 * takes one out that it does not know of.
 */
export function dropMembership(found: Key, other: Key): readonly Action[] {
  return [
    { kind: 'delete', key: found, conditions: [{ kind: 'exists' }] },
    { kind: 'delete', key: other },
  ];
}

/** A group under a long write is known to the sweeper, and so is whatever is left of one. */
async function checkJournal({ table, tenant }: DirectoryContext, type: ResourceTypeName, item: ResourceItem) {
  if (type === 'User') return [];
  const problems: Problem[] = [];
  if (item.journal !== undefined) {
    const entryKey = journalEntryKey(tenant.name, item.sk, item.journal);
    const entry = parseOptionalItem(JournalEntryItemSchema, await table.get(entryKey));
    if (entry?.state !== 'started') {
      const key = resourceKey(tenant.name, type, item.sk);
      const conditions = [{ kind: 'equals', attribute: 'journal', value: item.journal } as const];
      const repair: Action[] = [{ kind: 'update', key, remove: ['journal'], conditions }];
      if (entry === undefined) repair.push({ kind: 'check', key: entryKey, conditions: [{ kind: 'notExists' }] });
      problems.push({ key, problem: 'resource under a long write that the sweeper does not know of', repair });
    }
  }
  for (const { pk, sk } of await queryAll(table, { pk: journalPartition(tenant.name, item.sk) })) {
    const entryKey = journalEntryKey(tenant.name, item.sk, sk.split('#')[0] ?? '');
    if ((await table.get(entryKey)) !== undefined) continue;
    const repair: Action[] = [
      { kind: 'delete', key: { pk, sk } },
      { kind: 'check', key: entryKey, conditions: [{ kind: 'notExists' }] },
    ];
    problems.push({ key: { pk, sk }, problem: 'chunk of a journal that the sweeper does not know of', repair });
  }
  return problems;
}

function stillAsRead(item: ResourceItem): Action {
  return {
    kind: 'check',
    key: { pk: item.pk, sk: item.sk },
    conditions: [{ kind: 'versionIs', version: item.version }],
  };
}
