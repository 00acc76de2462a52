import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCurl, sendCurl } from '../helpers/curl.ts';
import { type LocalRun, type RunningTenant, startLocalRun } from '../helpers/local-run.ts';
import { projectRoot, runProcess } from '../helpers/processes.ts';
import { findUserId, newUser, sendScim } from '../helpers/scim-client.ts';

let dataFolder: string;
let runs: LocalRun[];

async function start(options: Parameters<typeof startLocalRun>[0] = {}): Promise<LocalRun> {
  const run = await startLocalRun({ dataFolder, ...options });
  runs.push(run);
  return run;
}

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'scim-stack-start-'));
  runs = [];
});

afterEach(async () => {
  // Not SIGKILL: npm would die alone and leave the program behind.
  await Promise.all(runs.map((run) => run.stop()));
  await rm(dataFolder, { recursive: true, force: true });
});

async function createUser(tenant: RunningTenant, userName: string): Promise<string> {
  const { status, body } = await sendScim(tenant, 'POST', 'Users', newUser(userName));
  expect(status).toBe(201);
  return body.id;
}

/** Takes the port for a moment: fails if anything still listens on it. */
async function expectFree({ tenantUrl }: RunningTenant): Promise<void> {
  const server = createServer();
  server.listen(Number(new URL(tenantUrl).port), '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

describe('npm start', () => {
  it('prints with --json one line a tenant and nothing else', async () => {
    const run = await start({ tenants: ['demo', 'other'] });
    await createUser(run.tenant, 'ada@example.com');
    await sendScim(run.tenant, 'GET', 'Nowhere');
    const [demo, other] = run.tenants;
    expect(await run.stop()).toBe(0);
    expect(run.stdout()).toBe(`${JSON.stringify(demo)}\n${JSON.stringify(other)}\n`);
    expect(run.stderr()).toBe('');
    expect(Object.keys(demo ?? {})).toEqual(['tenant', 'tenantUrl', 'token']);
    expect([demo?.tenant, other?.tenant]).toEqual(['demo', 'other']);
    expect(demo?.token).toMatch(/^scim_demo_/u);
    expect(demo?.token).not.toBe(other?.token);
  });

  it('gives each tenant a directory of its own, closed to the token of the other', async () => {
    const { tenant: demo, tenants } = await start({ tenants: ['demo', 'other'] });
    const other = tenants.at(-1) ?? demo;
    const id = await createUser(demo, 'ada@example.com');
    expect(await findUserId(other, 'ada@example.com')).toBeUndefined();
    expect((await sendScim({ ...demo, token: other.token }, 'GET', `Users/${id}`)).status).toBe(403);
  });

  it('keeps data and tokens between runs, and begins anew with --fresh', async () => {
    const first = await start();
    await createUser(first.tenant, 'ada@example.com');
    await first.stop();
    const second = await start();
    expect(second.tenant.token).toBe(first.tenant.token);
    expect(await findUserId(second.tenant, 'ada@example.com')).toBeDefined();
    await second.stop();
    const third = await start({ args: ['--fresh'] });
    expect(third.tenant.token).not.toBe(first.tenant.token);
    expect(await findUserId(third.tenant, 'ada@example.com')).toBeUndefined();
  });
});

describe('the end of npm start', () => {
  it.each([
    ['npm', 'SIGTERM'],
    ['npm', 'SIGINT'],
    ['node', 'SIGTERM'],
    ['node', 'SIGINT'],
  ] as const)('comes when %s gets %s: status 0, the port is free', async (through, signal) => {
    const run = await start({ through });
    await createUser(run.tenant, 'ada@example.com');
    expect(await run.stop(signal)).toBe(0);
    await expectFree(run.tenant);
  });

  it('comes with Ctrl-C, which reaches npm and the program both', async () => {
    const run = await start({ ownProcessGroup: true });
    await createUser(run.tenant, 'ada@example.com');
    const ended = once(run.process, 'exit');
    process.kill(-(run.process.pid ?? Number.NaN), 'SIGINT');
    await ended;
    await expectFree(run.tenant);
  });

  it('loses nothing that was answered when it is killed', async () => {
    const killed = await start({ through: 'node' });
    const answered: string[] = [];
    const many = Promise.withResolvers<void>();
    const writer = async (name: string): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const userName = `${name}-${n}@example.com`;
        const answer = await sendScim(killed.tenant, 'POST', 'Users', newUser(userName)).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 201) answered.push(userName);
        if (answered.length >= 100) many.resolve();
      }
    };
    const writers = ['a', 'b', 'c', 'd'].map(writer);
    await many.promise;
    await killed.stop('SIGKILL');
    await Promise.all(writers);

    const { tenant } = await start();
    const lost = [];
    for (const userName of answered) {
      if ((await findUserId(tenant, userName)) === undefined) lost.push(userName);
    }
    expect(lost).toEqual([]);
  });
});

