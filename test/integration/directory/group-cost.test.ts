import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { listResources } from '../../../directory/list-resources.ts';
import { replaceResource } from '../../../directory/replace-resource.ts';
import { parseFilter } from '../../../scim/filter/parser.ts';
import { parseSelection } from '../../../scim/projection.ts';
import { CallLog } from '../../helpers/call-log.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  patch,
  removeMembers,
  schemas,
} from '../../helpers/directory.ts';
import { seedMembers } from '../../helpers/seed.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

/** DynamoDB Local takes its time for each; that the size does not matter shows there as well. */
const LARGE = tableKind === 'dynamodb' ? 12_000 : 50_000;

const withoutMembers = parseSelection(schemas.Group, { excludedAttributes: 'members' });

/** What a request costs must not depend on how large the group is (docs/data-model.md, "Costs"). */
describe.each([{ members: 100 }, { members: LARGE }])('cost of a request about a group of $members', ({ members }) => {
  let context: DirectoryContext;
  let group: string;
  let member: string;
  let newcomer: string;

  beforeAll(async () => {
    context = await createContext(await createTestTable(), { deadlineSeconds: 600 });
    group = await addGroup(context, 'Large');
    member = await addUser(context, 'member@example.com');
    newcomer = await addUser(context, 'newcomer@example.com');
    await seedMembers(context, group, [member, ...Array.from({ length: members - 1 }, () => randomUUID())]);
  }, 300_000);

  /** The calls that a request makes. */
  async function costOf(request: (metered: DirectoryContext) => Promise<unknown>): Promise<CallLog> {
    const log = new CallLog();
    await request({ ...context, table: context.table.withMeter(log) });
    return log;
  }

  it('takes one member in with one get and one transaction of four, and out with one of three', async () => {
    const addition = await costOf((metered) => patch(metered, 'Group', group, [addMembers([newcomer])]));
    expect(addition.kinds).toEqual({ get: 1, 'write(4)': 1 });
    expect(addition.readUnits).toBe(1);
    expect(addition.writeUnits).toBe(8);
    const removal = await costOf((metered) => patch(metered, 'Group', group, [removeMembers([newcomer])]));
    expect(removal.kinds).toEqual({ get: 1, 'write(3)': 1 });
    expect(removal.writeUnits).toBe(6);
  });

  it('asks whether somebody is a member with two gets, and of who is one whether it is being deleted', async () => {
    for (const [id, gets] of [
      [newcomer, 2],
      [member, 3],
    ] as const) {
      const cost = await costOf(async (metered) => {
        const filter = parseFilter(`id eq "${group}" and members eq "${id}"`);
        await listResources(metered, 'Group', { filter, startIndex: 1, count: 100, selection: withoutMembers });
      });
      expect(cost.kinds).toEqual({ get: gets });
      expect(cost.readUnits).toBe(gets);
    }
  });

  it('finds the groups of a member with one query, and asks once whether the member is being deleted', async () => {
    const cost = await costOf(async (metered) => {
      const filter = parseFilter(`members eq "${member}"`);
      await listResources(metered, 'Group', { filter, startIndex: 1, count: 100, selection: withoutMembers });
    });
    expect(cost.kinds).toEqual({ query: 1, get: 3 });
  });

  it('reads the group without its members with one get', async () => {
    for (const query of [{ excludedAttributes: 'members' }, { attributes: 'displayName' }]) {
      const selection = parseSelection(schemas.Group, query);
      const cost = await costOf((metered) => getResource(metered, 'Group', group, selection));
      expect(cost.kinds).toEqual({ get: 1 });
      expect(cost.readUnits).toBe(1);
    }
  });

  it('replaces what is not members without reading these', async () => {
    const body = { attributes: { displayName: 'Large', externalId: randomUUID() }, members: undefined };
    const cost = await costOf((metered) =>
      replaceResource(metered, 'Group', group, body, { ifMatch: undefined, selection: withoutMembers }),
    );
    expect(cost.kinds['query']).toBeUndefined();
    expect(cost.readUnits).toBeLessThanOrEqual(2);
  });

  it('reads no more members than may change, to refuse what would empty a large group', async () => {
    const cost = await costOf(async (metered) => {
      const limited = {
        ...metered,
        tenant: { ...metered.tenant, settings: { ...metered.tenant.settings, maxMemberChanges: 50 } },
      };
      await expect(patch(limited, 'Group', group, [{ op: 'remove', path: 'members' }])).rejects.toMatchObject({
        status: 400,
        scimType: 'invalidValue',
      });
    });
    // The group, what is being deleted, and one page of members, of 1 MB at most.
    expect(cost.kinds).toEqual({ get: 1, query: 2 });
    expect(cost.readUnits).toBeLessThanOrEqual(2 + 256);
  });
});

describe('the members of a group', () => {
  it('are read by parallel ranges, each of them once, and by nobody else than who asks for them', async () => {
    const context = await createContext(await createTestTable(), { deadlineSeconds: 600 });
    const group = await addGroup(context, 'Large');
    const users = Array.from({ length: 12_000 }, () => randomUUID()).sort();
    await seedMembers(context, group, users);
    const log = new CallLog();
    const metered = { ...context, table: context.table.withMeter(log) };
    const read = async (query: Parameters<typeof parseSelection>[1]) =>
      (await getResource(metered, 'Group', group, parseSelection(schemas.Group, query))).representation['members'];
    expect(await read({})).toEqual(users.map((value) => ({ value })));
    expect(log.kinds['get']).toBe(1);
    // What is being deleted, the first 1 MB, and the ranges beyond it.
    expect(log.kinds['query']).toBeLessThanOrEqual(2 + 16);
    expect(await read({ attributes: 'members.type' })).toContainEqual({
      value: users[0],
      $ref: expect.any(String),
      type: 'User',
    });
  }, 300_000);
});
