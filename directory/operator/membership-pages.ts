import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { DirectoryContext } from '../context.ts';
import { MembershipItemSchema, parseItem } from '../store/items.ts';
import { membersPartition, resourcePartition } from '../store/keys.ts';

/** A membership, as its group has it. */
export interface Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly type: ResourceTypeName;
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
  const readMembers = async (groupId: string, position: string | undefined): Promise<string | undefined> => {
    const { items, next } = await table.query({
      pk: membersPartition(tenant.name, groupId),
      limit: PAGE,
      ...(position === undefined || position === '' ? {} : { after: position }),
    });
    for (const item of items) {
      const { sk: memberId, type } = parseItem(MembershipItemSchema, item);
      memberships.push({ groupId, memberId, type });
    }
    return next;
  };
  if (from !== undefined && member !== '') {
    const rest = await readMembers(from, member);
    return { memberships, next: `${from}/${rest ?? ''}` };
  }
  const pk = resourcePartition(tenant.name, 'Group');
  const groups = await table.query({ pk, limit: MAX_GROUPS, ...(from === undefined ? {} : { after: from }) });
  for (const { sk: groupId } of groups.items) {
    const rest = await readMembers(groupId, undefined);
    if (rest !== undefined || memberships.length >= PAGE) return { memberships, next: `${groupId}/${rest ?? ''}` };
  }
  return { memberships, next: groups.next === undefined ? undefined : `${groups.next}/` };
}
