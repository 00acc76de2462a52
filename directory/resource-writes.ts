import { ScimError } from '../scim/errors.ts';
import type { JsonObject } from '../scim/json.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { areMarksUnchanged } from './guard/marks.ts';
import { type LookupValue, type LookupValues, lookupValues } from './lookup-values.ts';
import { sizeOfItem } from './store/capacity.ts';
import type { Action, Item } from './store/item-table.ts';
import { FORMAT, type MembershipDelta, type ResourceItem } from './store/items.ts';
import { claimKey, counterKey, indexKey, resourceKey } from './store/keys.ts';

/** Why an action of a transaction was there, so that its refusal can be understood. */
export type Reason =
  | { readonly kind: 'resource' }
  | { readonly kind: 'claim'; readonly claim: LookupValue }
  | { readonly kind: 'member'; readonly change: 'add' | 'remove'; readonly id: string }
  | { readonly kind: 'memberExists'; readonly id: string }
  | { readonly kind: 'journal' }
  | { readonly kind: 'index' };

export interface ReasonedAction {
  readonly action: Action;
  readonly reason: Reason;
}

/** The item of a new resource. */
export function newResourceItem(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  attributes: JsonObject,
): ResourceItem {
  const now = context.now().toISOString();
  return {
    ...resourceKey(context.tenant.name, type, id),
    format: FORMAT,
    type,
    version: 1,
    created: now,
    lastModified: now,
    attributes,
    by: actorOf(context),
    createdBy: context.application,
    ...(isDeactivated(attributes) ? { deactivatedAt: now } : {}),
    writeId: context.newId(),
  };
}

/**
 * The item after a change of attributes. What the last write said of itself (`delta`, `broughtBack`) goes with that write.
 *
 * @param settles - Whether the change ends what the guard holds back of it. Who goes or comes back settles it anyway.
 */
export function changedResourceItem(
  context: DirectoryContext,
  before: ResourceItem,
  attributes: JsonObject,
  settles = false,
): ResourceItem {
  const now = context.now().toISOString();
  const { delta: _delta, broughtBack: _broughtBack, deactivatedAt, heir, held, ...rest } = before;
  return {
    ...rest,
    version: before.version + 1,
    lastModified: now,
    attributes,
    by: actorOf(context),
    ...(isDeactivated(attributes) ? { deactivatedAt: deactivatedAt ?? now, heir } : {}),
    ...(held === undefined || (!settles && isDeactivated(attributes) === isDeactivated(before.attributes))
      ? { held }
      : { heldVersion: (before.heldVersion ?? 0) + 1 }),
    writeId: context.newId(),
  };
}

export function actorOf(context: DirectoryContext): { application: string; requestId: string } {
  return { application: context.application, requestId: context.requestId };
}

function isDeactivated(attributes: JsonObject): boolean {
  return attributes['active'] === false;
}

/** Puts a new resource, with its claims, index entries and its count. */
export function createActions(
  context: DirectoryContext,
  item: ResourceItem,
  takeovers: ReadonlyMap<string, string>,
): ReasonedAction[] {
  const { tenant } = context;
  const values = lookupValues(tenant.lookups[item.type], item.attributes);
  return [
    {
      action: { kind: 'put', item: toStorableItem(item), conditions: [{ kind: 'notExists' }] },
      reason: { kind: 'resource' },
    },
    ...lookupActions(context, item, { claims: [], entries: [] }, values, takeovers),
    {
      action: {
        kind: 'update',
        key: counterKey(tenant.name, item.type, item.sk),
        add: { count: 1 },
        set: { format: FORMAT },
      },
      reason: { kind: 'index' },
    },
  ];
}

/** Puts a changed resource under its former version, and moves the claims and index entries that changed. */
export function changeActions(
  context: DirectoryContext,
  before: ResourceItem,
  after: ResourceItem,
  takeovers: ReadonlyMap<string, string>,
): ReasonedAction[] {
  const lookups = context.tenant.lookups[before.type];
  return [
    {
      action: {
        kind: 'put',
        item: toStorableItem(after),
        conditions: [{ kind: 'versionIs', version: before.version }, areMarksUnchanged(before)],
      },
      reason: { kind: 'resource' },
    },
    ...lookupActions(
      context,
      after,
      lookupValues(lookups, before.attributes),
      lookupValues(lookups, after.attributes),
      takeovers,
    ),
  ];
}

