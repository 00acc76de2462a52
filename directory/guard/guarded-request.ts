import type { JsonObject } from '../../scim/json.ts';
import { ACTORS, type DirectoryContext } from '../context.ts';
import { guardKey, rejectionKey } from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT, type HeldMark, parseOptionalItem, type ResourceItem } from '../store/items.ts';
import { ItemTooLargeError, WriteRefusedError } from '../store/table-errors.ts';
import { type Amount, HeldItemSchema, type HeldRequest, toStoredItem } from './guard-items.ts';
import { guardSettingsOf } from './guard-policy.ts';
import { type HeldWrite, keyOfHeld } from './held-write.ts';
import { changeMarks, markOf } from './marks.ts';
import { heldBack, rejected } from './refusals.ts';
import { type Request, reserve } from './reserve.ts';
import { isNothing } from './window.ts';

/** Nothing is counted where the guard is off, or who asks is no identity provider. */
export function isGuarded({ application, tenant }: DirectoryContext): boolean {
  if (application === ACTORS.operator || application === ACTORS.application) return false;
  return guardSettingsOf(tenant.policy.guard, application).mode !== 'off';
}

const NOTHING: Amount = { users: 0, memberships: 0 };

/** What a request takes away. */
export interface Asked {
  readonly asked: Amount;
  readonly measure: Request['measure'];
  /** What of its body may be kept. Of a deletion: none. */
  readonly toBody?: (() => JsonObject | undefined) | undefined;
}

/** A request as the guard sees it: counted, and let through or held. */
export class GuardedRequest {
  readonly #context: DirectoryContext;
  readonly #write: HeldWrite;
  /** What this very request has reserved by now. */
  #reserved = NOTHING;

  constructor(context: DirectoryContext, write: HeldWrite) {
    this.#context = context;
    this.#write = write;
  }

  /**
   * @returns False where the resource is no longer as it was read.
   * @throws ScimError 503 where it is held back, 400 where it is rejected.
   */
  async admit(before: ResourceItem, { asked, measure, toBody }: Asked): Promise<boolean> {
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
        const kept = await this.#hold(before, { asked, toBody, window: verdict.window });
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
    { asked, toBody, window }: Pick<Asked, 'asked' | 'toBody'> & { readonly window: number },
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
    const body = toBody?.();
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
