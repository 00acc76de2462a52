import type { JsonObject } from '../scim/json.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { checkFormerMemberships } from './check-former-memberships.ts';
import type { Tenant } from './context.ts';
import { HeldItemSchema } from './guard/guard-items.ts';
import { wholeLookupValues } from './lookup-values.ts';
import { heldPartition, ownedKey, ownsKey } from './store/access-keys.ts';
import type { Item, Key, ScannableTable } from './store/item-table.ts';
import {
  ClaimItemSchema,
  CounterItemSchema,
  type JournalEntryItem,
  JournalEntryItemSchema,
  MembershipItemSchema,
  OpenDeletionItemSchema,
  parseItem,
  parseOptionalItem,
  type ResourceItem,
  ResourceItemSchema,
  type TombstoneItem,
  TombstoneItemSchema,
} from './store/items.ts';
import {
  claimKey,
  counterKey,
  indexKey,
  indexPartition,
  JOURNALS,
  journalEntryKey,
  journalEntryRangeOf,
  memberKey,
  memberOfKey,
  openDeletionKey,
  resourceKey,
} from './store/keys.ts';
import { purgedKey } from './store/log-keys.ts';
import { OwnedItemSchema } from './store/ownership-items.ts';
import { toTenant, toTenantRecords } from './tenant-records.ts';

/** Something that cannot be if every write took effect as a whole. Names keys only, no personal value beyond them. */
export interface Finding {
  readonly key: Key;
  readonly problem: string;
}

/** How the table is divided: what follows the tenant in a partition key. */
interface Contents {
  readonly all: ReadonlyMap<string, Item>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** Partitions of indexes that are on their way in or out: anything may be there or missing. */
  readonly unfinished: ReadonlySet<string>;
  readonly resources: readonly { readonly tenant: string; readonly item: ResourceItem }[];
  readonly tombstones: readonly { readonly tenant: string; readonly item: TombstoneItem }[];
}

/**
 * Reads the whole table and checks what the transactions keep true: claims and index entries against resources and
 * tombstones, counters, both halves of every membership, members that exist, journals and their entries, what the guard
 * holds. To be run while nothing is written, or what is under way is found.
 *
 * @see docs/data-model.md, "What always holds"
 */
export async function checkInvariants(table: ScannableTable): Promise<readonly Finding[]> {
  const contents = await readContents(table);
  return [
    ...checkLookups(contents),
    ...checkCounters(contents),
    ...checkMemberships(contents),
    ...checkJournals(contents),
    ...checkOpenDeletions(contents),
    ...checkFormerMemberships(contents.all, (key) => contents.all.get(toText(key))),
    ...checkOwnerships(contents),
    ...checkMarks(contents),
  ];
}

async function readContents(table: ScannableTable): Promise<Contents> {
  const all = new Map<string, Item>();
  const ofTenants = new Map<string, Item[]>();
  const resources: Contents['resources'][number][] = [];
  const tombstones: Contents['tombstones'][number][] = [];
  for await (const item of table.scan()) {
    all.set(toText(item), item);
    const { tenant, room } = divide(item);
    if (room === '' && tenant !== '') ofTenants.set(tenant, [...(ofTenants.get(tenant) ?? []), item]);
    if (room === 'User' || room === 'Group') resources.push({ tenant, item: parseItem(ResourceItemSchema, item) });
    if (room.startsWith('TOMBSTONE#')) tombstones.push({ tenant, item: parseItem(TombstoneItemSchema, item) });
  }
  return { all, ...readTenants(ofTenants), resources, tombstones };
}

function readTenants(items: ReadonlyMap<string, readonly Item[]>): Pick<Contents, 'tenants' | 'unfinished'> {
  const tenants = new Map<string, Tenant>();
  const unfinished = new Set<string>();
  for (const [name, own] of items) {
    const records = toTenantRecords(own);
    if (records === undefined) continue;
    tenants.set(name, toTenant(name, records));
    for (const { type, attribute, phase } of records.indexes) {
      if (phase === 'read') continue;
      unfinished.add(indexPartition(name, type, attribute));
      unfinished.add(indexPartition(name, `Tombstone${type}`, attribute));
    }
  }
  return { tenants, unfinished };
}

function toText({ pk, sk }: Key): string {
  return `${pk}\n${sk}`;
}

/** `T#acme#MEMBERS#1` is the room `MEMBERS#1` of the tenant acme. */
function divide({ pk }: Key): { readonly tenant: string; readonly room: string } {
  const [, tenant = '', room = ''] = /^T#([^#]*)#?(.*)$/s.exec(pk) ?? [];
  return { tenant, room };
}

