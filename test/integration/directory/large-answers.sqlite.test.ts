import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { listResources } from '../../../directory/list-resources.ts';
import { replaceResource } from '../../../directory/replace-resource.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { parseSelection } from '../../../scim/projection.ts';
import { addGroup, addUser, createContext, schemas } from '../../helpers/directory.ts';
import { seedMembers, seedMemberships } from '../../helpers/seed.ts';

/** With URLs of 2,000 characters, 6 MB hold some 3,000 of them. Only the numbers matter: most members are nobody. */
const LONG_URL = `https://scim.example.com/${'x'.repeat(2_000)}`;
const HALF_AN_ANSWER = 1_600;

const urls = {
  User: parseSelection(schemas.User, { attributes: 'userName,groups.$ref' }),
  Group: parseSelection(schemas.Group, { attributes: 'displayName,members.$ref' }),
};

describe('what an answer cannot hold', () => {
  let context: DirectoryContext;
  /** In the order of a list. */
  let groups: readonly string[];

  beforeAll(async () => {
    const created = await createContext(new SqliteItemTable(':memory:'), { deadlineSeconds: 600 });
    context = { ...created, tenantUrl: LONG_URL };
    const made = await Promise.all(['A', 'B', 'C', 'D'].map((name) => addGroup(context, name)));
    groups = made.sort();
    const sizes = [10, HALF_AN_ANSWER, HALF_AN_ANSWER, 2 * HALF_AN_ANSWER];
    for (const [n, group] of groups.entries()) await seedMembers(context, group, randomIds(sizes[n] ?? 0));
  }, 120_000);

  async function list(startIndex: number): Promise<readonly (readonly [unknown, number])[]> {
    const query = { filter: undefined, startIndex, count: 100, selection: urls.Group };
    const { totalResults, resources } = await listResources(context, 'Group', query);
    expect(totalResults).toBe(4);
    return resources.map(({ representation }) => [representation['id'], countOf(representation['members'])]);
  }

  it('ends the page of a list before the group that has no room, which is the next page', async () => {
    expect(await list(1)).toEqual([
      [groups[0], 10],
      [groups[1], HALF_AN_ANSWER],
    ]);
    expect(await list(3)).toEqual([[groups[2], HALF_AN_ANSWER]]);
  });

  it('is refused with what to ask instead where it is one group alone', async () => {
    const refusal = {
      status: 400,
      scimType: 'tooMany',
      message: expect.stringContaining('excludedAttributes=members'),
    };
    await expect(list(4)).rejects.toMatchObject(refusal);
    await expect(getResource(context, 'Group', groups[3] ?? '', urls.Group)).rejects.toMatchObject(refusal);
  });

  it('is left out of the answer to a write, which is done', async () => {
    const body = { attributes: { displayName: 'Renamed' }, members: undefined };
    const options = { ifMatch: undefined, selection: urls.Group };
    const { representation } = await replaceResource(context, 'Group', groups[3] ?? '', body, options);
    expect(representation).toMatchObject({ id: groups[3], displayName: 'Renamed' });
    expect(representation['members']).toBeUndefined();
  });

  it('may be the groups of a user', async () => {
    const [few, many] = [await addUser(context, 'few@example.com'), await addUser(context, 'many@example.com')];
    await seedMemberships(
      context,
      randomIds(2 * HALF_AN_ANSWER).map((groupId) => ({ groupId, memberId: many })),
    );
    await expect(getResource(context, 'User', many, urls.User)).rejects.toMatchObject({
      scimType: 'tooMany',
      message: expect.stringContaining('excludedAttributes=groups'),
    });
    expect((await getResource(context, 'User', few, urls.User)).representation['userName']).toBe('few@example.com');
  });
});

function randomIds(count: number): readonly string[] {
  return Array.from({ length: count }, () => randomUUID());
}

function countOf(list: JsonObject[string] | undefined): number {
  return Array.isArray(list) ? list.length : 0;
}
