import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { claimKey } from '../../../directory/store/keys.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { askList, idsOf, readList, walkList } from '../../helpers/lists.ts';
import { createTestTable } from '../../helpers/tables.ts';

/** In the order of code points, which is neither that of UTF-16 nor that of any language. */
const NAMES = ['a', 'B', 'ab', 'Z', 'zz', 'é', 'ß', 'Σ', '\uFFFD', '\u{1F600}'];
/** Beyond what a key holds, and the same for longer than it holds. */
const LONG = 'm'.repeat(600);

interface Person {
  readonly id: string;
  readonly attributes: JsonObject;
}

type KeyOf = (attributes: JsonObject) => string | number | undefined;

/** What the RFC says that a resource is sorted by, written down once more for each attribute of this test. */
const sorts: readonly { readonly sortBy: string; readonly keyOf: KeyOf }[] = [
  { sortBy: 'userName', keyOf: ({ userName }) => fold(userName) },
  { sortBy: 'urn:ietf:params:scim:schemas:core:2.0:User:USERNAME', keyOf: ({ userName }) => fold(userName) },
  { sortBy: 'externalId', keyOf: ({ externalId }) => text(externalId) },
  { sortBy: 'emails', keyOf: ({ emails }) => fold(primaryOf(emails)?.['value']) },
  { sortBy: 'emails.value', keyOf: ({ emails }) => fold(primaryOf(emails)?.['value']) },
  { sortBy: 'emails.type', keyOf: ({ emails }) => fold(primaryOf(emails)?.['type']) },
  { sortBy: 'name.familyName', keyOf: ({ name }) => fold(object(name)?.['familyName']) },
  { sortBy: 'active', keyOf: ({ active }) => Number(active) },
  {
    sortBy: `${ENTERPRISE_USER_SCHEMA}:employeeNumber`,
    keyOf: (attributes) => fold(object(attributes[ENTERPRISE_USER_SCHEMA])?.['employeeNumber']),
  },
];

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const fold = (value: unknown) => text(value)?.toLowerCase().replaceAll('ß', 'ss');
const object = (value: unknown) => (typeof value === 'object' ? (value as JsonObject) : undefined);
const primaryOf = (emails: unknown): JsonObject | undefined => {
  const list = (emails ?? []) as readonly JsonObject[];
  return list.find(({ primary }) => primary === true) ?? list[0];
};

