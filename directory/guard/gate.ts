import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../scim/json.ts';
import type { MemberChange } from '../../scim/patch/types.ts';
import type { DirectoryContext } from '../context.ts';
import { ACTORS } from '../context.ts';
import type { NetChanges } from '../member-changes.ts';
import { heldKey } from '../store/access-keys.ts';
import { FORMAT, parseOptionalItem, type ResourceItem } from '../store/items.ts';
import { memberKey, membersPartition } from '../store/keys.ts';
import { queryPages } from '../store/query-all.ts';
import { ItemTooLargeError, WriteRefusedError } from '../store/table-errors.ts';
import { type Amount, type HeldItem, HeldItemSchema, toStoredItem } from './guard-items.ts';
import { guardSettingsOf } from './guard-policy.ts';
import { type HeldWrite, keyOfHeld } from './held-write.ts';
import { endHeld, markAction, readHeldOf } from './mark.ts';
import { heldBack, rejected } from './refusals.ts';
import { type Request, reserve } from './reserve.ts';
import { isNothing } from './window.ts';

/** What a change would make of a resource. */
export interface Intent {
  /** Undefined where they stay as they are. */
  readonly attributes: JsonObject | undefined;
  readonly members: NetChanges;
  /** As the client said it. */
  readonly memberChanges: readonly MemberChange[];
}

/** Asked before a resource is changed or deleted, each time that it was read. */
export interface Gate {
  /**
   * @returns The members to change; `again` where the resource has to be read again.
   * @throws ScimError 503 where the change is held back, 400 where it is rejected.
   */
  admitChange(before: ResourceItem, intent: Intent): Promise<NetChanges | 'again'>;
  admitDeletion(before: ResourceItem): Promise<'admitted' | 'again'>;
}

/** Lets through what an operator has released, but for members who were added again since. */
export function createReleasedGate(kept: readonly string[]): Gate {
  const staying = new Set(kept);
  return {
    admitChange: async (_, { members }) => ({
      add: members.add,
      remove: members.remove.filter((id) => !staying.has(id)),
    }),
    admitDeletion: async () => 'admitted',
  };
}

/** The gate of a request; undefined where nothing is guarded: the guard is off, or who asks is no identity provider. */
export function createGate(context: DirectoryContext, write: HeldWrite): Gate | undefined {
  const { application, tenant } = context;
  if (application === ACTORS.operator || application === ACTORS.application) return undefined;
  if (guardSettingsOf(tenant.policy.guard, application).mode === 'off') return undefined;
  return new GuardGate(context, write);
}

const NOTHING: Amount = { users: 0, memberships: 0 };

class GuardGate implements Gate {
  readonly #context: DirectoryContext;
  readonly #write: HeldWrite;
  /** What this very request has reserved by now. */
  #reserved = NOTHING;

  constructor(context: DirectoryContext, write: HeldWrite) {
    this.#context = context;
    this.#write = write;
  }

