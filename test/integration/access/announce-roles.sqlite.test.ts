import { describe, expect, it } from 'vitest';
import { announceRoles } from '../../../directory/access/announce-roles.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addGroup, addMembers, patch, removeMembers } from '../../helpers/directory.ts';
import { readLog } from '../../helpers/feed.ts';
import { interrupted } from '../../helpers/interrupted-table.ts';
import { announcedRoles, createRoleScene } from '../../helpers/role-jobs.ts';

const by = { application: 'entra', requestId: 'r' };
const now = () => new Date();

async function announce(table: ItemTable, { tenant }: DirectoryContext, ids: readonly string[]): Promise<void> {
  await announceRoles({ table, now }, tenant, ids, by);
}

/** One thing just before each of the first transactions. */
function oneByOne(...things: readonly (() => Promise<void>)[]): () => Promise<void> {
  const left = [...things];
  return async () => await left.shift()?.();
}

describe('announcing a role', () => {
  it('ends with the true one, also where whoever saw the next change found nothing to announce', async () => {
    const { table, context, ids } = await createRoleScene(1);
    await announce(table, context, ids);
    const admins = await addGroup(context, 'Admins');
    await patch(context, 'Group', admins, [addMembers(ids)]);
    const leave = async () => {
      await patch(context, 'Group', admins, [removeMembers(ids)]);
      // The last announced role is still that of before both changes.
      await announce(table, context, ids);
    };
    await announce(interrupted(table, { write: oneByOne(leave) }), context, ids);
    expect([...(await announcedRoles(table)).values()]).toEqual(['viewer']);
    const told = (await readLog(table)).flatMap(({ role }) => (role === undefined ? [] : [[role.from, role.to]]));
    expect(told.toSorted()).toEqual([
      [null, 'viewer'],
      ['admin', 'viewer'],
      ['viewer', 'admin'],
    ]);
  });

  it('goes on until nobody has come between, however often', async () => {
    const { table, context, ids } = await createRoleScene(1);
    await announce(table, context, ids);
    const admins = await addGroup(context, 'Admins');
    const join = async () => {
      await patch(context, 'Group', admins, [addMembers(ids)]);
      await announce(table, context, ids);
    };
    const leave = async () => {
      await patch(context, 'Group', admins, [removeMembers(ids)]);
      await announce(table, context, ids);
    };
    await patch(context, 'Group', admins, [addMembers(ids)]);
    await announce(interrupted(table, { write: oneByOne(leave, join, leave, join) }), context, ids);
    expect([...(await announcedRoles(table)).values()]).toEqual(['admin']);
  });

  it('costs nothing more than a look where the role is as it was, and one look more where it was written', async () => {
    const { table, context, ids } = await createRoleScene(1);
    const costOf = async () => {
      const log = new CallLog();
      await announce(table.withMeter(log), context, ids);
      return log.kinds;
    };
    const written = await costOf();
    const look = await costOf();
    expect(look).toEqual({ getMany: 2, query: 2 });
    expect(written).toEqual({ getMany: 4, query: 5, 'write(2)': 1 });
  });
});
