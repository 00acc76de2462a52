import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acme } from '../../../helpers/admin-answers.ts';
import { runCli } from '../../../helpers/cli.ts';

let folder = '';
let config: readonly string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-config-'));
  const path = join(folder, 'two.json');
  await writeFile(path, JSON.stringify({ name: 'prod', regions: ['us', 'de'] }));
  config = ['--config', path];
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const us = {
  name: 'prod-us',
  status: 'CREATE_COMPLETE',
  outputs: { AdminUrl: 'https://us.execute-api.us-east-1.amazonaws.com/prod/admin', TableName: 'table-us' },
};

describe('scim-stack outputs', () => {
  it('prints those of every region, and says what is not deployed', async () => {
    const { stdout } = await runCli(['outputs', ...config], { stacks: [us] });
    expect(stdout).toContain('prod-us (us-east-1): CREATE_COMPLETE\n  AdminUrl   https://us');
    expect(stdout).toContain('prod-de (eu-central-1): not deployed\n');
  });

  it('prints those of one region for a program', async () => {
    const { stdout } = await runCli(['outputs', '--region', 'us', '--json', ...config], { stacks: [us] });
    expect(JSON.parse(stdout)).toMatchObject({ regions: [{ region: 'us', stack: 'prod-us', outputs: us.outputs }] });
  });
});

describe('the region of a command', () => {
  const answers = { showTenant: () => acme };

  it.each(['us', 'us-east-1'])('is found by the name %s, and its requests are signed for it', async (region) => {
    const argv = ['tenants', 'show', 'acme', '--region', region, ...config];
    const { exitCode, api } = await runCli(argv, { stacks: [us], answers });
    expect(exitCode).toBe(0);
    expect(api.requests[0]?.url).toBe('https://us.execute-api.us-east-1.amazonaws.com/prod/admin/tenants/acme');
    expect(api.requests[0]?.headers.get('authorization')).toContain('/us-east-1/execute-api/');
  });

  it('must be said where there are several', async () => {
    const { exitCode, stderr } = await runCli(['tenants', 'show', 'acme', ...config], { stacks: [us], answers });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('one of us, de');
  });

  it('must be one of the configuration', async () => {
    const { exitCode, stderr } = await runCli(['tenants', 'list', '--region', 'jp', ...config], { answers });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('us, de');
  });

  it('must be deployed', async () => {
    const { exitCode, stderr } = await runCli(['tenants', 'list', '--region', 'de', ...config], { stacks: [us] });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('there is no stack prod-de in eu-central-1');
  });

  it('must have an admin API', async () => {
    const old = { ...us, outputs: {} };
    const { exitCode, stderr } = await runCli(['tenants', 'list', '--region', 'us', ...config], { stacks: [old] });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('has no output AdminUrl');
  });
});
