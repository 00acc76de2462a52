import type { JsonObject } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import { ACTORS } from '../context.ts';
import { guardKey, rejectionKey } from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT, type HeldMark, parseOptionalItem, type ResourceItem } from '../store/items.ts';
import { memberKey, membersPartition } from '../store/keys.ts';
import { queryPages } from '../store/query-all.ts';
import { ItemTooLargeError, WriteRefusedError } from '../store/table-errors.ts';
import type { Admission, Gate, Intent } from './admission.ts';
import { type Amount, HeldItemSchema, type HeldRequest, toStoredItem } from './guard-items.ts';
import { guardSettingsOf } from './guard-policy.ts';
import { type HeldWrite, keyOfHeld } from './held-write.ts';
import { toKeptBody } from './kept-body.ts';
import { changeMarks, markOf } from './marks.ts';
import { heldBack, rejected } from './refusals.ts';
import { type Request, reserve } from './reserve.ts';
import { takeStatement } from './statement.ts';
import { isNothing } from './window.ts';

/** The gate of a request. Nothing is counted where the guard is off, or who asks is no identity provider. */
export function createGate(context: DirectoryContext, write: HeldWrite): Gate {
  return new GuardGate(context, write);
}

function isGuarded({ application, tenant }: DirectoryContext): boolean {
  if (application === ACTORS.operator || application === ACTORS.application) return false;
  return guardSettingsOf(tenant.policy.guard, application).mode !== 'off';
}

const NOTHING: Amount = { users: 0, memberships: 0 };

/** What a request takes away. */
interface Asked {
  readonly asked: Amount;
  readonly measure: Request['measure'];
  /** Of a deletion none. */
  readonly intent?: Intent | undefined;
}

class GuardGate implements Gate {
  readonly #context: DirectoryContext;
  readonly #write: HeldWrite;
  /** What this very request has reserved by now. */
  #reserved = NOTHING;

  constructor(context: DirectoryContext, write: HeldWrite) {
    this.#context = context;
    this.#write = write;
  }

  async admitChange(before: ResourceItem, intent: Intent): Promise<Admission | 'again'> {
    const { attributes, members } = intent;
    const asked: Amount = { users: isDeactivation(before, attributes) ? 1 : 0, memberships: members.remove.length };
    const measure = async () => ({ ...asked, memberships: await this.#countMembers(members.remove) });
    if (!(await this.#admit(before, { asked, measure, intent }))) return 'again';
    const stated = await takeStatement(this.#context, this.#write, before, intent);
    return stated === 'again' ? 'again' : { ...stated, attributes, members };
  }

  async admitDeletion(before: ResourceItem): Promise<'admitted' | 'again'> {
    if (!isGuarded(this.#context)) return 'admitted';
    const asked =
      before.type === 'User' ? { users: 1, memberships: 0 } : { users: 0, memberships: await this.#sizeOf(before.sk) };
    return (await this.#admit(before, { asked, measure: async () => asked })) ? 'admitted' : 'again';
  }

  /** @returns False where the resource is no longer as it was read. */
  async #admit(before: ResourceItem, { asked, measure, intent }: Asked): Promise<boolean> {
    if (isNothing(asked) || !isGuarded(this.#context)) return true;
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
        const kept = await this.#hold(before, { asked, intent, window: verdict.window });
        if (kept === 'again') return false;
        throw heldBack(this.#context, verdict.trip, kept === 'kept');
      }
    }
  }

  /**
   * Keeps the request, with the mark on its resource, in one transaction: as long as the window is the one that holds it,
   * so that what an operator has decided meanwhile is not outlived.
   */
  async #hold(
    before: ResourceItem,
    { asked, intent, window }: Pick<Asked, 'asked' | 'intent'> & { readonly window: number },
  ): Promise<'kept' | 'listed' | 'again'> {
    const { now, tenant, application, requestId, table } = this.#context;
    const { method, type, id } = this.#write;
    const at = now().toISOString();
    const mark = this.#toMark(markOf(before, application), at);
    const { action, count } = changeMarks(before, { ...before.held, [application]: mark });
    const request: HeldRequest = {
      ...keyOfHeld(tenant.name, application, this.#write),
      kind: 'request',
      ...{ type, id, method, requestId, at, ...asked },
      hold: mark.id,
      order: count,
      version: before.version,
    };
    const isStillHeld: Action = {
      kind: 'check',
      key: guardKey(tenant.name, application),
      conditions: [{ kind: 'versionIs', version: window }],
    };
    const body = intent && toKeptBody(tenant.schemas[type], this.#write, intent);
    const whole = body === undefined ? request : { ...request, body: JSON.stringify(body) };
    for (const held of whole === request ? [request] : [whole, request]) {
      try {
        await table.write([action, { kind: 'put', item: { ...toStoredItem(held), format: FORMAT } }, isStillHeld]);
        return held.body === undefined && method !== 'DELETE' ? 'listed' : 'kept';
      } catch (error) {
        if (error instanceof WriteRefusedError) return 'again';
        if (!(error instanceof ItemTooLargeError) || held === request) throw error;
      }
    }
    return 'again';
  }

  /** What says all of a group, and what follows on its deletion, voids what was held before. */
  #toMark(before: HeldMark | undefined, at: string): HeldMark {
    const { type, method } = this.#write;
    const isDeletion = type === 'Group' && method === 'DELETE';
    const goesOn = type === 'User' || (method === 'PATCH' && before?.deletion === undefined);
    return {
      id: before !== undefined && goesOn ? before.id : this.#context.newId(),
      since: before?.since ?? at,
      ...(isDeletion ? { deletion: true } : {}),
    };
  }

  async #findRejection(): Promise<string | undefined> {
    const { table, tenant, application } = this.#context;
    const item = await table.get(rejectionKey(tenant.name, application, this.#write));
    const held = parseOptionalItem(HeldItemSchema, item);
    return held?.kind === 'rejection' ? held.rejectedAt : undefined;
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

function isDeactivation(before: ResourceItem, after: JsonObject | undefined): boolean {
  return before.type === 'User' && before.attributes['active'] !== false && after?.['active'] === false;
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
