import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { listResources } from '../../../directory/list-resources.ts';
import type { Filter } from '../../../scim/filter/ast.ts';
import { parseFilter } from '../../../scim/filter/parser.ts';
import { parseSelection } from '../../../scim/projection.ts';
import { createContext, idOf, schemas } from '../../helpers/directory.ts';
import { seedUsers } from '../../helpers/seed.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

const USERS = 300;
/** DynamoDB Local takes a while for each page, and a filter that no index serves looks at every user for each. */
const LEAST = tableKind === 'dynamodb' ? 20 : 1;

describe('paging through a list', () => {
  let context: DirectoryContext;
  let ids: readonly string[];

  beforeAll(async () => {
    context = await createContext(await createTestTable(), { deadlineSeconds: 300 });
    ids = [...(await seedUsers(context, USERS, 'user'))].sort();
  });

  async function page(startIndex: number, count: number, filter: Filter | undefined) {
    return await listResources(context, 'User', {
      filter,
      startIndex,
      count,
      selection: parseSelection(schemas.User, { attributes: 'id' }),
    });
  }

  it.each([
    { name: 'without a filter', filter: undefined },
    { name: 'with a filter that no index serves', filter: parseFilter('displayName sw "User"') },
  ])('yields every id once, in one order, whatever the count, $name', async ({ filter }) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: LEAST, max: USERS + 20 }), async (count) => {
        const seen: string[] = [];
        for (let startIndex = 1; startIndex <= USERS; startIndex += count) {
          const { totalResults, resources } = await page(startIndex, count, filter);
          expect(totalResults).toBe(USERS);
          seen.push(...resources.map(({ representation }) => idOf(representation)));
        }
        expect(seen).toEqual(ids);
      }),
      { numRuns: 10 },
    );
  });

  it('says how many there are beyond the last page and for a count of 0', async () => {
    expect(await page(USERS + 1, 10, undefined)).toEqual({ totalResults: USERS, resources: [] });
    expect(await page(1, 0, undefined)).toEqual({ totalResults: USERS, resources: [] });
  });
});
