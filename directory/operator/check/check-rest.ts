import type { ResourceTypeName } from '../../../scim/schema/types.ts';
import type { DirectoryContext } from '../../context.ts';
import { wholeLookupValues } from '../../lookup-values.ts';
import type { Action } from '../../store/item-table.ts';
import {
  FORMAT,
  JournalEntryItemSchema,
  OpenDeletionItemSchema,
  parseItem,
  parseOptionalItem,
  ResourceItemSchema,
  TombstoneItemSchema,
} from '../../store/items.ts';
import {
  indexKey,
  JOURNALS,
  journalEntryKey,
  journalEntryRange,
  memberKey,
  memberOfKey,
  openDeletionPartition,
  resourceKey,
  tombstoneKey,
  tombstonePartition,
} from '../../store/keys.ts';
import { queryAll } from '../../store/query-all.ts';
import { readMembershipPage } from '../membership-pages.ts';
import { dropMembership } from './check-resources.ts';
import type { Look, Problem } from './problem.ts';

const PAGE = 200;

/** The groups' side of the memberships: the other half, and the member. */
export async function checkMemberships(context: DirectoryContext, after?: string): Promise<Look> {
  const { table } = context;
  const tenant = context.tenant.name;
  const { memberships, next } = await readMembershipPage(context, after);
  const keys = memberships.flatMap(({ groupId, memberId, type }) => [
    memberOfKey(tenant, memberId, groupId),
    resourceKey(tenant, type, memberId),
  ]);
  const stored = await table.getMany(keys);
  const problems = memberships.flatMap(({ groupId, memberId, type }, n): Problem[] => {
    const [half, member] = [stored[2 * n], stored[2 * n + 1]];
    if (half !== undefined && member !== undefined) return [];
    const problem =
      member === undefined ? `membership of a ${type} that does not exist` : 'membership without its other half';
    const key = memberKey(tenant, groupId, memberId);
    return [{ key, problem, repair: dropMembership(key, memberOfKey(tenant, memberId, groupId)) }];
  });
  return { problems, checked: memberships.length, next };
}

/** Every tombstone has its index entries. */
export async function checkTombstones(
  context: DirectoryContext,
  type: ResourceTypeName,
  after?: string,
): Promise<Look> {
  const { table, tenant } = context;
  const pk = tombstonePartition(tenant.name, type);
  const { items, next } = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  const expected = items.flatMap((item) => {
    const { sk: id, journal, item: last } = parseItem(TombstoneItemSchema, item);
    const { entries } = wholeLookupValues(tenant.lookups[type], last.attributes);
    return entries.map(({ attribute, value }) => ({
      key: indexKey(tenant.name, `Tombstone${type}`, attribute, value, id),
      owner: { key: { pk, sk: id }, journal },
    }));
  });
  const stored = await table.getMany(expected.map(({ key }) => key));
  const problems = expected.flatMap(({ key, owner }, n): Problem[] => {
    if (stored[n] !== undefined) return [];
    const conditions = [{ kind: 'equals', attribute: 'journal', value: owner.journal } as const];
    const repair: Action[] = [
      { kind: 'put', item: { ...key, format: FORMAT } },
      { kind: 'check', key: owner.key, conditions },
    ];
    return [{ key, problem: 'index entry of a tombstone is missing', repair }];
  });
  return { problems, checked: items.length, next };
}

/** What the sweeper knows of is about something, and what readers leave out is known to the sweeper. */
export async function checkJournals(context: DirectoryContext): Promise<Look> {
  const looks = [await checkEntries(context), await checkOpenDeletions(context)];
  return {
    problems: looks.flatMap(({ problems }) => problems),
    checked: looks.reduce((sum, { checked }) => sum + checked, 0),
  };
}

async function checkEntries({ table, tenant }: DirectoryContext): Promise<Look> {
  const items = await queryAll(table, { pk: JOURNALS, ...journalEntryRange(tenant.name) });
  const problems: Problem[] = [];
  for (const item of items) {
    const { kind, state, type, resourceId, journalId, pk, sk } = parseItem(JournalEntryItemSchema, item);
    if (kind === 'members' ? state !== 'started' : kind !== 'deletion') continue;
    const ownerKey =
      kind === 'deletion' ? tombstoneKey(tenant.name, type, resourceId) : resourceKey(tenant.name, type, resourceId);
    const owner = await table.get(ownerKey);
    const journal =
      kind === 'deletion'
        ? parseOptionalItem(TombstoneItemSchema, owner)?.journal
        : parseOptionalItem(ResourceItemSchema, owner)?.journal;
    if (journal === journalId) continue;
    const repair: Action[] = [{ kind: 'delete', key: { pk, sk }, conditions: [{ kind: 'exists' }] }];
    problems.push({ key: { pk, sk }, problem: 'journal entry without a resource it is about', repair });
  }
  return { problems, checked: items.length };
}

async function checkOpenDeletions({ table, tenant }: DirectoryContext): Promise<Look> {
  const items = await queryAll(table, { pk: openDeletionPartition(tenant.name) });
  const open = items.map((item) => parseItem(OpenDeletionItemSchema, item));
  const entries = await table.getMany(open.map(({ sk, journal }) => journalEntryKey(tenant.name, sk, journal)));
  const problems = open.flatMap(({ pk, sk, journal }, n): Problem[] => {
    if (entries[n] !== undefined) return [];
    const conditions = [{ kind: 'equals', attribute: 'journal', value: journal } as const];
    const repair: Action[] = [{ kind: 'delete', key: { pk, sk }, conditions }];
    return [{ key: { pk, sk }, problem: 'open deletion that the sweeper does not know of', repair }];
  });
  return { problems, checked: items.length };
}
