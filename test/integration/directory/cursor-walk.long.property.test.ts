import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { addGroup, addMembers, addUser, createContext, patch, requestOf } from '../../helpers/directory.ts';
import { type AskedList, walkList } from '../../helpers/lists.ts';
import { seedUsers } from '../../helpers/seed.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

const STAYING = 30;

const MODES: readonly (AdversarialMode | { readonly kind: 'plain' })[] =
  tableKind === 'dynamodb'
    ? [{ kind: 'plain' }]
    : [{ kind: 'plain' }, { kind: 'torn' }, { kind: 'torn', seed: 5 }, { kind: 'chaos', seed: 3, rate: 0.1 }];

/** Each finds every user that the test makes, and is walked in another way. */
const walks: readonly (AskedList & { readonly name: string })[] = [
  { name: 'all users', types: ['User'] },
  { name: 'what no index serves', filter: 'displayName co "User" or displayName co "comer"' },
  { name: 'what look-ups find', filter: 'userName sw "stay" or userName sw "come" or userName sw "go"' },
  { name: 'the members of a group', filter: 'groups.value eq "GROUP"' },
  { name: 'sorted along the claims', sortBy: 'userName' },
  { name: 'sorted along the claims, backwards', sortBy: 'userName', sortOrder: 'descending' },
  { name: 'sorted along an index that not all are in', sortBy: 'externalId', sortOrder: 'descending' },
  { name: 'sorted along an index and filtered', sortBy: 'emails', filter: 'active eq true' },
  { name: 'sorted in memory', sortBy: 'name.familyName' },
  { name: 'users and groups', types: ['User', 'Group'] },
];

interface Scene {
  readonly context: DirectoryContext;
  readonly request: () => DirectoryContext;
  readonly staying: readonly string[];
  readonly leaving: string[];
  readonly group: string;
}

async function createScene(mode: (typeof MODES)[number]): Promise<Scene> {
  const plain = await createTestTable();
  const table: ItemTable =
    mode.kind === 'plain' || !(plain instanceof SqliteItemTable) ? plain : createAdversarialTable(plain, mode);
  const context = await createContext(plain, { deadlineSeconds: 120 });
  const staying = await seedUsers(context, STAYING, 'stay');
  const leaving = [...(await seedUsers(context, 25, 'go'))];
  const group = await addGroup(context, 'Everyone');
  await patch(context, 'Group', group, [addMembers([...staying, ...leaving])]);
  return { context, request: () => requestOf(context, table, 60), staying, leaving, group };
}

/** Some come and some go, all at once. */
async function change({ request, leaving, group }: Scene, n: number): Promise<void> {
  const gone = leaving.splice(0, 3);
  await Promise.all([
    ...gone.map((id) => deleteResource(request(), 'User', id, { ifMatch: undefined })),
    ...[0, 1, 2].map(async (m) => {
      const name = `come-${n}-${m}`;
      const more = m === 0 ? {} : { externalId: name, emails: [{ value: `${name}@example.com` }] };
      const id = await addUser(request(), name, { ...more, displayName: 'Newcomer' });
      await patch(request(), 'Group', group, [addMembers([id])]);
    }),
  ]);
}

describe.each(MODES)('a walk by cursor during creates and deletes, table mode $kind', (mode) => {
  it.each(walks)('misses nobody who was there throughout and repeats nobody: $name', async ({ name: _, ...asked }) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (count) => {
        const scene = await createScene(mode);
        const filter = asked.filter?.replace('GROUP', scene.group);
        let changing = Promise.resolve();
        let pages = 0;
        const ids = await walkList(
          scene.request(),
          { ...asked, ...(filter === undefined ? {} : { filter }), count: String(count) },
          async () => {
            await changing;
            // Not waited for: the next page is read while they come and go.
            changing = pages < 8 ? change(scene, pages) : Promise.resolve();
            pages += 1;
          },
        );
        await changing;
        expect(new Set(ids).size).toBe(ids.length);
        expect(scene.staying.filter((id) => !ids.includes(id))).toEqual([]);
      }),
      { numRuns: tableKind === 'sqlite' ? 3 : 1 },
    );
  });
});
