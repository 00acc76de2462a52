import { describe, expect, it } from 'vitest';
import { getAccessRole } from '../../../directory/access/access-role.ts';
import { decideSignIn } from '../../../directory/access/sign-in.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { OperatorContext } from '../../../directory/operator/operation.ts';
import { getPolicy, setPolicy } from '../../../directory/operator/policy.ts';
import { lockRole, unlockRole } from '../../../directory/operator/role-lock.ts';
import { readResource } from '../../../directory/read-resource.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { AUDIT } from '../../../directory/store/tenant-keys.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import { policy } from '../../helpers/access.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { dieAt, expectSound, MANY_CALLS, sweepLater } from '../../helpers/crashes.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  patch,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';

function operatorOf({ table, requestId, now, newId }: DirectoryContext): OperatorContext {
  return { table, principal: 'arn:aws:iam::123456789012:user/jo', requestId, now, newId };
}

async function actionsIn(table: ItemTable): Promise<readonly unknown[]> {
  return (await table.query({ pk: AUDIT })).items.map(({ action }) => action);
}

/** The context of a tenant with the policy of {@link policy}, when all has been announced that it changed. */
async function createScene(table: SqliteItemTable): Promise<DirectoryContext> {
  const context = await createContext(table);
  await setPolicy(operatorOf(context), 'acme', { document: policy, version: undefined });
  await sweepLater(context);
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  return tenant === undefined ? context : { ...context, tenant };
}

describe('an operator whose process dies at any call', () => {
  it('has locked a role and recorded it, or neither', async () => {
    const seen = new Set<boolean>();
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const context = await createScene(table);
      const ada = await addUser(context, 'ada@example.com');
      const died = await dieAt(at, table, context, (dying) => lockRole(operatorOf(dying), dying, ada, 'admin'));
      const { roleLock, version } = await readResource(context, 'User', ada);
      const isRecorded = (await actionsIn(table)).includes('roles.lock');
      expect([roleLock?.role === 'admin', version === 2]).toEqual([isRecorded, isRecorded]);
      await lockRole(operatorOf(context), context, ada, 'admin');
      expect((await readResource(context, 'User', ada)).version).toBe(2);
      await expectSound(table);
      seen.add(isRecorded);
      if (!died) break;
    }
    expect(seen).toEqual(new Set([false, true]));
  });

  it('has set a policy and recorded it, or neither', async () => {
    const seen = new Set<boolean>();
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const context = await createContext(table);
      const died = await dieAt(at, table, context, (dying) =>
        setPolicy(operatorOf(dying), 'acme', { document: policy, version: 0 }),
      );
      const { version } = await getPolicy(context, 'acme');
      const isRecorded = (await actionsIn(table)).includes('policy.set');
      expect(version).toBe(isRecorded ? 1 : 0);
      seen.add(isRecorded);
      if (!died) break;
    }
    expect(seen).toEqual(new Set([false, true]));
  });
});

const modes: readonly AdversarialMode[] = [
  { kind: 'overlap' },
  { kind: 'torn' },
  { kind: 'chaos', seed: 3, rate: 0.1 },
  { kind: 'chaos', seed: 4, rate: 0.3 },
];

describe.each(modes)('access over a table in mode %j', (mode) => {
  it('keeps the last lock beside changes of the identity provider, and each is recorded once', async () => {
    const inner = new SqliteItemTable(':memory:');
    const setUp = await createScene(inner);
    const ada = await addUser(setUp, 'ada@example.com');
    const table = createAdversarialTable(inner, mode);
    const requests = Array.from({ length: 8 }, (_, n) => {
      const context = requestOf(setUp, table);
      if (n % 2 === 0) return patch(context, 'User', ada, [{ op: 'add', path: 'title', value: `title ${n}` }]);
      return lockRole(operatorOf(context), context, ada, n % 4 === 1 ? 'admin' : 'editor');
    });
    await Promise.all(requests);
    const user = await readResource(setUp, 'User', ada);
    const locks = (await actionsIn(inner)).filter((action) => action === 'roles.lock');
    // Four titles, and each lock that was one. A PATCH whose answer was lost may have been made twice, a lock never.
    const titles = user.version - 1 - locks.length;
    if (mode.kind === 'chaos') expect(titles).toBeGreaterThanOrEqual(4);
    else expect(titles).toBe(4);
    expect([user.attributes['title'] !== undefined, ['admin', 'editor'].includes(user.roleLock?.role ?? '')]).toEqual([
      true,
      true,
    ]);
    const last = requestOf(setUp, table);
    await unlockRole(operatorOf(last), last, ada);
    expect((await readResource(setUp, 'User', ada)).roleLock).toBeUndefined();
    await expectSound(inner);
  });

  it('is never told of a role but those before and after, while a user goes from group to group', async () => {
    const inner = new SqliteItemTable(':memory:');
    const setUp = await createScene(inner);
    const ada = await addUser(setUp, 'ada@example.com', { externalId: 'ada' });
    const [admins, editors] = [await addGroup(setUp, 'Admins', [ada]), await addGroup(setUp, 'Editors', [ada])];
    const table = createAdversarialTable(inner, mode);
    const roles: (string | null)[] = [];
    let isMoving = true;
    const ask = async (): Promise<void> => {
      while (isMoving) {
        const answer = await decideSignIn(requestOf(setUp, table).table, 'acme', { subject: { value: 'ada' } });
        roles.push(answer.decision === 'allow' ? answer.accessRole.role : answer.reason);
      }
    };
    const asking = [ask(), ask()];
    for (let round = 0; round < 5; round++) {
      await patch(requestOf(setUp, table), 'Group', admins, [removeMembers([ada])]);
      const now = await decideSignIn(requestOf(setUp, table).table, 'acme', { subject: { value: 'ada' } });
      expect(now).toMatchObject({ accessRole: { role: 'editor', groupId: editors } });
      await patch(requestOf(setUp, table), 'Group', admins, [addMembers([ada])]);
      const user = await readResource(setUp, 'User', ada);
      expect(await getAccessRole({ ...setUp, table: requestOf(setUp, table).table }, user)).toMatchObject({
        role: 'admin',
      });
    }
    isMoving = false;
    await Promise.all(asking);
    expect(roles.filter((role) => role !== 'admin' && role !== 'editor')).toEqual([]);
    expect(roles.length).toBeGreaterThan(0);
  });
});
