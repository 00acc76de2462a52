import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Random } from '../../replay/random.ts';
import { createPerson } from '../../replay/upstream/person.ts';
import { type LocalRun, startLocalRun } from '../helpers/local-run.ts';
import { runReplay } from '../helpers/replays.ts';
import { newUser, sendScim } from '../helpers/scim-client.ts';

/** Small: what leaks, leaks with the first user. */
const SIZE = { users: 100, groups: 5, cycles: 2 };

/** How every password looks that the replay sends. */
const REPLAYED_PASSWORD = /Pw-[0-9a-f]{8}-[0-9a-f]{4}/u;

/** A password that tests of refusals send; nothing else looks like it. */
const SECRET = 'correct-horse-battery-staple';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const named = z.object({ value: z.string() }).array().default([]);
const UsersSchema = z.object({
  totalResults: z.number(),
  Resources: z.array(
    z.object({
      userName: z.string(),
      displayName: z.string().optional(),
      externalId: z.string().optional(),
      name: z.object({ familyName: z.string().optional(), givenName: z.string().optional() }).default({}),
      emails: named,
      phoneNumbers: named,
    }),
  ),
});

describe('after a replay with passwords', () => {
  let run: LocalRun;
  const answers: string[] = [];

  beforeAll(async () => {
    run = await startLocalRun();
    for (const flavour of ['put', 'patch']) {
      const { status } = await runReplay(
        run.tenant,
        ['--client', 'okta', '--flavour', flavour, '--passwords', '--keep'],
        SIZE,
      );
      expect(status).toBe(0);
    }
    await sendSecrets();
  });

  afterAll(async () => {
    await run.stop();
  });

  /** Sends the secret wherever a client may put it by right or by mistake, and keeps every answer. */
  async function sendSecrets(): Promise<void> {
    const send = async (method: string, path: string, body?: unknown): Promise<string | undefined> => {
      const answer = await sendScim(run.tenant, method, path, body);
      answers.push(JSON.stringify(answer.body ?? ''));
      expect(answer.status).toBeLessThan(500);
      return answer.body?.id;
    };
    const patch = (...operations: readonly unknown[]) => ({ schemas: [PATCH], Operations: operations });
    const user = { ...newUser('secret@example.com'), password: SECRET };
    const path = `Users/${await send('POST', 'Users', user)}`;
    await send('POST', 'Users', user);
    await send('PUT', path, { ...user, title: 'Keeper' });
    await send('PUT', path, { ...user, userName: { password: SECRET } });
    await send('POST', 'Users', { ...user, password: [SECRET] });
    await send('PATCH', path, patch({ op: 'replace', path: 'password', value: SECRET }));
    await send('PATCH', path, patch({ op: 'replace', value: { password: SECRET, nickName: 'S' } }));
    await send('PATCH', path, patch({ op: 'replace', path: 'password', value: { value: SECRET } }));
    await send('PATCH', path, patch({ op: 'set', path: 'password', value: SECRET }));
    await send(
      'PATCH',
      path,
      patch({ op: 'add', path: 'password', value: SECRET }, { op: 'add', path: 'nowhere', value: 1 }),
    );
    await send('GET', `${path}?attributes=password`);
    await send('GET', 'Users?attributes=password,userName');
  }

  async function readData(isWanted: (name: string) => boolean): Promise<string> {
    const names = (await readdir(run.dataFolder)).filter(isWanted);
    expect(names).not.toEqual([]);
    // latin1 keeps every byte, so that ASCII is found in a binary file.
    const texts = await Promise.all(names.map((name) => readFile(join(run.dataFolder, name), 'latin1')));
    return texts.join('\n');
  }

  async function readUsers() {
    const users: z.infer<typeof UsersSchema>['Resources'] = [];
    for (;;) {
      const { body } = await sendScim(run.tenant, 'GET', `Users?startIndex=${users.length + 1}&count=100`);
      const page = UsersSchema.parse(body);
      users.push(...page.Resources);
      if (users.length >= page.totalResults || page.Resources.length === 0) return users;
    }
  }

  const readTable = () => readData((name) => name.includes('sqlite'));
  const readLog = () => readData((name) => name.endsWith('.log'));

  it('has really been sent passwords that look like this', () => {
    expect(createPerson(1, 'm000001', new Random('any')).password).toMatch(REPLAYED_PASSWORD);
  });

  it('has no password in the table, in the log, in an answer, or on its output', async () => {
    for (const text of [await readTable(), await readLog(), answers.join('\n'), run.stdout(), run.stderr()]) {
      expect(REPLAYED_PASSWORD.exec(text)?.[0]).toBeUndefined();
      expect(text.includes(SECRET)).toBe(false);
    }
  });

  it('has no token in the table or in the log', async () => {
    const secretPart = run.tenant.token.split('_').at(-2) ?? '';
    expect(secretPart.length).toBeGreaterThan(40);
    for (const text of [await readTable(), await readLog(), run.stderr()]) {
      expect(text.includes(secretPart)).toBe(false);
    }
  });

  it("has no person's value in the log", async () => {
    const log = await readLog();
    const users = await readUsers();
    expect(users.length).toBeGreaterThan(SIZE.users);
    const values = users.flatMap(({ userName, displayName, externalId, name, emails, phoneNumbers }) => [
      userName,
      displayName,
      externalId,
      name.familyName,
      ...[...emails, ...phoneNumbers].map(({ value }) => value),
    ]);
    const leaked = new Set(values.filter((value) => value !== undefined && value.length > 3 && log.includes(value)));
    expect([...leaked]).toEqual([]);
    expect(log).toContain('"route":"Users"');
  });
});
