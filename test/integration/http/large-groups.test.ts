import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { addGroup, addMembers, addUser, createContext, removeMembers } from '../../helpers/directory.ts';
import { setGuard } from '../../helpers/guard.ts';
import { patchOf, type ScimResponse, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';
import { seedMembers, seedMemberships, seedUsers } from '../../helpers/seed.ts';

/** The most members that one request may change. */
const MOST = 5_000;

let server: ScimServer;
let context: DirectoryContext;
let users: readonly string[];

beforeAll(async () => {
  server = await startScimServer();
  await setGuard(server.table, 'acme', { mode: 'off' });
  context = await createContext(server.table, { deadlineSeconds: 600 });
  users = await seedUsers(context, MOST + 120, 'user');
}, 300_000);

afterAll(async () => {
  await server.close();
});

/** Sends a request as a client does that heeds `Retry-After`, as often as a slow machine makes it necessary. */
async function send(method: string, path: string, body?: JsonObject): Promise<ScimResponse> {
  for (;;) {
    const answer = await server.send('acme', method, path, body === undefined ? {} : { body });
    if (answer.status !== 503) return answer;
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
}

async function memberIds(group: string): Promise<readonly string[]> {
  const { json } = await send('GET', `/Groups/${group}?attributes=members.value`);
  const members = json['members'] ?? [];
  if (!Array.isArray(members)) throw new Error('no list of members');
  return members.map(({ value }: JsonObject) => String(value)).sort();
}

describe('thousands of members in one request', () => {
  it('come and go by PATCH, 5,000 at once, and no other PATCH of the group is lost', async () => {
    const group = await addGroup(context, 'Sales');
    const [many, few] = [users.slice(0, MOST), users.slice(MOST, MOST + 20)];
    const patches = [addMembers(many), ...few.map((id) => addMembers([id]))];
    const answers = await Promise.all(patches.map((patch) => send('PATCH', `/Groups/${group}`, patchOf(patch))));
    expect(answers.map(({ status }) => status)).toEqual(patches.map(() => 204));
    expect(await memberIds(group)).toEqual([...many, ...few]);
    expect((await send('PATCH', `/Groups/${group}`, patchOf(removeMembers(many)))).status).toBe(204);
    expect(await memberIds(group)).toEqual(few);
  });

  it('come and go by PUT of the list as it shall be, with what else it changes', async () => {
    const [former, coming] = [users.slice(0, 2_500), users.slice(2_400, MOST)];
    const group = await addGroup(context, 'Support');
    await seedMembers(context, group, former);
    const members = coming.map((value) => ({ value }));
    const { status, json } = await send('PUT', `/Groups/${group}`, { displayName: 'Support EU', members });
    expect([status, json['displayName']]).toEqual([200, 'Support EU']);
    expect(await memberIds(group)).toEqual(coming);
    const { headers } = await send('GET', `/Groups/${group}?attributes=displayName`);
    const again = await send('PUT', `/Groups/${group}`, { displayName: 'Support EU', members });
    expect([again.status, again.headers.etag]).toEqual([200, headers.etag]);
  });

  it('come with a POST', async () => {
    const some = users.slice(0, 1_000);
    const members = some.map((value) => ({ value }));
    const { status, json } = await send('POST', '/Groups', { displayName: 'Everybody', members });
    expect(status).toBe(201);
    expect(await memberIds(String(json['id']))).toEqual(some);
  });

  it('are 5,000 at most: more are refused with a number, and nothing of it is done', async () => {
    const group = await addGroup(context, 'Too many');
    await seedMembers(context, group, users.slice(0, MOST + 1));
    for (const [method, body] of [
      ['PATCH', patchOf(removeMembers(users.slice(0, MOST + 1)))],
      ['PATCH', patchOf({ op: 'remove', path: 'members' })],
      ['PATCH', patchOf({ op: 'replace', path: 'members', value: [{ value: users[MOST + 2] ?? '' }] })],
      ['PUT', { displayName: 'Too many', members: [] }],
    ] as const) {
      const { status, json } = await send(method, `/Groups/${group}`, body);
      expect([status, json['scimType']]).toEqual([400, 'invalidValue']);
      expect(json['detail']).toContain(String(MOST));
    }
    expect(await memberIds(group)).toHaveLength(MOST + 1);
  });

  it('are none where one of them does not exist', async () => {
    const group = await addGroup(context, 'One too many');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { status, json } = await send(
      'PATCH',
      `/Groups/${group}`,
      patchOf(addMembers([...users.slice(0, 100), unknown])),
    );
    expect([status, json['scimType']]).toEqual([400, 'invalidValue']);
    expect(json['detail']).toContain(unknown);
    expect(await memberIds(group)).toEqual([]);
  });
});

describe('a deletion', () => {
  it('of a user in 1,000 groups is seen everywhere as soon as it is answered', async () => {
    const leaver = await addUser(context, 'leaver@example.com');
    const groups: string[] = [];
    for (let n = 0; n < 1_000; n++) groups.push(await addGroup(context, `Group ${n}`));
    await seedMemberships(
      context,
      groups.map((groupId) => ({ groupId, memberId: leaver })),
    );
    expect((await send('DELETE', `/Users/${leaver}`)).status).toBe(204);
    expect((await send('GET', `/Users/${leaver}`)).status).toBe(404);
    for (const group of [groups[0] ?? '', groups[500] ?? '', groups[999] ?? ''])
      expect(await memberIds(group)).toEqual([]);
    const { json } = await send('GET', `/Groups?filter=${encodeURIComponent(`members eq "${leaver}"`)}`);
    expect(json['totalResults']).toBe(0);
    const readded = await send('PATCH', `/Groups/${groups[0]}`, patchOf(addMembers([leaver])));
    expect(readded.status).toBe(400);
  });

  it('of a group of 5,000 is seen everywhere as soon as it is answered', async () => {
    const group = await addGroup(context, 'Gone');
    await seedMembers(context, group, users.slice(0, MOST));
    expect((await send('DELETE', `/Groups/${group}`)).status).toBe(204);
    expect((await send('GET', `/Groups/${group}`)).status).toBe(404);
    const { json } = await send('GET', `/Users/${users[0]}`);
    expect(JSON.stringify(json['groups'] ?? [])).not.toContain(group);
    const filter = encodeURIComponent(`id eq "${users[0]}" and groups eq "${group}"`);
    expect((await send('GET', `/Users?filter=${filter}`)).json['totalResults']).toBe(0);
  });
});
