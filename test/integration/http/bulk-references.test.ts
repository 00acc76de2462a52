import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../scim/json.ts';
import { idOf, patch, postGroup, postUser, sendBulk, statusesOf } from '../../helpers/bulk.ts';
import { type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const managedBy = (id: string) => ({ [ENTERPRISE]: { manager: { value: id } } });

let server: ScimServer;

beforeAll(async () => {
  server = await startScimServer(['acme', 'globex']);
});

afterAll(async () => {
  await server.close();
});

const bulk = (...operations: readonly JsonObject[]) => sendBulk(server, 'acme', operations);

async function get(path: string): Promise<JsonObject> {
  const { status, text, json } = await server.send('acme', 'GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return json;
}

async function memberIds(groupId: string): Promise<readonly string[]> {
  const { members } = await get(`/Groups/${groupId}`);
  return Array.isArray(members) ? members.map(({ value }) => value).sort() : [];
}

describe('references between operations', () => {
  it('are resolved backwards and forwards, in bodies, paths and value filters', async () => {
    const { id: group } = await server.createGroup('acme', 'Referring');
    const answers = await bulk(
      patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:u' }, { value: 'bulkId:v' }] }),
      postUser('u', 'u@example.com', managedBy('bulkId:v')),
      postUser('v', 'v@example.com'),
      patch(`/Groups/${group}`, { op: 'remove', path: 'members[value eq "bulkId:v"]' }),
      patch('/Users/bulkId:v', { op: 'add', path: 'manager', value: 'bulkId:w' }),
      postUser('w', 'w@example.com'),
      postGroup('g', 'Of both', ['bulkId:u', 'bulkId:h']),
      postGroup('h', 'Of one', ['bulkId:v']),
    );
    expect(statusesOf(answers)).toEqual(['204', '201', '201', '204', '200', '201', '201', '201']);
    const [, u, v, , , w, g, h] = answers.map(idOf);
    expect(await memberIds(group)).toEqual([u]);
    expect(await memberIds(String(g))).toEqual([u, h].sort());
    expect(await memberIds(String(h))).toEqual([v]);
    expect(await get(`/Users/${u}`)).toMatchObject(managedBy(String(v)));
    expect(await get(`/Users/${v}`)).toMatchObject(managedBy(String(w)));
  });

  it('are resolved in a circle of groups, as in RFC 7644 §3.7.1', async () => {
    const answers = await bulk(
      postGroup('qwerty', 'Group A', ['bulkId:ytrewq']),
      postGroup('ytrewq', 'Group B', ['bulkId:qwerty']),
    );
    const [a = '', b = ''] = answers.map(idOf);
    expect(statusesOf(answers)).toEqual(['201', '201']);
    expect([await memberIds(a), await memberIds(b)]).toEqual([[b], [a]]);
    for (const [answer, id] of [
      [answers[0], a],
      [answers[1], b],
    ] as const) {
      expect(await get(`/Groups/${id}`)).toMatchObject({ meta: { version: answer?.version } });
    }
  });

  it('are resolved in a circle of managers, in two circles that meet, and in a circle of one', async () => {
    const answers = await bulk(
      postUser('a', 'circle-a@example.com', managedBy('bulkId:b')),
      postUser('b', 'circle-b@example.com', managedBy('bulkId:c')),
      postUser('c', 'circle-c@example.com', { ...managedBy('bulkId:a'), title: 'Boss' }),
      postGroup('x', 'Circle X', ['bulkId:y', 'bulkId:a']),
      postGroup('y', 'Circle Y', ['bulkId:x', 'bulkId:z']),
      postGroup('z', 'Circle Z', ['bulkId:y', 'bulkId:self']),
      postUser('self', 'circle-self@example.com', managedBy('bulkId:self')),
    );
    expect(new Set(statusesOf(answers))).toEqual(new Set(['201']));
    const [a = '', b = '', c = '', x = '', y = '', z = '', self = ''] = answers.map(idOf);
    expect(await get(`/Users/${a}`)).toMatchObject(managedBy(b));
    expect(await get(`/Users/${b}`)).toMatchObject(managedBy(c));
    expect(await get(`/Users/${c}`)).toMatchObject({ ...managedBy(a), title: 'Boss' });
    expect(await get(`/Users/${self}`)).toMatchObject(managedBy(self));
    expect([await memberIds(x), await memberIds(y), await memberIds(z)]).toEqual([
      [a, y].sort(),
      [x, z].sort(),
      [self, y].sort(),
    ]);
  });

  it('fail with 400 where they refer to nothing, and with 409 where what they refer to failed', async () => {
    const answers = await bulk(
      postGroup('a', 'To nothing', ['bulkId:nothing']),
      postUser('b', 'to-nothing@example.com', managedBy('bulkId:nothing')),
      { method: 'DELETE', path: '/Users/bulkId:nothing' },
      postUser('c', ''),
      postGroup('d', 'To what failed', ['bulkId:c']),
      patch('/Groups/bulkId:d', { op: 'replace', path: 'displayName', value: 'Never' }),
    );
    expect(answers.map(({ status, response }) => `${status} ${response?.scimType ?? ''}`)).toEqual([
      '400 invalidValue',
      '400 invalidValue',
      '400 invalidValue',
      '400 invalidValue',
      '409 ',
      '409 ',
    ]);
    expect(answers[0]?.response?.detail).toContain('"bulkId:nothing"');
    expect(answers[4]?.response?.detail).toContain('"bulkId:c"');
    const { totalResults } = await get(`/Groups?filter=${encodeURIComponent('displayName sw "To "')}`);
    expect(totalResults).toBe(0);
  });

  it('do not let a creation succeed that could not be linked: it says what is there', async () => {
    await server.createGroup('acme', 'Taken');
    const [a, b] = await bulk(postGroup('a', 'Taken', ['bulkId:b']), postGroup('b', 'Half', ['bulkId:a']));
    expect([a?.status, b?.status]).toEqual(['409', '409']);
    expect(b?.response?.detail).toContain(`Created as ${b?.location}, but without its references`);
    expect(await memberIds(idOf(b))).toEqual([]);
    const [again] = await bulk(postGroup('b', 'Half'));
    expect(again?.status).toBe('409');
  });

  it('write nothing of a creation in a circle that is wrong otherwise', async () => {
    const wrong = { displayName: 'Wrong', members: [{ value: 'bulkId:c' }, 7] };
    const answers = await bulk(postGroup('a', 'Itself', ['bulkId:a']), postGroup('c', 'Right', ['bulkId:b']), {
      method: 'POST',
      path: '/Groups',
      bulkId: 'b',
      data: wrong,
    });
    expect(statusesOf(answers)).toEqual(['400', '409', '400']);
    for (const name of ['Itself', 'Right', 'Wrong']) {
      const { totalResults } = await get(`/Groups?filter=${encodeURIComponent(`displayName eq "${name}"`)}`);
      expect(totalResults).toBe(0);
    }
  });
});

describe('the order of operations', () => {
  it('is that of the request on one resource, however many are under way', async () => {
    const { id } = await server.createUser('acme', 'ordered@example.com');
    const titles = Array.from({ length: 60 }, (_, n) => `Title ${n}`);
    const answers = await bulk(
      ...titles.map((value) => patch(`/Users/${id}`, { op: 'replace', path: 'title', value })),
    );
    expect(answers.map(({ version }) => version)).toEqual(titles.map((_, n) => `W/"${n + 2}"`));
    expect(await get(`/Users/${id}`)).toMatchObject({ title: 'Title 59' });
  });

  it('gives a name that two ask for to the first of them', async () => {
    const names = Array.from({ length: 20 }, (_, n) => [`same-${n}@example.com`, `SAME-${n}@example.com`]).flat();
    const answers = await bulk(...names.map((name, n) => postUser(`u${n}`, name)));
    expect(statusesOf(answers)).toEqual(names.map((_, n) => (n % 2 === 0 ? '201' : '409')));
  });

  it('lets a name be taken that an operation before gives up, by whatever means', async () => {
    const ids = [];
    for (let n = 0; n < 20; n++) ids.push((await server.createUser('acme', `given-${n}@example.com`)).id);
    const operations = ids.flatMap((id, n) => [
      n % 2 === 0
        ? { method: 'DELETE', path: `/Users/${id}` }
        : patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: `moved-${n}@example.com` }),
      postUser(`u${n}`, `given-${n}@example.com`),
    ]);
    const answers = await bulk(...operations);
    expect(statusesOf(answers)).toEqual(ids.flatMap((_, n) => [n % 2 === 0 ? '204' : '200', '201']));
  });

  it('has a deletion come after what mentions the deleted, and before what mentions it later', async () => {
    const { id } = await server.createUser('acme', 'mentioned@example.com');
    const groups = [];
    for (let n = 0; n < 4; n++) groups.push((await server.createGroup('acme', `Mentions ${n}`)).id);
    const join = (group: string) => patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] });
    const [before, after] = [groups.slice(0, 2), groups.slice(2)];
    const answers = await bulk(...before.map(join), { method: 'DELETE', path: `/Users/${id}` }, ...after.map(join));
    expect(statusesOf(answers)).toEqual(['204', '204', '204', '400', '400']);
  });
});