describe('a sorted list', () => {
  let context: DirectoryContext;
  let people: readonly Person[];

  beforeAll(async () => {
    context = await createContext(await createTestTable(), { deadlineSeconds: 300 });
    const gone = await addUser(context, 'm-gone');
    const made: Person[] = [];
    for (let n = 0; n < 40; n++) {
      const name = NAMES[n % NAMES.length] ?? '';
      const attributes: JsonObject = {
        userName: n === 7 ? `${LONG}x` : n === 8 ? `${LONG}y` : `${name}-${n}`,
        active: n % 3 === 0,
        ...(n % 4 === 0 ? {} : { externalId: `${NAMES[(n * 7) % NAMES.length]}${n % 8}` }),
        ...(n % 5 === 0 ? {} : { emails: emailsOf(n) }),
        ...(n % 6 === 0 ? {} : { name: { familyName: name } }),
        ...(n % 2 === 0 ? {} : { [ENTERPRISE_USER_SCHEMA]: { employeeNumber: `${100 - n}`.padStart(3, '0') } }),
      };
      const { userName, ...more } = attributes;
      made.push({ id: await addUser(context, String(userName), more), attributes });
    }
    people = made;
    // Its claim stays, and points to a tombstone.
    await deleteResource(context, 'User', gone, { ifMatch: undefined });
  }, 120_000);

  /** Two or three values, of which the primary is not the first, or none is primary. */
  function emailsOf(n: number): readonly JsonObject[] {
    const name = NAMES[(n * 3) % NAMES.length];
    const values = [
      { type: 'home', value: `${name}${n}@home.example` },
      { type: 'work', value: `${NAMES[n % NAMES.length]}${n % 4}@work.example`, ...(n % 2 ? { primary: true } : {}) },
    ];
    return n % 7 === 0 ? [...values, { type: 'other', value: `z${n}@other.example` }] : values;
  }

  function expected(keyOf: KeyOf, order: string): readonly string[] {
    const keyed = people.map(({ id, attributes }) => ({ id, key: keyOf(attributes) }));
    const sorted = keyed.sort((left, right) => {
      if (left.key === undefined || right.key === undefined) {
        return Number(left.key === undefined) - Number(right.key === undefined) || (left.id < right.id ? -1 : 1);
      }
      const byKey = Buffer.compare(toBytes(left.key), toBytes(right.key));
      return byKey || (left.id < right.id ? -1 : 1);
    });
    const ids = sorted.map(({ id }) => id);
    return order === 'ascending' ? ids : ids.reverse();
  }

  const toBytes = (key: string | number) => Buffer.from(String(key));

  it.each(sorts)(
    'is in the order of $sortBy, both ways, by index and by cursor, whatever the count',
    async ({ sortBy, keyOf }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('ascending', 'descending'),
          fc.integer({ min: 1, max: 45 }),
          async (sortOrder, count) => {
            const ids = expected(keyOf, sortOrder);
            const long = people
              .filter(({ attributes }) => String(attributes['userName']).length > 500)
              .map(({ id }) => id);
            const found = [
              await readList(context, { sortBy, sortOrder }, count),
              await walkList(context, { sortBy, sortOrder, count: String(count) }),
            ];
            // Beyond 400 bytes there is an order, the same everywhere, but no alphabet's.
            if (sortBy.toLowerCase().endsWith('username')) {
              expect(found[1]).toEqual(found[0]);
              for (const list of found) expect(without(list, long)).toEqual(without(ids, long));
              expect(long.map((id) => ids.indexOf(id)).sort()).toEqual(long.map((id) => found[0]?.indexOf(id)).sort());
            } else {
              for (const list of found) expect(list).toEqual(ids);
            }
          },
        ),
        { numRuns: 6 },
      );
    },
  );

  it.each(sorts)('is the same in memory: by $sortBy, of what a filter selects', async ({ sortBy, keyOf }) => {
    const active = new Set(people.filter(({ attributes }) => attributes['active'] === true).map(({ id }) => id));
    for (const filter of ['active eq true', 'userName ge "a" and active eq true']) {
      for (const sortOrder of ['ascending', 'descending']) {
        const ids = expected(keyOf, sortOrder).filter((id) => active.has(id));
        expect(await readList(context, { sortBy, sortOrder, filter }, 4)).toEqual(ids);
        expect(await walkList(context, { sortBy, sortOrder, filter, count: '4' })).toEqual(ids);
      }
    }
  });

  it('is ascending where no order is given, in the order of ids where no attribute is, and counts all', async () => {
    expect(await readList(context, { sortBy: 'userName' }, 100)).toEqual(
      await readList(context, { sortBy: 'userName', sortOrder: 'Ascending' }, 100),
    );
    const byId = people.map(({ id }) => id).sort();
    expect(await readList(context, { sortOrder: 'descending' }, 100)).toEqual(byId);
    expect(await readList(context, { sortBy: 'id', sortOrder: 'ascending' }, 7)).toEqual(byId);
    expect(await readList(context, { sortBy: 'id', sortOrder: 'descending' }, 7)).toEqual(byId.toReversed());
    expect((await askList(context, { sortBy: 'userName', count: '3' })).totalResults).toBe(people.length);
  });

  it('has a resource once where half a commit has left it two claims', async () => {
    const own = await createContext(await createTestTable());
    const ada = await addUser(own, 'ada');
    const bob = await addUser(own, 'bob');
    const claim = { ...claimKey('acme', 'User', 'userName', 'zoe'), format: 1, resourceId: ada };
    await own.table.writeOne({ kind: 'put', item: claim });
    expect(await walkList(own, { sortBy: 'userName', sortOrder: 'descending' })).toEqual([bob, ada]);
    const { resources } = await askList(own, { sortBy: 'userName', sortOrder: 'descending', count: '2' });
    expect(idsOf({ resources })).toEqual([bob]);
  });

  it('of users and groups has users first where both have the same value, and last whatever has none', async () => {
    const group = await addGroup(context, 'a-0');
    const types = ['User', 'Group'] as const;
    const byName = [...expected(sorts[0]?.keyOf ?? (() => undefined), 'ascending')];
    const sorted = await walkList(context, { types, sortBy: 'userName', count: '9' });
    expect(sorted.at(-1)).toBe(group);
    expect(new Set(sorted)).toEqual(new Set([...byName, group]));
    expect(await readList(context, { types, sortBy: 'userName', sortOrder: 'descending' }, 9)).toEqual(
      sorted.toReversed(),
    );
    expect(await readList(context, { types, sortBy: 'meta.resourceType' }, 9)).toEqual([
      group,
      ...people.map(({ id }) => id).sort(),
    ]);
  });
});

function without(list: readonly string[] | undefined, left: readonly string[]): readonly string[] {
  return (list ?? []).filter((id) => !left.includes(id));
}
