import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteTableCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { checkInvariants } from '../../directory/check-invariants.ts';
import { createTableIfMissing } from '../../directory/store/create-table.ts';
import { createDynamoClient } from '../../directory/store/dynamo-client.ts';
import { DynamoItemTable } from '../../directory/store/dynamo-item-table.ts';
import type { ScannableTable } from '../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { sweep } from '../../directory/sweep.ts';
import { type LocalRun, type RunningTenant, startLocalRun } from '../helpers/local-run.ts';
import { findUserId, newUser, sendScim } from '../helpers/scim-client.ts';
import { addition, patchBody, readMemberIds, readTenant } from './answers.ts';
import { listReleases, type Recording, unpackRelease } from './release.ts';

const TENANTS = ['acme', 'globex'];
/** What `npm start -- --dynamodb` calls its table. */
const TABLE_NAME = 'scim-stack';

/** Where a release's items are, and how programs are told. */
interface Kept {
  readonly args: readonly string[];
  readonly table: ScannableTable;
  close(): void;
}

const kinds: Readonly<Record<string, (recording: Recording) => Promise<Kept>>> = {
  'a data folder': async ({ data }) => {
    const table = new SqliteItemTable(join(data, 'directory.sqlite'));
    return { args: [], table, close: () => table.close() };
  },
  'a table in DynamoDB': async ({ items }) => {
    const endpoint = inject('dynamodbUrl');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = createDynamoClient({
      region: 'us-east-1',
      endpoint,
      credentials,
      requestTimeoutMilliseconds: 60_000,
    });
    await client.send(new DeleteTableCommand({ TableName: TABLE_NAME })).catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    });
    await createTableIfMissing(client, TABLE_NAME);
    const table = new DynamoItemTable(client, TABLE_NAME);
    for (const item of items) await table.writeOne({ kind: 'put', item });
    return { args: ['--dynamodb', endpoint], table, close: () => client.destroy() };
  },
};

const cases = (await listReleases()).flatMap((release) => Object.keys(kinds).map((kind) => ({ release, kind })));

