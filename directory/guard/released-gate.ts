import { isSameJson, type JsonObject } from '../../scim/json.ts';
import { ACTORS, type DirectoryContext } from '../context.ts';
import { isToBeDeleted } from '../lifecycle/tombstones.ts';
import { saidMemberKey } from '../store/access-keys.ts';
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
 * marks have changed. What somebody has said since stays as it is: who is a member, and, where the resource was changed,
 * all but what is to be taken away. What was not kept stays, too.
 */
export function createReleasedGate(context: DirectoryContext, request: HeldRequest): Gate {
  const { table, tenant, application, now } = context;
  const assertHeld = (resource: ResourceItem) => {
    if (markOf(resource, application)?.id !== request.hold) throw new HoldOverError('nothing is held any more');
  };
  /** Somebody else may have done it, or it may have been asked for anew. */
  const assertOpen = async () => {
    const own = parseOptionalItem(HeldItemSchema, await table.get({ pk: request.pk, sk: request.sk }));
    if (own?.kind !== 'request' || own.order !== request.order) throw new HoldOverError('it was done meanwhile');
  };
  const withoutSaid = async (ids: readonly string[], isMember: boolean): Promise<readonly string[]> => {
    const items = await table.getMany(ids.map((id) => saidMemberKey(tenant.name, application, request.id, id)));
    const isSaid = (n: number) => {
      const said = parseOptionalItem(HeldItemSchema, items[n]);
      const isLater = said?.kind === 'member' && said.hold === request.hold && said.order > request.order;
      return isLater && said.isMember === isMember;
    };
    return ids.filter((_, n) => !isSaid(n));
  };
  const attributesOf = (before: ResourceItem, asked: JsonObject | undefined): JsonObject | undefined => {
    if (asked === undefined) return undefined;
    const { attributes, version } = before;
    const wanted =
      version === request.version
        ? withSecretsOf(tenant.schemas[request.type], asked, attributes)
        : { ...attributes, ...(request.type === 'User' && asked['active'] === false ? { active: false } : {}) };
    return isSameJson(wanted, attributes) ? undefined : wanted;
  };
  return {
    admitChange: async (before, { attributes: asked, members }) => {
      assertHeld(before);
      await assertOpen();
      const [add, remove] = [await withoutSaid(members.add, false), await withoutSaid(members.remove, true)];
      return { before, attributes: attributesOf(before, asked), members: { add, remove }, isBound: true };
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
