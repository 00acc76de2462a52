import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import { addGroup, createContext } from '../helpers/directory.ts';
import { type LocalRun, startLocalRun } from '../helpers/local-run.ts';
import { readPeakMemory } from '../helpers/peak-memory.ts';
import { seedMembers, seedMemberships, seedUsers } from '../helpers/seed.ts';

const USERS = 100_000;
const GROUPS = 1_000;
/** What a Lambda function can answer, as JSON with the body as a string in it. */
const MAX_ANSWER_BYTES = 6_291_556;
const MAX_MEMORY_BYTES = 512 * 1_048_576;

const NEW_USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'new@example.com' };
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answered; a test's expectations are its check.
  readonly body: any;
}

/**
 * The largest directory that is promised, under the program that `npm start` runs. Its gateway answers 504 after 29 s and
 * 502 beyond 6 MB, as API Gateway and Lambda do.
 */
describe(`npm start with ${USERS} users and a group of all of them`, () => {
  let dataFolder: string;
  let run: LocalRun;
  let users: readonly string[];
  /** The last user, who is in a thousand groups more. */
  let leaver: string;
  let everybody: string;
  let peak = 0;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'scim-stack-large-'));
    const { tablePath } = await openDataFolder(dataFolder, false);
    const table = new SqliteItemTable(tablePath);
    const context = await createContext(table, { tenant: 'demo', deadlineSeconds: 600 });
    users = await seedUsers(context, USERS, 'user');
    leaver = users.at(-1) ?? '';
    everybody = await addGroup(context, 'Everybody');
    await seedMembers(context, everybody, users);
    const groups: string[] = [];
    for (let n = 0; n < GROUPS; n++) groups.push(await addGroup(context, `Group ${n}`));
    await seedMemberships(
      context,
      groups.map((groupId) => ({ groupId, memberId: leaver })),
    );
    table.close();
    run = await startLocalRun({ dataFolder, through: 'node' });
  });

  afterAll(async () => {
    await run?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  /** Sends a request whose answer must be within the gateway's limits, whatever it says. */
  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    const { tenantUrl, token } = run.tenant;
    const response = await fetch(`${tenantUrl}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status } = response;
    expect(status, `${method} ${path}: ${text.slice(0, 300)}`).toBeLessThan(500);
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
    peak = Math.max(peak, await readPeakMemory(run.process.pid ?? 0));
    return { status, body: text === '' ? undefined : JSON.parse(text) };
  }

  function filtered(filter: string): string {
    return `filter=${encodeURIComponent(filter)}`;
  }

  async function patchMembers(op: 'add' | 'remove', ids: readonly string[]): Promise<number> {
    const operation = { op, path: 'members', value: ids.map((value) => ({ value })) };
    return (await send('PATCH', `Groups/${everybody}`, patchBody(operation))).status;
  }

  it('answers discovery', async () => {
    for (const path of ['ServiceProviderConfig', 'ResourceTypes', 'ResourceTypes/User', 'Schemas']) {
      expect((await send('GET', path)).status).toBe(200);
    }
  });

  it('lists users by position and by cursor, sorted or not, anywhere in the directory', async () => {
    const pages = [1, USERS / 2, USERS - 99].map((startIndex) => `startIndex=${startIndex}`);
    for (const page of [...pages, ...pages.slice(0, 2).map((sorted) => `${sorted}&sortBy=userName`)]) {
      const { status, body } = await send('GET', `Users?count=100&${page}`);
      expect([status, body.totalResults, body.Resources.length]).toEqual([200, USERS, 100]);
    }
    // Beyond that a sorted list is walked by cursor.
    expect((await send('GET', `Users?${pages[2]}&sortBy=userName`)).body.scimType).toBe('tooMany');
    for (const query of ['cursor', 'cursor&sortBy=userName', `cursor&${filtered('name.familyName co "7"')}`]) {
      const first = await send('GET', `Users?count=100&${query}`);
      const next = query.replace('cursor', `cursor=${encodeURIComponent(first.body.nextCursor)}`);
      const second = await send('GET', `Users?count=100&${next}`);
      expect([first.body.Resources.length, second.body.Resources.length]).toEqual([100, 100]);
    }
  });

  it.each([
    'userName eq "user-99999@example.com"',
    'externalId eq "user-99999"',
    'emails[type eq "work"].value eq "user-99999@example.com"',
    'userName sw "user-99999@"',
  ])('finds a user in a thousand groups by %s', async (filter) => {
    const { body } = await send('GET', `Users?${filtered(filter)}`);
    expect(body.Resources).toMatchObject([{ id: leaver, userName: 'user-99999@example.com' }]);
    expect(body.Resources[0].groups).toHaveLength(GROUPS + 1);
    const { body: search } = await send('POST', 'Users/.search', { schemas: [SEARCH], filter });
    expect(search.totalResults).toBe(1);
  });

  it('refuses what it would have to look at every user for', async () => {
    for (const filter of ['name.familyName co "9999"', `groups eq "${everybody}"`]) {
      const { status, body } = await send('GET', `Users?${filtered(filter)}`);
      expect([status, body.scimType]).toEqual([400, 'tooMany']);
    }
  });

  it('creates, reads, replaces, patches and deletes a user', async () => {
    const created = await send('POST', 'Users', NEW_USER);
    const { id } = created.body;
    expect(created.status).toBe(201);
    expect((await send('PUT', `Users/${id}`, { ...NEW_USER, title: 'Countess' })).status).toBe(200);
    const patched = await send('PATCH', `Users/${id}`, patchBody({ op: 'replace', path: 'active', value: false }));
    expect(patched.body).toMatchObject({ title: 'Countess', active: false });
    const operations = Array.from({ length: 20 }, (_, n) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${n}`,
      data: { ...NEW_USER, userName: `bulk-${n}@example.com` },
    }));
    const bulk = await send('POST', 'Bulk', { schemas: [BULK], Operations: operations });
    expect(bulk.body.Operations.map(({ status }: { status: string }) => status)).toEqual(operations.map(() => '201'));
    expect((await send('DELETE', `Users/${id}`)).status).toBe(204);
    expect((await send('GET', `Users/${id}`)).status).toBe(404);
  });

  it('reads the group with all of its members, each by its id alone', async () => {
    const { status, body } = await send('GET', `Groups/${everybody}`);
    expect(status).toBe(200);
    expect(body.members.slice(0, 2)).toEqual([{ value: users[0] }, { value: users[1] }]);
    expect(new Set(body.members.map(({ value }: { value: string }) => value)).size).toBe(USERS);
    const many = await Promise.all(Array.from({ length: 3 }, () => send('GET', `Groups/${everybody}`)));
    expect(many.map((each) => each.body.members.length)).toEqual([USERS, USERS, USERS]);
  });

  it('says how to read what does not fit into an answer', async () => {
    const { status, body } = await send('GET', `Groups/${everybody}?attributes=members.$ref`);
    expect([status, body.scimType]).toEqual([400, 'tooMany']);
    expect(body.detail).toContain('excludedAttributes=members');
    const { body: without } = await send('GET', `Groups/${everybody}?excludedAttributes=members`);
    expect(without).toMatchObject({ id: everybody, displayName: 'Everybody' });
    expect(without.members).toBeUndefined();
  });

  it('lists all groups with their members, in pages that fit', async () => {
    const sizes: number[] = [];
    while (sizes.length < GROUPS + 1) {
      const { body } = await send('GET', `Groups?count=100&startIndex=${sizes.length + 1}`);
      expect(body.totalResults).toBe(GROUPS + 1);
      expect(body.Resources.length).toBeGreaterThan(0);
      for (const { members } of body.Resources) sizes.push(members.length);
    }
    expect(sizes.filter((size) => size === USERS)).toHaveLength(1);
    expect(sizes.filter((size) => size === 1)).toHaveLength(GROUPS);
  });

  it('finds groups by name and by member', async () => {
    const filters = [
      'displayName eq "everybody"',
      `members eq "${users[0]}"`,
      `id eq "${everybody}" and members eq "${leaver}"`,
    ];
    for (const filter of filters) {
      const { body } = await send('GET', `Groups?${filtered(filter)}&excludedAttributes=members`);
      expect(body.Resources).toMatchObject([{ id: everybody }]);
    }
    const { body } = await send('GET', `Groups?${filtered(`members eq "${leaver}"`)}&attributes=id`);
    expect(body.totalResults).toBe(GROUPS + 1);
  });

  it('takes 5,000 members out and in again, and refuses more', async () => {
    const some = users.slice(0, 5_000);
    expect(await patchMembers('remove', some)).toBe(204);
    expect((await send('GET', `Groups/${everybody}`)).body.members).toHaveLength(USERS - 5_000);
    expect(await patchMembers('add', some)).toBe(204);
    expect(await patchMembers('remove', users.slice(0, 1))).toBe(204);
    expect(await patchMembers('add', users.slice(0, 1))).toBe(204);
    expect(await patchMembers('remove', users.slice(0, 5_001))).toBe(400);
    const emptied = await send('PUT', `Groups/${everybody}`, { displayName: 'Everybody', members: [] });
    expect([emptied.status, emptied.body.detail]).toEqual([400, expect.stringContaining('5000')]);
    const cleared = await send('PATCH', `Groups/${everybody}`, patchBody({ op: 'remove', path: 'members' }));
    expect(cleared.status).toBe(400);
  });

  it('replaces the group, whose members stay', async () => {
    const { status, body } = await send('PUT', `Groups/${everybody}`, { displayName: 'All' });
    expect([status, body.displayName, body.members.length]).toEqual([200, 'All', USERS]);
  });

  it('deletes a user of a thousand groups, and the group of everybody', async () => {
    expect((await send('DELETE', `Users/${leaver}`)).status).toBe(204);
    expect((await send('GET', `Users/${leaver}`)).status).toBe(404);
    expect((await send('GET', `Groups?${filtered(`members eq "${leaver}"`)}`)).body.totalResults).toBe(0);
    expect((await send('GET', `Groups/${everybody}`)).body.members).toHaveLength(USERS - 1);
    expect((await send('DELETE', `Groups/${everybody}`)).status).toBe(204);
    expect((await send('GET', `Groups/${everybody}`)).status).toBe(404);
    expect((await send('GET', `Users/${users[0]}`)).body.groups).toBeUndefined();
    expect((await send('GET', `Users?${filtered(`groups eq "${everybody}"`)}`)).body.totalResults).toBe(0);
  });

  it('has taken less than 512 MB for all that', () => {
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(MAX_MEMORY_BYTES);
  });
});

function patchBody(operation: object): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
}
