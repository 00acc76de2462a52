import { toSchemaDocument } from '../../scim/discovery.ts';
import type { JsonObject } from '../../scim/json.ts';
import { toRepresentation } from '../../scim/representation.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { DirectoryContext } from '../context.ts';
import { toView } from '../derived.ts';
import { readOwners } from '../ownership/owners.ts';
import { ownedPartition, parseOwnershipName } from '../store/access-keys.ts';
import { parseItem, type ResourceItem, ResourceItemSchema, TombstoneItemSchema } from '../store/items.ts';
import { resourcePartition, tombstonePartition } from '../store/keys.ts';
import { OwnedItemSchema } from '../store/ownership-items.ts';
import { queryAll } from '../store/query-all.ts';
import { ApplicationItemSchema, type PolicyItem, type SchemaItem } from '../store/tenant-items.ts';
import { applicationRange, nameOfApplicationKey, tenantPartition } from '../store/tenant-keys.ts';
import { parseCursor, toCursor } from './cursor.ts';
import { readMembershipPage } from './membership-pages.ts';
import { sequenceOf } from './sequence-of.ts';
import { getTenantRecords } from './tenants.ts';

/** One line of an export. */
export type ExportedLine =
  | { readonly kind: 'tenant'; readonly tenant: JsonObject }
  | { readonly kind: 'application'; readonly application: JsonObject }
  | { readonly kind: 'schema'; readonly schema: JsonObject }
  | { readonly kind: 'index'; readonly index: JsonObject }
  | { readonly kind: 'policy'; readonly version: number; readonly policy: JsonObject }
  | { readonly kind: 'owners'; readonly subscriptionOwner: string | null; readonly companyOwners: string[] }
  | { readonly kind: 'ownership'; readonly type: string; readonly id: string; readonly user: string }
  | (Sequenced & Locked & { readonly kind: 'user' | 'group'; readonly resource: JsonObject })
  | (Sequenced & {
      readonly kind: 'membership';
      readonly group: string;
      readonly member: string;
      readonly type: ResourceTypeName;
    })
  | (Sequenced &
      Locked & {
        readonly kind: 'deletedUser' | 'deletedGroup';
        readonly deletedAt: string;
        readonly resource: JsonObject;
      });

/** Of a user whose access role is locked. */
type Locked = Partial<Required<Pick<ResourceItem, 'roleLock'>>>;

/** Up to where a line knows of changes: what an event with a higher sequence number says of the same is newer. */
interface Sequenced {
  /** Of the resource; of a membership the group's. See {@link sequenceOf}. */
  readonly sequence: number;
}

interface Page {
  readonly lines: readonly ExportedLine[];
  /** Where the stage goes on; undefined at its end. */
  readonly next: string | undefined;
}

/** Resources on a page; a query ends at 1 MB anyway, which an answer of 6 MB can hold. */
const PAGE = 500;

const stages: Readonly<Record<string, (context: DirectoryContext, after: string | undefined) => Promise<Page>>> = {
  tenant: exportTenantItself,
  users: (context, after) => exportResources(context, 'User', after),
  groups: (context, after) => exportResources(context, 'Group', after),
  memberships: exportMemberships,
  ownerships: exportOwnerships,
  deletedUsers: (context, after) => exportTombstones(context, 'User', after),
  deletedGroups: (context, after) => exportTombstones(context, 'Group', after),
};
const STAGES = Object.keys(stages);

/**
 * A page of everything that is kept of a tenant, deleted resources included: settings, applications without their
 * tokens, schemas, policy, indexes, users, groups, memberships, offices, and who owns what.
 *
 * @param context - With the schemas that are no longer in use, or what is stored under them is left out.
 * @param after - The `next` of the page before.
 * @throws OperationRefusedError `invalid` where `after` is no such position
 */
export async function exportTenant(
  context: DirectoryContext,
  after: string | undefined,
): Promise<{ readonly lines: readonly ExportedLine[]; readonly next?: string }> {
  const position = parseCursor(after, STAGES) ?? { stage: 'tenant', after: undefined };
  const { lines, next } = (await stages[position.stage]?.(context, position.after)) ?? { lines: [], next: undefined };
  if (next !== undefined) return { lines, next: toCursor({ stage: position.stage, after: next }) };
  const following = STAGES[STAGES.indexOf(position.stage) + 1];
  return following === undefined ? { lines } : { lines, next: toCursor({ stage: following, after: undefined }) };
}

