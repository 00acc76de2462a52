import { beforeAll, describe, expect, it } from 'vitest';
import { decideSignIn, type SignInDecision, type SignInQuestion } from '../../../directory/access/sign-in.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { policy } from '../../helpers/access.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { seedMembers, seedUsers } from '../../helpers/seed.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

/** DynamoDB bills the least of a query that finds nothing; its emulator forgets it. One finds nothing: the group's groups. */
const NOTHING = tableKind === 'dynamodb' ? 0 : 1;
const sizes = tableKind === 'dynamodb' ? [100, 2_000] : [100, 100_000];

/** What a sign-in costs must not depend on how large the directory is (docs/access.md, "What it costs"). */
describe.each(sizes)('the price of a sign-in in a directory of %i users, all in one group', (users) => {
  let context: DirectoryContext;
  let admin: AdminApi;

  beforeAll(async () => {
    const table = await createTestTable();
    context = await createContext(table, { deadlineSeconds: 600 });
    admin = new AdminApi(table, new MemoryVault());
    const ids = await seedUsers(context, users - 3, 'seed');
    const everybody = await addGroup(context, 'Editors');
    const ada = await addUser(context, 'ada@example.com', {
      externalId: 'ada',
      emails: [{ value: 'ada@example.com' }],
    });
    await addUser(context, 'gone@example.com', { externalId: 'gone', active: false });
    const left = await addUser(context, 'left@example.com', {
      externalId: 'left',
      emails: [{ value: 'left@x.example' }],
    });
    await seedMembers(context, everybody, [...ids, ada]);
    await deleteResource(context, 'User', left, { ifMatch: undefined });
  }, 300_000);

  async function costOf(
    value: string,
    {
      document = policy,
      ...question
    }: Partial<SignInQuestion> & { by?: 'userName' | 'email'; document?: JsonObject } = {},
  ): Promise<{ readonly log: CallLog; readonly decision: SignInDecision }> {
    await admin.ok('setPolicy', { path: { tenant: 'acme' }, body: { policy: document } });
    const log = new CallLog();
    const { by, ...rest } = question;
    const decision = await decideSignIn(context.table.withMeter(log), 'acme', { subject: { by, value }, ...rest });
    return { log, decision };
  }

  it('is the tenant, one index read, one get, the memberships, what is being deleted, and the groups for their names', async () => {
    const { log, decision } = await costOf('ada');
    expect(decision).toMatchObject({ decision: 'allow', accessRole: { role: 'editor' }, groups: [{}] });
    // Tenant, index, user, open deletions; the user's memberships and the group's; the group.
    expect([log.kinds, log.readUnits]).toEqual([{ query: 5, get: 1, getMany: 1 }, 6 + NOTHING]);
  });

  it('is no group where mappings are by id alone', async () => {
    const { log } = await costOf('ada', { document: { roles: ['admin'], defaultRole: 'admin' } });
    expect([log.kinds, log.readUnits]).toEqual([{ query: 5, get: 1 }, 5 + NOTHING]);
  });

  it('is a get instead of a query by userName, and the same by e-mail', async () => {
    const byName = await costOf('ada@example.com', { by: 'userName' });
    expect([byName.log.kinds, byName.log.readUnits]).toEqual([{ query: 4, get: 2, getMany: 1 }, 6 + NOTHING]);
    const byEmail = await costOf('ada@example.com', { by: 'email' });
    expect([byEmail.log.kinds, byEmail.log.readUnits]).toEqual([{ query: 5, get: 1, getMany: 1 }, 6 + NOTHING]);
  });

  it('is paid as far as a deny needs it', async () => {
    const deactivated = await costOf('gone');
    expect([deactivated.decision, deactivated.log.kinds]).toMatchObject([
      { reason: 'deactivated' },
      { query: 2, get: 1 },
    ]);
    const unknown = await costOf('nobody');
    expect([unknown.decision, unknown.log.kinds]).toEqual([{ decision: 'deny', reason: 'unknown' }, { query: 3 }]);
    const deleted = await costOf('left');
    expect([deleted.decision, deleted.log.kinds]).toMatchObject([{ reason: 'deleted' }, { query: 3, get: 1 }]);
  });
});
