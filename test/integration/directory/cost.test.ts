import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { createResource } from '../../../directory/create-resource.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { listResources } from '../../../directory/list-resources.ts';
import { patchResource } from '../../../directory/patch-resource.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import { parseFilter } from '../../../scim/filter/parser.ts';
import { parsePatchBody } from '../../../scim/patch/parse.ts';
import { parseSelection } from '../../../scim/projection.ts';
import type { ResourceTypeName } from '../../../scim/schema/types.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';
import { parseResourceBody } from '../../../scim/validation/resource-body.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addGroup, addMembers, addUser, createContext, everything, patch, schemas } from '../../helpers/directory.ts';
import { askList, nextCursorOf } from '../../helpers/lists.ts';
import { seedUsers } from '../../helpers/seed.ts';
import { createTestTable } from '../../helpers/tables.ts';

/** What a request costs must not depend on how large the directory is (docs/data-model.md, "Costs"). */
describe.each([{ users: 100 }, { users: 10_000 }])('cost of a request in a directory of $users users', ({ users }) => {
  let context: DirectoryContext;
  let ada: string;
  let bob: string;
  let sales: string;

  beforeAll(async () => {
    context = await createContext(await createTestTable(), { deadlineSeconds: 600 });
    await seedUsers(context, users - 2, 'seed');
    bob = await addUser(context, 'bob@example.com', { displayName: 'Bob' });
    ada = await addUser(context, 'ada@example.com', {
      externalId: 'ada',
      emails: [{ type: 'work', value: 'ada@example.com' }],
    });
    await patch(context, 'User', ada, [
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', value: bob },
    ]);
    sales = await addGroup(context, 'Sales', [ada]);
  }, 120_000);

  /** The calls that a request makes. */
  async function costOf(request: (metered: DirectoryContext) => Promise<unknown>): Promise<CallLog> {
    const log = new CallLog();
    await request({ ...context, table: context.table.withMeter(log) });
    return log;
  }

  function list(
    type: ResourceTypeName,
    filter: string,
    query: { attributes?: string; excludedAttributes?: string } = {},
  ) {
    return costOf((metered) =>
      listResources(metered, type, {
        filter: parseFilter(filter),
        startIndex: 1,
        count: 100,
        selection: parseSelection(schemas[type], query),
      }),
    );
  }

  it('reads a user with one get, one query and one batch for the names of groups and manager', async () => {
    const cost = await costOf((metered) => getResource(metered, 'User', ada, everything.User));
    expect(cost.kinds).toEqual({ get: 1, query: 1, getMany: 1 });
    expect(cost.readUnits).toBe(4);
  });

  it('reads only what is returned', async () => {
    const selection = parseSelection(schemas.User, { attributes: 'userName' });
    const cost = await costOf((metered) => getResource(metered, 'User', ada, selection));
    expect(cost.kinds).toEqual({ get: 1 });
    expect(cost.readUnits).toBe(1);
  });

  it.each([
    { filter: 'userName eq "ADA@example.com"', kinds: { get: 2 } },
    { filter: 'externalId eq "ada"', kinds: { query: 1, get: 1 } },
    { filter: 'emails[type eq "work"].value eq "ada@example.com"', kinds: { query: 1, get: 1 } },
  ])('finds a user by $filter with one index read and one get', async ({ filter, kinds }) => {
    const cost = await list('User', filter, { attributes: 'userName' });
    expect(cost.kinds).toEqual(kinds);
    expect(cost.readUnits).toBe(2);
  });

  it('finds nobody with one index read', async () => {
    const cost = await list('User', 'userName eq "nobody@example.com"');
    expect(cost.kinds).toEqual({ get: 1 });
  });

  it('finds a user by id and a group by name', async () => {
    expect((await list('User', `id eq "${ada}"`, { attributes: 'id' })).kinds).toEqual({ get: 1 });
    const byName = await list('Group', 'displayName eq "sales"', { excludedAttributes: 'members' });
    expect(byName.kinds).toEqual({ get: 2 });
  });

  it('creates a user in one transaction', async () => {
    const body = parseResourceBody(schemas.User, {
      schemas: [USER_SCHEMA],
      userName: `new-${users}@example.com`,
      externalId: 'new',
      emails: [{ type: 'work', value: 'new@example.com' }],
    });
    const cost = await costOf((metered) => createResource(metered, 'User', body, everything.User));
    // User, claim, externalId and e-mail entries, counter: two units each.
    expect(cost.kinds).toEqual({ 'write(5)': 1 });
    expect(cost.writeUnits).toBe(10);
  });

  it('changes an attribute that is neither claimed nor indexed with one conditional put', async () => {
    const selection = parseSelection(schemas.User, { attributes: 'title' });
    const cost = await costOf((metered) =>
      patchResource(
        metered,
        'User',
        ada,
        parsePatchBody(schemas.User, patchBody([{ op: 'replace', path: 'title', value: 'Countess' }])),
        { ifMatch: undefined, selection },
      ),
    );
    expect(cost.kinds).toEqual({ get: 1, writeOne: 1 });
    expect(cost.writeUnits).toBe(1);
  });

  it('writes nothing where nothing changes', async () => {
    await patch(context, 'User', ada, [{ op: 'replace', path: 'nickName', value: 'Ada' }]);
    const cost = await costOf((metered) =>
      patch(metered, 'User', ada, [{ op: 'Replace', path: 'nickName', value: 'Ada' }]),
    );
    expect(cost.kinds).toEqual({ get: 1 });
  });

  it('lists a page of 100 with the counters and at most two queries', async () => {
    for (const startIndex of [1, Math.max(1, users - 99)]) {
      const cost = await costOf((metered) =>
        listResources(metered, 'User', {
          filter: undefined,
          startIndex,
          count: 100,
          selection: parseSelection(schemas.User, { excludedAttributes: 'groups' }),
        }),
      );
      expect(cost.kinds['query']).toBeLessThanOrEqual(3);
      expect(cost.kinds['get']).toBeUndefined();
    }
  });

  it.each([
    { asked: {}, kinds: { query: 2 } },
    { asked: { sortBy: 'userName' }, kinds: { query: 2, getMany: 1 } },
    { asked: { sortBy: 'userName', sortOrder: 'descending' }, kinds: { query: 2, getMany: 1 } },
    { asked: { sortBy: 'externalId' }, kinds: { query: 2, getMany: 1 } },
  ])('walks by cursor at one price from the first page to the last: $asked', async ({ asked, kinds }) => {
    const known = await withCursorKey();
    const pages: CallLog[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const log = new CallLog();
      const metered = { ...known, table: known.table.withMeter(log) };
      const page = await askList(metered, { ...asked, cursor, count: '50' });
      cursor = nextCursorOf(page);
      pages.push(log);
    }
    // One user has no externalId, comes last, and is looked for among all.
    pages.splice(users / 50 - 1);
    expect(pages).toHaveLength(users / 50 - 1);
    for (const { kinds: each } of pages) expect(each).toEqual(kinds);
    const units = pages.map(({ readUnits }) => readUnits);
    expect(Math.max(...units)).toBeLessThanOrEqual(1.2 * Math.min(...units));
  });

  it('reads a sorted page by position along the claims, and no resource before it', async () => {
    const at = async (startIndex: number) =>
      await costOf((metered) => askList(metered, { sortBy: 'userName', startIndex: String(startIndex), count: '50' }));
    for (const startIndex of [1, users - 49]) {
      const { kinds, calls } = await at(startIndex);
      // The counters, and some 6,000 claims a query.
      expect(kinds['query']).toBeLessThanOrEqual(2 + startIndex / 5_000);
      expect(kinds['getMany']).toBe(1);
      expect(calls.find(({ operation }) => operation === 'getMany')?.size).toBe(50);
    }
  });

  /** As a process sees it that has read the tenant since its first cursor. */
  async function withCursorKey(): Promise<DirectoryContext> {
    await askList(context, { cursor: '', count: '1' });
    const tenant = await new TenantCache({ now: Date.now }).find(context.table, context.tenant.name);
    return tenant === undefined ? context : { ...context, tenant };
  }

  it('asks one round more for a member that is a group', async () => {
    const cost = await costOf((metered) => patch(metered, 'Group', sales, [addMembers([bob])]));
    expect(cost.kinds).toEqual({ get: 1, 'write(4)': 1 });
    const nested = await addGroup(context, 'Nested');
    const nesting = await costOf((metered) => patch(metered, 'Group', sales, [addMembers([nested])]));
    expect(nesting.kinds).toEqual({ get: 1, 'write(4)': 2 });
  });
});

function patchBody(operations: readonly { op: string; path: string; value: string }[]) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}