/**
 * What takes the claims and index entries of a resource from one set of values to another.
 *
 * @param takeovers - Claims known to point to a tombstone: the claim's value → the id of that tombstone.
 */
function lookupActions(
  context: DirectoryContext,
  item: ResourceItem,
  before: LookupValues,
  after: LookupValues,
  takeovers: ReadonlyMap<string, string>,
): ReasonedAction[] {
  const tenant = context.tenant.name;
  const id = item.sk;
  const toClaim = ({ attribute, value }: LookupValue) => claimKey(tenant, item.type, attribute, value);
  const toEntry = ({ attribute, value }: LookupValue) => indexKey(tenant, item.type, attribute, value, id);
  const index = (action: Action): ReasonedAction => ({ action, reason: { kind: 'index' } });
  return [
    ...missingFrom(after.claims, before.claims).map((claim): ReasonedAction => {
      const tombstone = takeovers.get(claim.value);
      return {
        action: {
          kind: 'put',
          item: { ...toClaim(claim), format: FORMAT, resourceId: id },
          conditions:
            tombstone === undefined
              ? [{ kind: 'notExists' }]
              : [
                  { kind: 'equals', attribute: 'resourceId', value: tombstone },
                  { kind: 'equals', attribute: 'tombstone', value: true },
                ],
        },
        reason: { kind: 'claim', claim },
      };
    }),
    ...missingFrom(before.claims, after.claims).map((claim) => index({ kind: 'delete', key: toClaim(claim) })),
    ...missingFrom(after.entries, before.entries).map((entry) =>
      index({ kind: 'put', item: { ...toEntry(entry), format: FORMAT } }),
    ),
    ...missingFrom(before.entries, after.entries).map((entry) => index({ kind: 'delete', key: toEntry(entry) })),
  ];
}

function missingFrom(values: readonly LookupValue[], others: readonly LookupValue[]): LookupValue[] {
  return values.filter(
    ({ attribute, value }) => !others.some((other) => other.attribute === attribute && other.value === value),
  );
}

/** The resource's item with what the same write does to its members. */
export function withDelta(item: ResourceItem, delta: MembershipDelta): ResourceItem {
  return delta.added.length + delta.removed.length === 0 ? item : { ...item, delta };
}

/** Bytes that a resource may take: an item may have 400 KB, and its tombstone must hold it. */
export const MAX_RESOURCE_BYTES = 350_000;

/**
 * The resource's item as the table takes it.
 *
 * @throws ScimError 413 when it is larger than {@link MAX_RESOURCE_BYTES}.
 */
function toStorableItem(item: ResourceItem): Item {
  const stored = toItem(item);
  const size = sizeOfItem(stored);
  if (size > MAX_RESOURCE_BYTES) {
    throw new ScimError(413, `the resource would take ${size} bytes; at most ${MAX_RESOURCE_BYTES} are possible`);
  }
  return stored;
}

/** The parsed item as the table takes it: absent instead of undefined. */
export function toItem(item: ResourceItem): Item {
  const { deactivatedAt, journal, delta, roleLock, held, heldVersion, owns, heir, broughtBack, ...rest } = item;
  return {
    ...rest,
    ...(deactivatedAt === undefined ? {} : { deactivatedAt }),
    ...(journal === undefined ? {} : { journal }),
    ...(delta === undefined ? {} : { delta }),
    ...(roleLock === undefined ? {} : { roleLock }),
    ...(held === undefined ? {} : { held }),
    ...(heldVersion === undefined ? {} : { heldVersion }),
    ...(owns === undefined ? {} : { owns }),
    ...(heir === undefined ? {} : { heir }),
    ...(broughtBack === undefined ? {} : { broughtBack }),
  };
}