describe.each(cases)('$kind that release $release has left', ({ release, kind }) => {
  let recording: Recording;
  let kept: Kept;
  let runs: LocalRun[];

  beforeEach(async () => {
    recording = await unpackRelease(release);
    const open = kinds[kind];
    if (open === undefined) throw new Error(`no way to open ${kind}`);
    kept = await open(recording);
    runs = [];
  });

  afterEach(async () => {
    await Promise.all(runs.map((run) => run.stop()));
    kept.close();
    await rm(recording.folder, { recursive: true });
  });

  async function start(file?: string): Promise<LocalRun> {
    const program = file === undefined ? {} : { file };
    const run = await startLocalRun({ ...program, dataFolder: recording.data, tenants: TENANTS, args: kept.args });
    runs.push(run);
    return run;
  }

  it('is read as that release answered it, by the tokens of then', async () => {
    const { tenants } = await start();
    const { halfWay, tenants: before } = recording.expected;
    for (const tenant of tenants) {
      const now = await readTenant(tenant);
      // What was binding may have been carried out since.
      const others = (list: (typeof now)['Groups']) => list.filter(({ id }) => id !== halfWay.group);
      expect(others(now.Groups)).toEqual(others(before[tenant.tenant]?.Groups ?? []));
      expect(now.Users.map(withoutGroups)).toEqual(before[tenant.tenant]?.Users.map(withoutGroups));
    }
  });

  it('is found by every look-up, patched and deleted', async () => {
    const { tenant: acme } = await start();
    const { tenants } = recording.expected;
    for (const { id, userName, externalId } of tenants['acme']?.Users.slice(0, 10) ?? []) {
      for (const filter of [`userName eq "${userName}"`, `externalId eq "${externalId}"`]) {
        const { body } = await sendScim(acme, 'GET', `Users?filter=${encodeURIComponent(filter)}`);
        expect(body.Resources.map((user: { id: string }) => user.id)).toEqual([id]);
      }
      const rename = patchBody({ op: 'replace', path: 'userName', value: `new-${userName}` });
      expect((await sendScim(acme, 'PATCH', `Users/${id}`, rename)).status).toBe(200);
      expect(await findUserId(acme, `new-${userName}`)).toBe(id);
      expect(await findUserId(acme, String(userName))).toBeUndefined();
      expect((await sendScim(acme, 'DELETE', `Users/${id}`)).status).toBe(204);
      expect(await findUserId(acme, `new-${userName}`)).toBeUndefined();
    }
    expect(await runs[0]?.stop()).toBe(0);
    expect(await findings()).toEqual([]);
  });

  it('keeps what was binding, and carries it out', async () => {
    const { tenant: acme } = await start();
    const { group, members } = recording.expected.halfWay;
    const rename = patchBody({ op: 'replace', path: 'displayName', value: 'Renamed' });
    expect((await sendScim(acme, 'PATCH', `Groups/${group}`, rename)).status).toBe(204);
    expect(await readMemberIds(acme, group)).toEqual(members);
    expect(await runs[0]?.stop()).toBe(0);
    expect(await findings()).toEqual([]);
  });

  it('keeps the deleted deleted, and their names free', async () => {
    const { tenant: acme } = await start();
    const { id, userName } = recording.expected.deletedUser;
    expect((await sendScim(acme, 'GET', `Users/${id}`)).status).toBe(404);
    const { status, body } = await sendScim(acme, 'POST', 'Users', newUser(userName));
    expect(status).toBe(201);
    expect(body.id).not.toBe(id);
  });

  it('is served by that release and this one side by side', async () => {
    const programs = [(await start(recording.program)).tenant, (await start()).tenant] as const;
    const group = await create(programs[0], 'Groups', { displayName: 'Side by side' });
    const users: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const [one, other] = n % 2 === 0 ? programs : [programs[1], programs[0]];
      const userName = `both-${n}@example.com`;
      const id = await create(one, 'Users', newUser(userName));
      expect(await findUserId(other, userName)).toBe(id);
      const change = patchBody({ op: 'replace', path: 'displayName', value: `Changed ${n}` });
      expect((await sendScim(other, 'PATCH', `Users/${id}`, change)).status).toBe(200);
      expect((await sendScim(one, 'GET', `Users/${id}`)).body.displayName).toBe(`Changed ${n}`);
      users.push(id);
    }
    const additions = users.map((id, n) =>
      sendScim(n % 2 === 0 ? programs[0] : programs[1], 'PATCH', `Groups/${group}`, patchBody(addition(id))),
    );
    expect((await Promise.all(additions)).map(({ status }) => status)).toEqual(users.map(() => 204));
    for (const program of programs) expect(await readMemberIds(program, group)).toEqual([...users].sort());
    const [gone = ''] = users;
    expect((await sendScim(programs[1], 'DELETE', `Users/${gone}`)).status).toBe(204);
    for (const program of programs) {
      expect((await sendScim(program, 'GET', `Users/${gone}`)).status).toBe(404);
      expect(await readMemberIds(program, group)).toEqual(users.slice(1).sort());
    }
    await Promise.all(runs.map((run) => run.stop()));
    expect(await findings()).toEqual([]);
  });

  /** What is wrong with the table once the sweeper has finished what was under way, then and now. */
  async function findings() {
    const later = () => new Date(Date.now() + 3_600_000);
    await sweep(kept.table, { now: later, remainingMs: () => 60_000 });
    return await checkInvariants(kept.table);
  }
});

function withoutGroups({ groups: _, ...user }: Record<string, unknown>): Record<string, unknown> {
  return user;
}

async function create(tenant: RunningTenant, endpoint: string, body: object): Promise<string> {
  const answer = await sendScim(tenant, 'POST', endpoint, body);
  expect(answer.status).toBe(201);
  return answer.body.id;
}