async function exportTenantItself(context: DirectoryContext): Promise<Page> {
  const { table, tenant, tenantUrl } = context;
  const { item, schemas, indexes, policy } = await getTenantRecords(context, tenant.name);
  const { created, state } = item;
  const items = await queryAll(table, { pk: tenantPartition(tenant.name), ...applicationRange() });
  const applications = items.map((item): ExportedLine => {
    const { sk, created: made, muted } = parseItem(ApplicationItemSchema, item);
    return { kind: 'application', application: { name: nameOfApplicationKey(sk), created: made, muted } };
  });
  const self = { name: tenant.name, created, state, tenantUrl, settings: { ...tenant.settings } };
  const lines: readonly ExportedLine[] = [
    { kind: 'tenant', tenant: self },
    ...applications,
    ...schemas.map(toSchemaLine),
    ...(policy === undefined ? [] : [toPolicyLine(policy)]),
    ...indexes.map(
      ({ type, attribute, phase }): ExportedLine => ({
        kind: 'index',
        index: { resourceType: type, attribute, phase },
      }),
    ),
  ];
  return { lines, next: undefined };
}

function toPolicyLine({ version, document }: PolicyItem): ExportedLine {
  return { kind: 'policy', version, policy: document };
}

function lockOf({ roleLock }: ResourceItem): Locked {
  return roleLock === undefined ? {} : { roleLock };
}

function toSchemaLine({ schema, resourceTypes, created, removedAt }: SchemaItem): ExportedLine {
  const removed = removedAt === undefined ? {} : { removedAt };
  return { kind: 'schema', schema: { ...toSchemaDocument(schema), resourceTypes, created, ...removed } };
}

async function exportResources(context: DirectoryContext, type: ResourceTypeName, after?: string): Promise<Page> {
  const pk = resourcePartition(context.tenant.name, type);
  const { items, next } = await context.table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  const kind = type === 'User' ? 'user' : 'group';
  const lines = items.map((item): ExportedLine => {
    const stored = parseItem(ResourceItemSchema, item);
    const resource = toView(context, stored).representation;
    return { kind, sequence: sequenceOf(stored), resource, ...lockOf(stored) };
  });
  return { lines, next };
}

async function exportMemberships(context: DirectoryContext, after: string | undefined): Promise<Page> {
  const { memberships, next } = await readMembershipPage(context, after);
  const lines = memberships.map(
    ({ groupId, memberId, type, groupSequence: sequence }): ExportedLine => ({
      kind: 'membership',
      sequence,
      group: groupId,
      member: memberId,
      type,
    }),
  );
  return { lines, next };
}

async function exportOwnerships({ table, tenant }: DirectoryContext, after: string | undefined): Promise<Page> {
  const page = { pk: ownedPartition(tenant.name), limit: PAGE, ...(after === undefined ? {} : { after }) };
  const { items, next } = await table.query(page);
  const lines = items.map((item): ExportedLine => {
    const { sk, owner: user } = parseItem(OwnedItemSchema, item);
    return { kind: 'ownership', ...parseOwnershipName(sk), user };
  });
  if (after !== undefined) return { lines, next };
  const { version, subscriptionOwner = null, companyOwners } = await readOwners(table, tenant.name);
  const offices: ExportedLine = { kind: 'owners', subscriptionOwner, companyOwners: [...companyOwners] };
  return { lines: version === 0 ? lines : [offices, ...lines], next };
}

async function exportTombstones(context: DirectoryContext, type: ResourceTypeName, after?: string): Promise<Page> {
  const pk = tombstonePartition(context.tenant.name, type);
  const { items, next } = await context.table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  const kind = type === 'User' ? 'deletedUser' : 'deletedGroup';
  const lines = items.map((item): ExportedLine => {
    const { sk: id, version: sequence, deletedAt, item: last } = parseItem(TombstoneItemSchema, item);
    const { version, created, lastModified, attributes } = last;
    const stored = { id, version, created, lastModified, attributes };
    const resource = toRepresentation(context.tenant.schemas[type], stored, context.tenantUrl, {});
    return { kind, sequence, deletedAt, resource, ...lockOf(last) };
  });
  return { lines, next };
}
