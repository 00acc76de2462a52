import { invalidValue, ScimError } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import { actorOf } from '../resource-writes.ts';
import {
  ownedKey,
  ownersKey,
  ownsKey,
  ownsPartition,
  parseOwnershipName,
  toOwnershipName,
} from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT, parseItem, parseOptionalItem } from '../store/items.ts';
import { isResourceId } from '../store/keys.ts';
import { type OwnedItem, OwnedItemSchema, OwnsItemSchema } from '../store/ownership-items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { findActiveUser, holdOwner } from './owner.ts';

/** Something of the vendor's own that a user owns: a resource by its type and id, or a permission by its name. */
export interface OwnedThing {
  /** Letters, digits, `.`, `_`, `-`. */
  readonly type: string;
  readonly id: string;
}

export interface Ownership extends OwnedThing {
  /** The owner's id. */
  readonly user: string;
  /** Grows from owner to owner of the same thing: what has a lower one is older. */
  readonly number: number;
}

const TYPE = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_ID_BYTES = 256;

/** @throws ScimError 400 `invalidValue` */
function assertNamed(thing: OwnedThing): void {
  const fault = findFault(thing);
  if (fault !== undefined) throw invalidValue(fault);
}

function findFault({ type, id }: OwnedThing): string | undefined {
  if (!TYPE.test(type)) return 'type: expected 1-64 letters, digits, dots, hyphens and underscores';
  if (id === '' || Buffer.byteLength(id) > MAX_ID_BYTES || /[\p{Cc}\p{Cs}]/u.test(id)) {
    return `id: expected 1-${MAX_ID_BYTES} bytes of text without control characters`;
  }
  return undefined;
}

function isOwnershipName(name: string): boolean {
  const thing = parseOwnershipName(name);
  return toOwnershipName(thing) === name && findFault(thing) === undefined;
}

/** @throws ScimError 404 where nobody owns it */
export async function getOwnership(context: DirectoryContext, thing: OwnedThing): Promise<Ownership> {
  assertNamed(thing);
  return toOwnership(await readOwned(context, thing));
}

/**
 * Makes a user the owner of something, instead of whoever was. Once more does nothing.
 *
 * @throws ScimError 400 `invalidValue` where the user is not there or not active; 409 where nobody could inherit it yet,
 * for the tenant has named no company owner.
 */
export async function registerOwnership(
  context: DirectoryContext,
  thing: OwnedThing,
  userId: string,
): Promise<Ownership> {
  assertNamed(thing);
  const { table } = context;
  const tenant = context.tenant.name;
  const name = toOwnershipName(thing);
  for (;;) {
    const user = await findActiveUser(table, tenant, userId);
    if (user === undefined) {
      throw invalidValue(`user: ${JSON.stringify(userId.slice(0, 64))} is no active user of this tenant`);
    }
    const before = await findOwned(context, thing);
    // What was theirs before they left and came back may be on its way to somebody else.
    const isTheirs = before?.owner === userId && user.owns !== undefined && before.ownerVersion >= user.owns;
    if (before !== undefined && isTheirs) return toOwnership(before);
    const hold = holdOwner(user, actorOf(context), context.now());
    const facts = { format: FORMAT, number: (before?.number ?? 0) + 1, ownerVersion: hold.version };
    const actions: Action[] = [
      hold.action,
      {
        kind: 'put',
        item: { ...ownedKey(tenant, name), ...facts, owner: userId },
        conditions: [asRead(before)],
      },
      { kind: 'put', item: { ...ownsKey(tenant, userId, name), ...facts } },
      ...leave(tenant, before, userId),
      { kind: 'check', key: ownersKey(tenant), conditions: [{ kind: 'exists' }] },
    ];
    try {
      await table.write(actions);
      return { ...thing, user: userId, number: facts.number };
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(actions.length - 1) !== undefined) throw noCompanyOwner();
    }
  }
}

function asRead(before: OwnedItem | undefined) {
  if (before === undefined) return { kind: 'notExists' } as const;
  return { kind: 'equals', attribute: 'number', value: before.number } as const;
}

function leave(tenant: string, before: OwnedItem | undefined, userId: string): Action[] {
  if (before === undefined || before.owner === userId) return [];
  return [{ kind: 'delete', key: ownsKey(tenant, before.owner, before.sk) }];
}

function noCompanyOwner(): ScimError {
  return new ScimError(
    409,
    'The tenant has named no company owner, so that nobody could inherit this: name one first, by PUT owners or "scim-stack owners set"',
  );
}

/** Ends an ownership; of what nobody owns nothing is done. */
export async function removeOwnership(context: DirectoryContext, thing: OwnedThing): Promise<void> {
  assertNamed(thing);
  for (;;) {
    const before = await findOwned(context, thing);
    if (before === undefined) return;
    try {
      await context.table.write([
        { kind: 'delete', key: { pk: before.pk, sk: before.sk }, conditions: [asRead(before)] },
        { kind: 'delete', key: ownsKey(context.tenant.name, before.owner, before.sk) },
      ]);
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
}

/** A page of what is registered as a user's. @throws ScimError 400 `invalidValue` for what can be no user's id, or no position */
export async function listOwnerships(
  { table, tenant }: DirectoryContext,
  userId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly ownerships: readonly Ownership[]; readonly next?: string }> {
  if (!isResourceId(userId)) throw invalidValue('user: expected the id of a user, a UUID in lower case');
  if (after !== undefined && !isOwnershipName(after)) {
    throw invalidValue('after: expected the "next" of the page before');
  }
  const pk = ownsPartition(tenant.name, userId);
  const { items, next } = await table.query({ pk, limit, ...(after === undefined ? {} : { after }) });
  const ownerships = items.map((item) => {
    const { sk, number } = parseItem(OwnsItemSchema, item);
    return { ...parseOwnershipName(sk), user: userId, number };
  });
  return { ownerships, ...(next === undefined ? {} : { next }) };
}

async function readOwned(context: DirectoryContext, thing: OwnedThing): Promise<OwnedItem> {
  const item = await findOwned(context, thing);
  if (item === undefined) throw new ScimError(404, 'Nobody is registered as the owner of that');
  return item;
}

async function findOwned({ table, tenant }: DirectoryContext, thing: OwnedThing): Promise<OwnedItem | undefined> {
  return parseOptionalItem(OwnedItemSchema, await table.get(ownedKey(tenant.name, toOwnershipName(thing))));
}

function toOwnership({ sk, owner, number }: OwnedItem): Ownership {
  return { ...parseOwnershipName(sk), user: owner, number };
}
