import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { performBulkOf, postGroup, postUser } from '../../helpers/bulk.ts';
import { concurrencyModes } from '../../helpers/concurrency-modes.ts';
import { createContext, everything, requestOf } from '../../helpers/directory.ts';
import { createTestTable } from '../../helpers/tables.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const MODES = concurrencyModes(3, 5);

const COUNT = 12;

/** Groups, each with two others and a user, and users, each the next one's manager; both go around. */
const circles: readonly JsonObject[] = Array.from({ length: COUNT }, (_, n) => [
  postGroup(
    `g${n}`,
    `Group ${n}`,
    [(n + 1) % COUNT, (n + 5) % COUNT].map((to) => `bulkId:g${to}`).concat(`bulkId:u${n}`),
  ),
  postUser(`u${n}`, `user-${n}@example.com`, { [ENTERPRISE]: { manager: { value: `bulkId:u${(n + 1) % COUNT}` } } }),
]).flat();

describe.each(MODES)('bulk requests, table mode $kind', (mode) => {
  async function createScene() {
    const plain = await createTestTable();
    const table =
      mode.kind === 'plain' || !(plain instanceof SqliteItemTable) ? plain : createAdversarialTable(plain, mode);
    const context = await createContext(plain, { deadlineSeconds: 120 });
    return { plain, context, request: () => requestOf(context, table, 60) };
  }

  it('link every circle, and say so only then', async () => {
    const { plain, context, request } = await createScene();
    const outcomes = await performBulkOf(request(), circles);
    expect(new Set(outcomes.map((outcome) => outcome?.status))).toEqual(new Set([201]));
    const ids = outcomes.map((outcome) => outcome?.location?.split('/').at(-1) ?? '');
    const group = (n: number) => ids[2 * (n % COUNT)] ?? '';
    const user = (n: number) => ids[2 * (n % COUNT) + 1] ?? '';
    for (let n = 0; n < COUNT; n++) {
      const members = (await readMembers(context, group(n))).map(({ id }) => id);
      expect(members).toEqual([group(n + 1), group(n + 5), user(n)].sort());
      const { representation } = await getResource(context, 'User', user(n), everything.User);
      expect(representation).toMatchObject({ [ENTERPRISE]: { manager: { value: user(n + 1) } } });
    }
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('let one of two have each name, when two come at once', async () => {
    const { plain, request } = await createScene();
    const [first = [], second = []] = await Promise.all([
      performBulkOf(request(), circles),
      performBulkOf(request(), circles),
    ]);
    for (const [n, outcome] of first.entries()) {
      const statuses = [outcome?.status, second[n]?.status];
      expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(1);
      expect(statuses).toContain(409);
      const created = [outcome, second[n]].filter((one) => one?.done?.kind === 'created');
      expect(created).toHaveLength(1);
    }
    expect(await checkInvariants(plain)).toEqual([]);
  });
});
