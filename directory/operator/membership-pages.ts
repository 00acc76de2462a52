import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { DirectoryContext } from '../context.ts';
import type { Item } from '../store/item-table.ts';
import { MembershipItemSchema, parseItem, ResourceItemSchema } from '../store/items.ts';
import { membersPartition, resourceKey, resourcePartition } from '../store/keys.ts';
import { sequenceOf } from './sequence-of.ts';

/** A membership, as its group has it. */
export interface Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly type: ResourceTypeName;
  /** Of the group before its members were read: what the list may lack is told by events with a higher one. */
  readonly groupSequence: number;
}

const PAGE = 1_000;
/** Groups looked at for one page, where most are empty. */
const MAX_GROUPS = 200;

/**
 * A page of the memberships of all groups, in the order of the groups' ids.
 *
 * @param after - `<group id>/<member id>`, or `<group id>/` where that group is done.
 */
export async function readMembershipPage(
  { table, tenant }: Pick<DirectoryContext, 'table' | 'tenant'>,
  after: string | undefined,
): Promise<{ readonly memberships: readonly Membership[]; readonly next: string | undefined }> {
  const [from, member] = after?.split('/') ?? [];
  const memberships: Membership[] = [];
  const readMembers = async (group: Item, position: string | undefined): Promise<string | undefined> => {
    const item = parseItem(ResourceItemSchema, group);
    const [groupId, groupSequence] = [item.sk, sequenceOf(item)];
    const { items, next } = await table.query({
      pk: membersPartition(tenant.name, groupId),
      limit: PAGE,
      ...(position === undefined || position === '' ? {} : { after: position }),
    });
    for (const item of items) {
      const { sk: memberId, type } = parseItem(MembershipItemSchema, item);
      memberships.push({ groupId, memberId, type, groupSequence });
    }
    return next;
  };
  if (from !== undefined && member !== '') {
    const group = await table.get(resourceKey(tenant.name, 'Group', from));
    // Its members may be there a little longer than a group that is deleted.
    const rest = group && (await readMembers(group, member));
    return { memberships, next: `${from}/${rest ?? ''}` };
  }
  const pk = resourcePartition(tenant.name, 'Group');
  const groups = await table.query({ pk, limit: MAX_GROUPS, ...(from === undefined ? {} : { after: from }) });
  for (const group of groups.items) {
    const rest = await readMembers(group, undefined);
    if (rest !== undefined || memberships.length >= PAGE) return { memberships, next: `${group.sk}/${rest ?? ''}` };
  }
  return { memberships, next: groups.next === undefined ? undefined : `${groups.next}/` };
}