  async admitChange(before: ResourceItem, intent: Intent): Promise<NetChanges | 'again'> {
    const asked: Amount = {
      users: isDeactivation(before, intent.attributes) ? 1 : 0,
      memberships: intent.members.remove.length,
    };
    if (isNothing(asked)) {
      return before.heldSince !== undefined && (await this.#withdraw(before, intent)) ? 'again' : intent.members;
    }
    const measure = async () => ({ ...asked, memberships: await this.#countMembers(intent.members.remove) });
    return (await this.#admit(before, asked, measure)) ? intent.members : 'again';
  }

  async admitDeletion(before: ResourceItem): Promise<'admitted' | 'again'> {
    const asked =
      before.type === 'User' ? { users: 1, memberships: 0 } : { users: 0, memberships: await this.#sizeOf(before.sk) };
    return isNothing(asked) || (await this.#admit(before, asked, async () => asked)) ? 'admitted' : 'again';
  }

  /** @returns False where the resource is no longer as it was read. */
  async #admit(before: ResourceItem, asked: Amount, measure: Request['measure']): Promise<boolean> {
    const more = differenceOf(asked, this.#reserved);
    if (isNothing(more)) return true;
    const verdict = await reserve(this.#context, {
      asked: more,
      measure: async () => differenceOf(await measure(), this.#reserved),
      findRejection: () => this.#findRejection(),
    });
    switch (verdict.kind) {
      case 'free':
        this.#reserved = largest(this.#reserved, asked);
        return true;
      case 'rejected':
        throw rejected(this.#context, verdict.since);
      case 'held': {
        const kept = await this.#hold(before, asked);
        if (kept === 'again') return false;
        throw heldBack(this.#context, verdict.trip, kept === 'kept');
      }
    }
  }

  /** Keeps the request, with the mark on its resource, in one transaction. */
  async #hold(before: ResourceItem, asked: Amount): Promise<'kept' | 'listed' | 'again'> {
    const { now, tenant, application, requestId, table } = this.#context;
    const { method, type, id, body } = this.#write;
    const at = now().toISOString();
    const held: HeldItem = {
      ...keyOfHeld(tenant.name, application, this.#write),
      version: now().getTime(),
      ...{ type, id, method, requestId, at, ...asked },
      since: before.heldSince ?? at,
      kept: [],
    };
    const put = async (item: HeldItem) => {
      const action = { kind: 'put', item: { ...toStoredItem(item), format: FORMAT } } as const;
      if (before.heldSince !== undefined) await table.writeOne(action);
      else await table.write([action, markAction(this.#context, before, at)]);
    };
    try {
      const text = body === undefined ? undefined : JSON.stringify(body);
      await put(text === undefined ? held : { ...held, body: text });
      return 'kept';
    } catch (error) {
      if (error instanceof WriteRefusedError) return 'again';
      if (!(error instanceof ItemTooLargeError)) throw error;
    }
    try {
      await put(held);
      return 'listed';
    } catch (error) {
      if (error instanceof WriteRefusedError) return 'again';
      throw error;
    }
  }

  /**
   * Whoever says now that a user is active, or a member in the group, takes back what is held to the contrary.
   *
   * @returns Whether the resource has to be read again.
   */
  async #withdraw(before: ResourceItem, intent: Intent): Promise<boolean> {
    if (before.type === 'User') {
      if (!statesActive(this.#write, intent.attributes ?? before.attributes)) return false;
      return await this.#end(before);
    }
    if (intent.memberChanges.some(({ kind }) => kind === 'clear')) return await this.#end(before);
    const added = intent.memberChanges.flatMap((change) => (change.kind === 'add' ? change.ids : []));
    if (added.length > 0) await this.#keepIn(before, added);
    return false;
  }

  async #end(before: ResourceItem): Promise<boolean> {
    const held = (await readHeldOf(this.#context, { type: before.type, id: before.sk })).filter(isHeld);
    for (const each of held) await endHeld(this.#context, each);
    return held.length > 0;
  }

  /** A later release leaves them in. */
  async #keepIn(before: ResourceItem, added: readonly string[]): Promise<void> {
    const { table } = this.#context;
    for (const held of (await readHeldOf(this.#context, { type: 'Group', id: before.sk })).filter(isHeld)) {
      const kept = [...new Set([...held.kept, ...added])];
      if (kept.length === held.kept.length) continue;
      const item = { ...toStoredItem({ ...held, kept, version: held.version + 1 }), format: FORMAT };
      try {
        await table.writeOne({ kind: 'put', item, conditions: [{ kind: 'versionIs', version: held.version }] });
      } catch (error) {
        // Released meanwhile, or asked for again: either way it does not wait for this request any more.
        if (!(error instanceof WriteRefusedError)) throw error;
      }
    }
  }

  async #findRejection(): Promise<string | undefined> {
    const { table, tenant, application } = this.#context;
    const item = await table.get(heldKey(tenant.name, application, this.#write));
    return parseOptionalItem(HeldItemSchema, item)?.rejectedAt;
  }

  /** How many of them are members. */
  async #countMembers(ids: readonly string[]): Promise<number> {
    const { table, tenant } = this.#context;
    const items = await table.getMany(ids.map((id) => memberKey(tenant.name, this.#write.id, id)));
    return items.filter((item) => item !== undefined).length;
  }

  async #sizeOf(groupId: string): Promise<number> {
    const { table, tenant } = this.#context;
    let size = 0;
    for await (const page of queryPages(table, { pk: membersPartition(tenant.name, groupId) })) size += page.length;
    return size;
  }
}

function isHeld({ rejectedAt }: HeldItem): boolean {
  return rejectedAt === undefined;
}

function isDeactivation(before: ResourceItem, after: JsonObject | undefined): boolean {
  return before.type === 'User' && before.attributes['active'] !== false && after?.['active'] === false;
}

/** A PUT says all; a PATCH says so where it speaks of the attribute. */
function statesActive({ method, body }: HeldWrite, after: JsonObject): boolean {
  if (after['active'] === false) return false;
  return method === 'PUT' || (body !== undefined && mentionsActive(body));
}

/** Whether a PATCH has an operation on `active`, by its path or in its value. */
function mentionsActive(body: JsonValue): boolean {
  if (isJsonArray(body)) return body.some(mentionsActive);
  if (!isJsonObject(body)) return false;
  return Object.entries(body).some(([name, value]) => {
    const lower = name.toLowerCase();
    if (lower === 'active') return true;
    if (lower === 'path') return typeof value === 'string' && /(?:^|:)active$/i.test(value);
    return (lower === 'operations' || lower === 'value') && mentionsActive(value);
  });
}

function differenceOf(left: Amount, right: Amount): Amount {
  return {
    users: Math.max(0, left.users - right.users),
    memberships: Math.max(0, left.memberships - right.memberships),
  };
}

function largest(left: Amount, right: Amount): Amount {
  return {
    users: Math.max(left.users, right.users),
    memberships: Math.max(left.memberships, right.memberships),
  };
}
