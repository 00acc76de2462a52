import { isSameJson } from '../../scim/json.ts';
import { ACTORS, type DirectoryContext } from '../context.ts';
import { isToBeDeleted } from '../lifecycle/tombstones.ts';
import { heldAdditionKey } from '../store/access-keys.ts';
import { parseOptionalItem, type ResourceItem } from '../store/items.ts';
import type { Gate } from './admission.ts';
import { HeldItemSchema, type HeldRequest } from './guard-items.ts';
import { withSecretsOf } from './kept-body.ts';
import { markOf } from './marks.ts';

/** What was to be released is void, or not wanted any more. */
export class HoldOverError extends Error {
  override readonly name = 'HoldOverError';
}

/**
 * Lets through what an operator has released, as long as its resource carries the mark, in a write that is refused where the
 * marks have changed: without members who were added since it was asked for, and with what was not kept as it is.
 */
export function createReleasedGate(context: DirectoryContext, request: HeldRequest): Gate {
  const { table, tenant, application, now } = context;
  const assertHeld = (resource: ResourceItem) => {
    if (markOf(resource, application)?.id !== request.hold) throw new HoldOverError('nothing is held any more');
  };
  const staysIn = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const items = await table.getMany(ids.map((id) => heldAdditionKey(tenant.name, application, request.id, id)));
    const isLater = (n: number) => {
      const addition = parseOptionalItem(HeldItemSchema, items[n]);
      return addition?.kind === 'addition' && addition.hold === request.hold && addition.order > request.order;
    };
    return new Set(ids.filter((_, n) => isLater(n)));
  };
  return {
    admitChange: async (before, { attributes: asked, members }) => {
      assertHeld(before);
      const staying = await staysIn(members.remove);
      const wanted = asked && withSecretsOf(tenant.schemas[request.type], asked, before.attributes);
      return {
        before,
        attributes: wanted === undefined || isSameJson(wanted, before.attributes) ? undefined : wanted,
        members: { add: members.add, remove: members.remove.filter((id) => !staying.has(id)) },
        isBound: true,
      };
    },
    admitDeletion: async (before) => {
      assertHeld(before);
      // The sweep acts for itself: what it would not do today it does not want.
      if (application === ACTORS.lifecycle && !isToBeDeleted(before, tenant.settings, now())) {
        throw new HoldOverError('it is not due any more');
      }
      return 'admitted';
    },
  };
}
