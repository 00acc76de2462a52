import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../scim/json.ts';
import type { ListParameters } from '../../../scim/list-request.ts';
import { type ScimResponse, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

let server: ScimServer;
let ada: string;
let bob: string;
let sales: string;

beforeAll(async () => {
  server = await startScimServer(['acme', 'globex']);
  ada = (await server.createUser('acme', 'ada@example.com', { displayName: 'Ada', title: 'Countess', externalId: 'x' }))
    .id;
  bob = (await server.createUser('acme', 'bob@example.com', { displayName: 'Sales Bob', externalId: 'y' })).id;
  sales = (await server.createGroup('acme', 'Sales', { externalId: 'x', members: [{ value: ada }] })).id;
  await server.createUser('globex', 'eve@example.com', { externalId: 'x' });
});

afterAll(async () => {
  await server.close();
});

/** As the body of a SearchRequest: lists and numbers as such. */
function toBody({ attributes, excludedAttributes, startIndex, count, ...texts }: ListParameters): JsonObject {
  return {
    schemas: [SEARCH_REQUEST],
    ...(texts as JsonObject),
    ...(attributes === undefined ? {} : { attributes: attributes.split(',') }),
    ...(excludedAttributes === undefined ? {} : { excludedAttributes: excludedAttributes.split(',') }),
    ...(startIndex === undefined ? {} : { startIndex: Number(startIndex) }),
    ...(count === undefined ? {} : { count: Number(count) }),
  };
}

async function search(path: string, parameters: ListParameters, tenant = 'acme'): Promise<ScimResponse> {
  return await server.send(tenant, 'POST', path, { body: toBody(parameters) });
}

function idsOf({ json }: ScimResponse): readonly unknown[] {
  return (json['Resources'] as readonly JsonObject[]).map(({ id }) => id);
}

describe.each(['Users', 'Groups'])('POST /%s/.search', (collection) => {
  it.each<ListParameters>([
    {},
    { filter: 'displayName sw "sales"' },
    { filter: 'externalId eq "x"', attributes: 'displayName,meta.version' },
    { excludedAttributes: 'groups,members' },
    { sortBy: 'displayName', sortOrder: 'descending' },
    { startIndex: '2', count: '1' },
    { startIndex: '-5', count: '-1' },
    { count: '0' },
    { count: '1000000' },
    { filter: 'userName eq "ada@example.com"' },
    { sortBy: 'shoeSize' },
    { filter: 'active gt true' },
    { attributes: 'id', excludedAttributes: 'name' },
    { cursor: '', startIndex: '1' },
    { cursor: 'AAAA', count: '1' },
  ])('answers as GET does: %j', async (parameters) => {
    const query = new URLSearchParams({ ...(parameters as Readonly<Record<string, string>>) });
    const get = await server.send('acme', 'GET', `/${collection}?${query}`);
    const post = await search(`/${collection}/.search`, parameters);
    expect([post.status, post.json]).toEqual([get.status, get.json]);
  });

  it('goes on where a GET has begun, and the other way round', async () => {
    const path = `/${collection}`;
    const more = collection === 'Users' ? {} : { filter: 'displayName pr or id pr', sortBy: 'meta.location' };
    if (collection === 'Groups') await server.createGroup('acme', `Another ${Math.random()}`);
    const query = new URLSearchParams({ ...more, cursor: '', count: '1' });
    const first = await server.send('acme', 'GET', `${path}?${query}`);
    const cursor = String(first.json['nextCursor']);
    const second = await search(`${path}/.search`, { ...more, cursor, count: '1' });
    expect(second.status).toBe(200);
    expect(idsOf(second)).not.toEqual(idsOf(first));
    query.set('cursor', cursor);
    expect((await server.send('acme', 'GET', `${path}?${query}`)).json['Resources']).toEqual(second.json['Resources']);
  });
});

describe('GET with a cursor', () => {
  it('answers a ListResponse without startIndex, whose last page has no nextCursor', async () => {
    const first = await server.send('acme', 'GET', '/Users?cursor&count=1');
    expect(first.json).toMatchObject({ schemas: [LIST_RESPONSE], totalResults: 2, itemsPerPage: 1 });
    expect(first.json).not.toHaveProperty('startIndex');
    expect(first.json).not.toHaveProperty('previousCursor');
    const last = await server.send('acme', 'GET', `/Users?cursor=${first.json['nextCursor']}&count=1`);
    expect(last.json).not.toHaveProperty('nextCursor');
    expect([...idsOf(first), ...idsOf(last)].sort()).toEqual([ada, bob].sort());
  });

  it('leaves totalResults out where it would cost a scan', async () => {
    const filter = encodeURIComponent('title pr or displayName pr');
    const { json } = await server.send('acme', 'GET', `/Users?filter=${filter}&cursor=&count=1`);
    expect(json).not.toHaveProperty('totalResults');
    expect(json['itemsPerPage']).toBe(1);
  });

  it("is 400 invalidCursor for another tenant's, and never says whose it is", async () => {
    const { json } = await server.send('acme', 'GET', '/Users?cursor=&count=1');
    const foreign = await server.send('globex', 'GET', `/Users?cursor=${json['nextCursor']}&count=1`);
    const forged = await server.send(
      'globex',
      'GET',
      '/Users?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&count=1',
    );
    expect(foreign.json).toMatchObject({ status: '400', scimType: 'invalidCursor' });
    expect(foreign.json).toEqual(forged.json);
  });

  it('goes on behind what fitted into the answer', async () => {
    const big = 'x'.repeat(60_000);
    const addresses = Array.from({ length: 5 }, (_, n) => ({ type: 'work', formatted: `${n}${big}` }));
    const made = [];
    for (let n = 0; n < 24; n++) made.push((await server.createUser('globex', `big-${n}`, { addresses })).id);
    const ids: unknown[] = [];
    let pages = 0;
    for (let cursor: unknown = ''; cursor !== undefined; pages += 1) {
      const page = await server.send('globex', 'GET', `/Users?cursor=${cursor}&filter=addresses%20pr`);
      ids.push(...idsOf(page));
      cursor = page.json['nextCursor'];
    }
    expect(pages).toBeGreaterThan(1);
    expect(ids).toEqual(made.sort());
  });
});

describe('POST /.search', () => {
  const types = ({ json }: ScimResponse) =>
    (json['Resources'] as readonly { readonly meta: JsonObject }[]).map(({ meta }) => meta['resourceType']);

  it('finds users, then groups, as they are found by their own endpoints', async () => {
    const found = await search('/.search', { filter: 'externalId eq "x"' });
    expect(found.json).toMatchObject({ schemas: [LIST_RESPONSE], totalResults: 2, startIndex: 1, itemsPerPage: 2 });
    const user = await server.send('acme', 'GET', `/Users/${ada}`);
    const group = await server.send('acme', 'GET', `/Groups/${sales}`);
    expect(found.json['Resources']).toEqual([user.json, group.json]);
  });

  it('takes an attribute that one type alone has for missing in the other', async () => {
    const filters: readonly (readonly [string, readonly string[]])[] = [
      ['userName eq "ada@example.com"', [ada]],
      ['members eq "NOBODY"', []],
      [`members eq "${ada}"`, [sales]],
      ['userName pr and displayName sw "sales"', [bob]],
      ['not (userName pr) and displayName eq "sales"', [sales]],
      ['userName eq null and externalId pr', [sales]],
      ['displayName eq "sales" or title eq "countess"', [ada, sales]],
      ['meta.resourceType eq "Group" and externalId eq "x"', [sales]],
      ['meta.resourceType eq "User" and externalId eq "x"', [ada]],
      ['meta.resourceType ne "User" and externalId eq "x"', [sales]],
      ['emails[type eq "work"] or displayName eq "Ada"', [ada]],
      ['externalId eq "x" and urn:ietf:params:scim:schemas:core:2.0:Group:displayName pr', [sales]],
    ];
    for (const [filter, ids] of filters) {
      const found = await search('/.search', { filter });
      expect([filter, found.status, found.status === 200 ? idsOf(found) : found.json]).toEqual([filter, 200, ids]);
    }
  });

  it.each([
    'shoeSize eq 1',
    'userName eq "x" and shoeSize eq 1',
    'meta.resourceType eq "Group" and active gt true',
    'userName eq 1',
    'members co "x"',
    'urn:none:userName eq "x"',
  ])('is 400 invalidFilter for what neither has, or none can be asked: %s', async (filter) => {
    expect((await search('/.search', { filter })).json).toMatchObject({ status: '400', scimType: 'invalidFilter' });
  });

  it('pages across both, by index and by cursor', async () => {
    const all = await search('/.search', {});
    expect(types(all)).toEqual(types(all).toSorted().reverse());
    const total = Number(all.json['totalResults']);
    const byIndex: unknown[] = [];
    for (let startIndex = 1; startIndex <= total; startIndex += 1) {
      const page = await search('/.search', { startIndex: String(startIndex), count: '1' });
      expect(page.json).toMatchObject({ totalResults: total, startIndex });
      byIndex.push(...idsOf(page));
    }
    const byCursor: unknown[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = await search('/.search', { cursor, count: '1' });
      expect(page.json['totalResults']).toBe(total);
      byCursor.push(...idsOf(page));
      cursor = page.json['nextCursor'] as string | undefined;
    }
    expect([byIndex, byCursor]).toEqual([idsOf(all), idsOf(all)]);
  });

  it('sorts both by what both have', async () => {
    const found = await search('/.search', { filter: 'externalId pr', sortBy: 'displayName' });
    expect(idsOf(found)).toEqual([ada, sales, bob]);
  });

  it('returns of each what it has of the attributes', async () => {
    const { json } = await search('/.search', { filter: 'externalId eq "x"', attributes: 'userName,members.value' });
    expect(json['Resources']).toEqual([
      { schemas: expect.anything(), id: ada, userName: 'ada@example.com' },
      { schemas: expect.anything(), id: sales, members: [{ value: ada }] },
    ]);
  });

  it("finds nothing of another tenant's", async () => {
    const found = await search('/.search', { filter: 'externalId eq "x"' }, 'globex');
    expect(found.text).not.toMatch(/ada@|Sales/);
    expect(found.json['totalResults']).toBe(1);
  });

  it('is read in any case, with null for what is not asked', async () => {
    const body = { SCHEMAS: [SEARCH_REQUEST.toUpperCase()], Filter: 'userName eq "ada@example.com"', sortby: null };
    expect(idsOf(await server.send('acme', 'POST', '/.search', { body }))).toEqual([ada]);
  });

  it('counts in the sync cycle as a request that reads, and writes nothing', async () => {
    const before = await server.send('acme', 'GET', `/Users/${ada}`);
    await search('/.search', {});
    const line = server.log.lines.at(-1);
    expect(line).toMatchObject({ route: '.search', status: 200 });
    expect((await server.send('acme', 'GET', `/Users/${ada}`)).json).toEqual(before.json);
  });
});