/** Every claim and index entry has its resource or tombstone, and these have all of theirs. */
function checkLookups({ all, tenants, unfinished, resources, tombstones }: Contents): Finding[] {
  const findings: Finding[] = [];
  const expected = new Set<string>();
  const require = (key: Key, problem: string, holds: (item: Item) => boolean) => {
    expected.add(toText(key));
    const item = all.get(toText(key));
    if (item === undefined || !holds(item)) findings.push({ key, problem });
  };
  const isClaimOf = (id: string, tombstone: boolean) => (item: Item) => {
    const claim = parseItem(ClaimItemSchema, item);
    return claim.resourceId === id && (claim.tombstone === true) === tombstone;
  };
  for (const { tenant, item } of resources) {
    const values = valuesOf(tenants, tenant, item.type, item.attributes);
    for (const { attribute, value } of values.claims) {
      const key = claimKey(tenant, item.type, attribute, value);
      require(key, `claim of ${item.sk} is missing or another's`, isClaimOf(item.sk, false));
    }
    for (const { attribute, value } of values.entries) {
      require(indexKey(tenant, item.type, attribute, value, item.sk), 'index entry is missing', () => true);
    }
  }
  for (const { tenant, item } of tombstones) {
    const { type, attributes } = item.item;
    const values = valuesOf(tenants, tenant, type, attributes);
    for (const { attribute, value } of values.claims) {
      const key = claimKey(tenant, type, attribute, value);
      const claim = all.get(toText(key));
      // The claim of a tombstone may have been taken over.
      if (claim !== undefined && isClaimOf(item.sk, true)(claim)) expected.add(toText(key));
    }
    for (const { attribute, value } of values.entries) {
      require(indexKey(
        tenant,
        `Tombstone${type}`,
        attribute,
        value,
        item.sk,
      ), 'index entry of a tombstone is missing', () => true);
    }
  }
  for (const [text, item] of all) {
    if (/^(UNIQUE|INDEX)#/.test(divide(item).room) && !expected.has(text) && !unfinished.has(item.pk)) {
      findings.push({ key: keyOf(item), problem: 'claim or index entry without a resource that has the value' });
    }
  }
  return findings;
}

/** What is left of a tenant that is gone has no business to be there. */
function valuesOf(tenants: Contents['tenants'], tenant: string, type: ResourceTypeName, attributes: JsonObject) {
  const lookups = tenants.get(tenant)?.lookups[type];
  return lookups === undefined ? { claims: [], entries: [] } : wholeLookupValues(lookups, attributes);
}

function keyOf({ pk, sk }: Key): Key {
  return { pk, sk };
}

function checkCounters({ all, resources }: Contents): Finding[] {
  const counts = new Map<string, { key: Key; count: number }>();
  for (const { tenant, item } of resources) {
    const key = counterKey(tenant, item.type, item.sk);
    const entry = counts.get(toText(key)) ?? { key, count: 0 };
    entry.count += 1;
    counts.set(toText(key), entry);
  }
  const findings: Finding[] = [];
  for (const [text, item] of all) {
    if (!divide(item).room.startsWith('COUNT#')) continue;
    const { count } = parseItem(CounterItemSchema, item);
    const actual = counts.get(text)?.count ?? 0;
    if (count !== actual) findings.push({ key: keyOf(item), problem: `counter is ${count}, there are ${actual}` });
    counts.delete(text);
  }
  return [...findings, ...[...counts.values()].map(({ key }) => ({ key, problem: 'counter is missing' }))];
}

/** Both halves of each membership, between resources that exist. */
function checkMemberships({ all }: Contents): Finding[] {
  const findings: Finding[] = [];
  for (const item of all.values()) {
    const { tenant, room } = divide(item);
    const [side, owner = ''] = room.split('#');
    if (side !== 'MEMBERS' && side !== 'MEMBEROF') continue;
    const { type } = parseItem(MembershipItemSchema, item);
    const [groupId, memberId] = side === 'MEMBERS' ? [owner, item.sk] : [item.sk, owner];
    const other = side === 'MEMBERS' ? memberOfKey(tenant, memberId, groupId) : memberKey(tenant, groupId, memberId);
    const has = (key: Key) => all.has(toText(key));
    const find = (problem: string) => findings.push({ key: keyOf(item), problem });
    if (!has(other)) find('membership without its other half');
    if (!has(resourceKey(tenant, 'Group', groupId))) find('membership of a group that does not exist');
    if (!has(resourceKey(tenant, type, memberId))) find(`membership of a ${type} that does not exist`);
  }
  return findings;
}

