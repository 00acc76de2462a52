import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { build } from 'esbuild';
import { resourceKey } from '../../directory/store/keys.ts';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { createAdversarialTable } from '../helpers/adversarial-table.ts';
import { addMembers, createContext, patch, requestOf } from '../helpers/directory.ts';
import { type LocalRun, type RunningTenant, startLocalRun } from '../helpers/local-run.ts';
import { projectRoot } from '../helpers/processes.ts';
import { sendScim } from '../helpers/scim-client.ts';
import { ProcessDeathError } from '../helpers/table-faults.ts';
import { allIn } from '../helpers/tables.ts';
import { addition, patchBody, readTenant } from './answers.ts';
import { type Expected, filesOf } from './release.ts';

/*
 * node test/upgrade/record.ts: run once for each release, before it is tagged. Keeps what this release writes, for the
 * tests of those to come: a data folder, the table's items, what the directory answered, and the program itself.
 */

const USERS = 60;
/** So that the recording outlives its releases. */
const TOKEN_DAYS = 3_650;
/** More than one transaction takes, so that they are journaled. */
const HALF_WAY_MEMBERS = 45;

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

async function record(): Promise<void> {
  const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
  const files = filesOf(version);
  if (existsSync(files.expected)) {
    throw new Error(`release ${version} is recorded already, and a release never changes: raise the version first`);
  }
  const work = await mkdtemp(join(tmpdir(), 'scim-stack-record-'));
  try {
    const data = join(work, 'data');
    const { deletedUser, tenants } = await fill(data);
    const table = new SqliteItemTable(join(data, 'directory.sqlite'));
    const halfWay = await leaveHalfWay(table, tenants);
    const items = await allIn(table);
    table.close();
    await rm(join(data, 'requests.log'), { force: true });
    const expected: Expected = { tenants, halfWay, deletedUser };
    await mkdir(files.data, { recursive: true });
    await cp(data, files.data, { recursive: true });
    await writeFile(files.table, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    await writeFile(files.expected, `${JSON.stringify(expected, undefined, 2)}\n`);
    await writeFile(files.program, await bundleProgram());
    process.stdout.write(`recorded ${version}: ${items.length} items\n`);
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Plays some traffic against `npm start`, and takes down what it answers in the end. */
async function fill(data: string): Promise<Pick<Expected, 'tenants' | 'deletedUser'>> {
  const run = await startLocalRun({ dataFolder: data, tenants: ['acme', 'globex'], through: 'node' });
  try {
    for (const { tenant } of run.tenants) {
      await callAdmin(run, `tenants/${tenant}/applications/default/token/rotate`, { expiresInDays: TOKEN_DAYS });
    }
    const [acme, globex] = run.tenants;
    if (acme === undefined || globex === undefined) throw new Error('two tenants were asked for');
    const deletedUser = await playAcme(acme);
    await create(globex, 'Users', user(0));
    await callAdmin(run, 'tenants/globex/pause', { minutes: 1 });
    await callAdmin(run, 'tenants/globex/resume', {});
    return { deletedUser, tenants: { acme: await readTenant(acme), globex: await readTenant(globex) } };
  } finally {
    await run.stop();
  }
}

async function playAcme(acme: RunningTenant): Promise<Expected['deletedUser']> {
  const users: string[] = [];
  for (let n = 0; n < USERS; n += 1) users.push(await create(acme, 'Users', user(n)));
  const [first = '', second = '', third = '', fourth = ''] = users;
  const manager = { op: 'add', path: `${ENTERPRISE}:manager`, value: first };
  await mustBe(200, acme, 'PATCH', `Users/${second}`, patchBody(manager));
  await mustBe(200, acme, 'PATCH', `Users/${third}`, patchBody({ op: 'Replace', path: 'active', value: 'False' }));
  const everybody = await create(acme, 'Groups', group('Everybody', users));
  const outer = await create(acme, 'Groups', group('Outer', []));
  await create(acme, 'Groups', group('Empty', []));
  const gone = await create(acme, 'Groups', group('Gone', users.slice(0, 3)));
  await mustBe(204, acme, 'PATCH', `Groups/${outer}`, patchBody(addition(everybody, first)));
  await mustBe(204, acme, 'DELETE', `Users/${fourth}`);
  await mustBe(204, acme, 'DELETE', `Groups/${gone}`);
  return { tenant: acme.tenant, id: fourth, userName: 'user-3@example.com' };
}

function user(n: number): object {
  return {
    schemas: [USER, ENTERPRISE],
    userName: `user-${n}@example.com`,
    externalId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    active: true,
    displayName: `Üser ${n}`,
    name: { givenName: 'Üser', familyName: String(n), formatted: `Üser ${n}` },
    emails: [
      { type: 'work', value: `user-${n}@example.com`, primary: true },
      { type: 'home', value: `user-${n}@home.example` },
    ],
    addresses: [{ type: 'work', locality: 'Zürich', country: 'CH' }],
    roles: [{ value: 'reader', primary: true }],
    [ENTERPRISE]: { employeeNumber: String(1_000 + n), department: 'Research' },
  };
}

function group(displayName: string, members: readonly string[]): object {
  return {
    schemas: [GROUP],
    displayName,
    externalId: `of-${displayName}`,
    members: members.map((value) => ({ value })),
  };
}

async function create(tenant: RunningTenant, endpoint: string, body: object): Promise<string> {
  return (await mustBe(201, tenant, 'POST', endpoint, body)).id;
}

async function mustBe(status: number, ...request: Parameters<typeof sendScim>) {
  const answer = await sendScim(...request);
  if (answer.status === status) return answer.body;
  throw new Error(`${request[1]} ${request[2]} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

async function callAdmin(run: LocalRun, path: string, body: object): Promise<void> {
  const key = (await readFile(join(run.dataFolder, 'admin.key'), 'utf8')).trim();
  const response = await fetch(new URL(`/admin/${path}`, run.tenant.tenantUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST /admin/${path} was answered ${response.status}: ${await response.text()}`);
}

/** A PATCH of many members, by a process that dies once their journal is binding. */
async function leaveHalfWay(table: SqliteItemTable, tenants: Expected['tenants']): Promise<Expected['halfWay']> {
  const { Users = [], Groups = [] } = tenants['acme'] ?? {};
  const group = Groups.find(({ displayName }) => displayName === 'Empty')?.id ?? '';
  const members = Users.slice(0, HALF_WAY_MEMBERS).map(({ id }) => id);
  const context = await createContext(table);
  for (let at = 1; ; at += 1) {
    const dying = createAdversarialTable(table, { kind: 'fault', at, fault: 'death' });
    const died = await patch(requestOf(context, dying), 'Group', group, [addMembers(members)]).then(
      () => false,
      (error: unknown) => error instanceof ProcessDeathError,
    );
    if (!died) throw new Error('the request did not die with a journal under way');
    const item = await table.get(resourceKey('acme', 'Group', group));
    if (item?.['journal'] !== undefined) return { tenant: 'acme', group, members: members.sort() };
  }
}

/** `npm start` and all that it needs in one file, compressed. */
async function bundleProgram(): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(projectRoot, 'local', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    // What is no module of its own asks for Node's modules by `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const [program] = outputFiles;
  if (program === undefined) throw new Error('esbuild made no file');
  return await promisify(brotliCompress)(program.contents);
}

await record();