describe('the curl lines', () => {
  /** Sends what the lines describe, one after the other. */
  async function follow(lines: readonly string[], tenant: RunningTenant): Promise<readonly unknown[]> {
    const answers = [];
    for (const line of lines) {
      const request = await parseCurl(line, { TENANT_URL: tenant.tenantUrl, TOKEN: tenant.token });
      const response = await sendCurl(request);
      answers.push({ status: response.status, body: await response.json() });
    }
    return answers;
  }

  const aUser = { id: expect.any(String), userName: expect.any(String) };

  it('that npm start prints creates a user', async () => {
    const npm = spawn('npm', ['start', '--', '--port', '0', '--data', dataFolder], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let printed = '';
      for await (const line of createInterface({ input: npm.stdout })) {
        printed += `${line}\n`;
        if (line.includes('Ctrl-C')) break;
      }
      const tenantUrl = /Tenant URL\s+(?<url>\S+)/u.exec(printed)?.groups?.['url'] ?? '';
      const token = /Secret token\s+(?<token>\S+)/u.exec(printed)?.groups?.['token'] ?? '';
      expect(tenantUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/demo\/scim\/v2$/u);
      expect(token).toMatch(/^scim_demo_/u);
      const lines = printed.split('\n').filter((line) => line.startsWith('curl '));
      expect(await follow(lines, { tenant: 'demo', tenantUrl, token })).toMatchObject([{ status: 201, body: aUser }]);
    } finally {
      npm.kill('SIGTERM');
      await once(npm, 'exit');
    }
  });

  it('of the README create a user and find it', async () => {
    const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/^ *```sh\n(?<code>.*?)^ *```$/gmsu)].map(
      ({ groups }) => groups?.['code'] ?? '',
    );
    const { tenant } = await start();
    const answers = await follow(
      blocks.filter((code) => /^ *curl /u.test(code)),
      tenant,
    );
    expect(answers).toMatchObject([
      { status: 201, body: aUser },
      { status: 200, body: { totalResults: 1, Resources: [aUser] } },
    ]);
  });
});

describe('npm start that cannot start', () => {
  it.each([
    [['--port', 'http']],
    [['--port', '70000']],
    [['--port', '-1']],
    [['--tenants', 'Upper Case']],
    [['--tenants', '']],
    [['--tenants', 'x'.repeat(41)]],
    [['--dynamodb', 'localhost']],
    [['--dynamodb', 'http://127.0.0.1:9']],
    [['--host', '203.0.113.1']],
    [['--colour']],
    [['demo']],
  ])('says what is wrong with %j, and writes nothing else', async (args) => {
    await expectRefusal(['--port', '0', ...args]);
  });

  it('says that the port is taken', async () => {
    const { tenant } = await start();
    const { port } = new URL(tenant.tenantUrl);
    expect(await expectRefusal(['--port', port, '--data', join(dataFolder, 'second')])).toContain(port);
  });

  it('says that the data folder is none', async () => {
    const file = join(dataFolder, 'file');
    await writeFile(file, '');
    expect(await expectRefusal(['--port', '0', '--data', file])).toContain(file);
  });

  /** @returns The one line that it said; a hint to --help may follow. */
  async function expectRefusal(args: readonly string[]): Promise<string> {
    const withFolder = args.includes('--data') ? args : [...args, '--data', dataFolder];
    const { status, stdout, stderr } = await runProcess('npm', ['--silent', 'start', '--', ...withFolder], {
      timeoutSeconds: 60,
    });
    const [line = '', hint = '', ...rest] = stderr.trimEnd().split('\n');
    expect({ stdout, rest }).toEqual({ stdout: '', rest: [] });
    expect(line).toMatch(/\S/u);
    expect(hint === '' || hint.includes('--help')).toBe(true);
    expect(status).toBe(1);
    return line;
  }
});
