import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import type { JsonObject } from '../../scim/json.ts';
import { addGroup, createContext } from '../../test/helpers/directory.ts';
import { seedMembers, seedUsers } from '../../test/helpers/seed.ts';
import type { Bench } from '../benchmark.ts';
import { createStoredUsers } from '../traffic/representations.ts';
import { type RunningServer, startScimStack } from './running-server.ts';

/** What a directory has before its first request. */
export interface Contents {
  readonly users: number;
  /**
   * Members of each group: so many users from the middle, so that the first page of users and the last have no groups to
   * tell. Default: no group.
   */
  readonly groups?: readonly number[];
}

export interface FilledServer extends RunningServer {
  /** Ascending. */
  readonly userIds: readonly string[];
  /** One for each group of the contents. */
  readonly groupIds: readonly string[];
}

/** People whose details are used in turns: to invent each would take longer than to store them. */
const TEMPLATES = 1_000;

/** `npm start` over a directory that has grown, until the benchmark ends; through the table, not over HTTP. */
export async function startFilledScimStack(bench: Bench, { users, groups = [] }: Contents): Promise<FilledServer> {
  bench.say(`a directory of ${users.toLocaleString('en')} users`);
  const dataFolder = await mkdtemp(join(tmpdir(), 'scim-stack-bench-'));
  bench.onEnd(() => rm(dataFolder, { recursive: true, force: true }));
  const { tablePath } = await openDataFolder(dataFolder, false);
  const table = new SqliteItemTable(tablePath);
  const groupIds: string[] = [];
  let userIds: readonly string[];
  try {
    const context = await createContext(table, { tenant: 'demo', deadlineSeconds: 600 });
    const templates = createStoredUsers('filled', Math.min(users, TEMPLATES)).map(({ attributes }) => attributes);
    userIds = await seedUsers(context, users, 'filled', (n) => personalise(templates[n % templates.length] ?? {}, n));
    for (const [n, members] of groups.entries()) {
      const groupId = await addGroup(context, `Filled ${n}`);
      await seedMembers(context, groupId, middleOf(userIds, members));
      groupIds.push(groupId);
    }
  } finally {
    table.close();
  }
  return { ...(await startScimStack(bench, { dataFolder })), userIds, groupIds };
}

function middleOf(ids: readonly string[], count: number): readonly string[] {
  const from = Math.floor((ids.length - count) / 2);
  return ids.slice(from, from + count);
}

/** The userName of the n-th user, from 0. */
export function filledUserName(n: number): string {
  return `filled-${n}@example.com`;
}

function personalise(attributes: JsonObject, n: number): JsonObject {
  const userName = filledUserName(n);
  return {
    ...attributes,
    userName,
    externalId: `filled-${n}`,
    emails: [{ type: 'work', value: userName, primary: true }],
  };
}
