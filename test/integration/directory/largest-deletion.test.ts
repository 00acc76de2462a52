import { describe, expect, it } from 'vitest';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import { resolvePath } from '../../../directory/lookup-attributes.ts';
import { MAX_ADDED_INDEXES, MAX_INDEX_ENTRIES } from '../../../directory/lookup-values.ts';
import { auditAction } from '../../../directory/operator/audit.ts';
import { setOwners } from '../../../directory/ownership/owners.ts';
import { addUser, createContext } from '../../helpers/directory.ts';
import { createTestTable } from '../../helpers/tables.ts';

describe('the largest transaction', () => {
  it('deletes an office holder with as many indexed values as are possible, and brings them back', async () => {
    const table = await createTestTable();
    const context = await createContext(table);
    const paths = ['title', 'nickName', 'displayName', 'locale', 'userType', 'timezone'].slice(0, MAX_ADDED_INDEXES);
    const added = paths.flatMap((path) => {
      const attribute = resolvePath(context.tenant.schemas.User, path);
      return attribute === undefined ? [] : [{ attribute, isWhole: true }];
    });
    expect(added).toHaveLength(MAX_ADDED_INDEXES);
    const { lookups } = context.tenant;
    const tenant = { ...context.tenant, lookups: { ...lookups, User: { ...lookups.User, added } } };
    const operator = { ...context, tenant, application: '@operator' };
    const heir = await addUser(operator, 'heir');
    const emails = Array.from({ length: MAX_INDEX_ENTRIES }, (_, n) => ({ value: `jo-${n}@example.com` }));
    const id = await addUser(operator, 'jo', { emails, ...Object.fromEntries(paths.map((path) => [path, path])) });
    const call = { table, principal: 'somebody', requestId: 'r', now: context.now, newId: context.newId };
    await setOwners(
      call,
      { tenant: 'acme', by: { application: '@operator', requestId: 'r' } },
      {
        subscriptionOwner: id,
        companyOwners: [id, heir],
      },
    );
    const record = (action: string) => [auditAction(call, { action, tenant: 'acme', after: { id } })];
    await deleteResource(operator, 'User', id, { ifMatch: undefined, alongside: record('users.delete') });
    await restoreUser(operator, id, record('users.restore'));
    await deleteResource(operator, 'User', id, { ifMatch: undefined, alongside: record('users.delete') });
    expect(await purgeUser(operator, id, { alongside: record('users.purge') })).toMatchObject({ isPurged: true });
  });
});