/** Whatever a journal has left is known to the sweeper, and nothing that the sweeper knows is without meaning. */
function checkJournals({ all, resources, tombstones }: Contents): Finding[] {
  const findings: Finding[] = [];
  const isEntryOfSomething = ({ kind, state, tenant, resourceId, journalId }: JournalEntryItem): boolean => {
    switch (kind) {
      case 'deletion':
        return tombstones.some((t) => t.tenant === tenant && t.item.journal === journalId);
      case 'members':
        return state !== 'started' || resources.some((r) => r.tenant === tenant && r.item.journal === journalId);
      case 'purge':
        return all.has(toText(purgedKey(tenant, 'User', resourceId)));
      case 'restoration':
      case 'relink':
      // Whoever came back may have been deleted and purged again.
      case 'transfer':
      case 'roles':
        // Whoever left, or the group, may be gone by now.
        return true;
    }
  };
  const open = new Map<string, JournalEntryItem['state'] | JournalEntryItem['kind']>();
  for (const item of all.values()) {
    if (item.pk !== JOURNALS) continue;
    const entry = parseItem(JournalEntryItemSchema, item);
    const name = journalName(entry.tenant, entry.resourceId, entry.journalId);
    open.set(name, entry.kind === 'members' ? entry.state : entry.kind);
    if (!isEntryOfSomething(entry))
      findings.push({ key: keyOf(item), problem: 'journal entry without a resource it is about' });
  }
  for (const { tenant, item } of resources) {
    if (item.journal === undefined) continue;
    if (open.get(journalName(tenant, item.sk, item.journal)) !== 'started') {
      findings.push({ key: keyOf(item), problem: 'resource under a long write that the sweeper does not know of' });
    }
  }
  for (const item of all.values()) {
    const { tenant, room } = divide(item);
    const [kind, resourceId = ''] = room.split('#');
    if (kind !== 'JOURNAL') continue;
    const [journalId = ''] = item.sk.split('#');
    if (!open.has(journalName(tenant, resourceId, journalId))) {
      findings.push({ key: keyOf(item), problem: 'chunk of a journal that the sweeper does not know of' });
    }
  }
  return findings;
}

/** What readers leave out is being deleted, and of whatever is being deleted they know. */
function checkOpenDeletions({ all }: Contents): Finding[] {
  const findings: Finding[] = [];
  for (const item of all.values()) {
    const { tenant, room } = divide(item);
    if (room === 'DELETING') {
      const { sk, journal } = parseItem(OpenDeletionItemSchema, item);
      if (!all.has(toText(journalEntryKey(tenant, sk, journal)))) {
        findings.push({ key: keyOf(item), problem: 'open deletion that the sweeper does not know of' });
      }
    }
    if (item.pk !== JOURNALS) continue;
    const entry = parseItem(JournalEntryItemSchema, item);
    const key = openDeletionKey(entry.tenant, entry.resourceId);
    if (entry.kind === 'deletion' && !all.has(toText(key))) {
      findings.push({ key, problem: 'open deletion that readers do not know of' });
    }
  }
  return findings;
}

/** Both halves of each ownership say the same; who is there and active, or is known to be leaving, has it. */
function checkOwnerships({ all }: Contents): Finding[] {
  const findings: Finding[] = [];
  for (const item of all.values()) {
    const { tenant, room } = divide(item);
    const [side, owner = ''] = room.split('#');
    if (side !== 'OWNS' && side !== 'OWNED') continue;
    const { number } = item;
    const other =
      side === 'OWNS' ? ownedKey(tenant, item.sk) : ownsKey(tenant, parseItem(OwnedItemSchema, item).owner, item.sk);
    const half = all.get(toText(other));
    const isWhole = half?.['number'] === number && (side === 'OWNED' || half?.['owner'] === owner);
    if (!isWhole) findings.push({ key: keyOf(item), problem: 'ownership without its other half' });
    if (side === 'OWNS' && !isAccountedFor(all, tenant, owner)) {
      findings.push({ key: keyOf(item), problem: 'ownership of somebody who has left, and nobody passes it on' });
    }
  }
  return findings;
}

/** A mark without a request would never end, and keep its user out. A request without mark is void, and no finding. */
function checkMarks({ all, resources }: Contents): Finding[] {
  const holds = new Set<string>();
  for (const item of all.values()) {
    if (!divide(item).room.startsWith('HELD#')) continue;
    const held = parseItem(HeldItemSchema, item);
    if (held.kind === 'request') holds.add(`${held.pk} ${held.type} ${held.id} ${held.hold}`);
  }
  return resources.flatMap(({ tenant, item }) =>
    Object.entries(item.held ?? {})
      .filter(([name, { id }]) => !holds.has(`${heldPartition(tenant, name)} ${item.type} ${item.sk} ${id}`))
      .map(() => ({ key: keyOf(item), problem: 'mark of the guard without a request that is held' })),
  );
}

function isAccountedFor(all: Contents['all'], tenant: string, owner: string): boolean {
  const user = parseOptionalItem(ResourceItemSchema, all.get(toText(resourceKey(tenant, 'User', owner))));
  if (user?.owns !== undefined && user.attributes['active'] !== false) return true;
  const { from, to } = journalEntryRangeOf(tenant, owner);
  const own = [...all.values()].filter(({ pk, sk }) => pk === JOURNALS && sk >= from && sk <= to);
  return own.some((item) => parseItem(JournalEntryItemSchema, item).kind === 'transfer');
}

function journalName(tenant: string, resourceId: string, journalId: string): string {
  return `${tenant}#${resourceId}#${journalId}`;
}
