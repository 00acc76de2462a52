import { invalidValue } from '../scim/errors.ts';
import { type Change, type Knowledge, type Outcome, resourceActions } from './change.ts';
import type { DirectoryContext } from './context.ts';
import { commitLongChange } from './long-change.ts';
import type { NetChanges } from './member-changes.ts';
import { type Departure, passOn, planDeparture } from './ownership/departure.ts';
import { learn, memberNotFound } from './refusals.ts';
import type { ReasonedAction } from './resource-writes.ts';
import type { Key, SingleAction } from './store/item-table.ts';
import { FORMAT } from './store/items.ts';
import { isResourceId, memberKey, memberOfKey, resourceKey } from './store/keys.ts';
import { MAX_ACTIONS } from './store/limits.ts';
import { WriteRefusedError } from './store/table-errors.ts';

/**
 * Writes a change: in one transaction where it fits into one, by the journal where it does not.
 *
 * Members that are in or out already are left out of it. Whatever is refused for a reason that can be mended is tried
 * again at once; conflicts and throttles are the table's own affair (`store/retrying-table.ts`).
 *
 * @throws ScimError 409 `uniqueness`; 400 `invalidValue` where a member does not exist.
 */
export async function commitChange(context: DirectoryContext, wanted: Change): Promise<Outcome> {
  const departure = await findDeparture(context, wanted);
  const change = departure === undefined ? wanted : { ...wanted, before: departure.user };
  const knowledge: Knowledge = { takeovers: new Map(), memberGroups: new Set() };
  let members = possibleChanges(change);
  for (;;) {
    if (isNothing({ ...change, members })) return { kind: 'unchanged' };
    const { item, actions: resource } = resourceActions(context, { ...change, members }, knowledge, undefined);
    const leaving = (departure?.actions ?? []).map(
      (action): ReasonedAction => ({ action, reason: { kind: 'resource' } }),
    );
    const actions = [...resource, ...leaving, ...memberActions(context, change.id, members, knowledge)];
    if (actions.length > MAX_ACTIONS) return await commitLongChange(context, { ...change, members }, knowledge);
    try {
      await write(context, actions);
      if (departure !== undefined) await passOn(context, departure);
      return { kind: 'written', item, members, isWhole: true };
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      const left = learn(error, actions, members, knowledge);
      if (left === 'stale') return { kind: 'stale' };
      members = left;
    }
  }
}

/** Of a user who is deactivated and may own something: what is to be done about that. */
async function findDeparture(
  context: DirectoryContext,
  { before, attributes }: Change,
): Promise<Departure | undefined> {
  if (before?.owns === undefined || attributes?.['active'] !== false) return undefined;
  return await planDeparture(context, before);
}

/**
 * Nobody whose id is not one of ours can be a member: adding such a one is refused, removing is no change.
 *
 * @throws ScimError 400 `invalidValue`, also where a group shall be a member of itself.
 */
function possibleChanges({ id, members }: Change): NetChanges {
  const impossible = members.add.filter((memberId) => !isResourceId(memberId));
  if (impossible.length > 0) throw memberNotFound(impossible);
  if (members.add.includes(id)) throw invalidValue('members: a group cannot be a member of itself');
  return { add: members.add, remove: members.remove.filter(isResourceId) };
}

function isNothing({ before, attributes, members }: Change): boolean {
  return before !== undefined && attributes === undefined && members.add.length + members.remove.length === 0;
}

/** Takes each member in under a check that it exists, or out; a membership is two items. */
function memberActions(
  context: DirectoryContext,
  groupId: string,
  members: NetChanges,
  { memberGroups }: Knowledge,
): ReasonedAction[] {
  const tenant = context.tenant.name;
  return [
    ...members.add.flatMap((id): ReasonedAction[] => {
      const type = memberGroups.has(id) ? 'Group' : 'User';
      const put = (key: Key): ReasonedAction => ({
        action: { kind: 'put', item: { ...key, format: FORMAT, type }, conditions: [{ kind: 'notExists' }] },
        reason: { kind: 'member', change: 'add', id },
      });
      return [
        put(memberKey(tenant, groupId, id)),
        put(memberOfKey(tenant, id, groupId)),
        {
          action: { kind: 'check', key: resourceKey(tenant, type, id), conditions: [{ kind: 'exists' }] },
          reason: { kind: 'memberExists', id },
        },
      ];
    }),
    ...members.remove.flatMap((id) =>
      [memberKey(tenant, groupId, id), memberOfKey(tenant, id, groupId)].map(
        (key): ReasonedAction => ({
          action: { kind: 'delete', key, conditions: [{ kind: 'exists' }] },
          reason: { kind: 'member', change: 'remove', id },
        }),
      ),
    ),
  ];
}

/** One action alone costs half of a transaction. */
async function write(context: DirectoryContext, actions: readonly ReasonedAction[]): Promise<void> {
  const [first, ...more] = actions.map(({ action }) => action);
  if (first === undefined) return;
  if (more.length === 0 && first.kind !== 'check') await context.table.writeOne(first, writeIdOf(first));
  else await context.table.write([first, ...more]);
}

/** By this the table knows its own write again after an answer was lost. */
function writeIdOf(action: SingleAction): { writeId?: string } {
  const writeId = action.kind === 'put' ? action.item['writeId'] : undefined;
  return typeof writeId === 'string' ? { writeId } : {};
}
