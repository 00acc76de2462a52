import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProcess } from '../helpers/processes.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-config-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function synthesise(path: string) {
  return await runProcess('node', ['bin/scim-stack.ts'], { env: { ...process.env, SCIM_STACK_CONFIG: path } });
}

describe('the CDK app', () => {
  it('tells all that is wrong with its configuration, in words and without a stack trace', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify({ regions: {}, logRetentionDays: 'long', colour: 'blue' }));
    const { status, stderr } = await synthesise(path);
    expect(status).toBe(1);
    expect(stderr).toContain(`${path} is not a valid configuration`);
    for (const key of ['regions', 'logRetentionDays', 'colour']) expect(stderr).toContain(key);
    expect(stderr).not.toMatch(/^\s+at /mu);
  });

  it('names the file that it cannot read', async () => {
    const path = join(folder, 'absent.json');
    const { status, stderr } = await synthesise(path);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^cannot read the configuration .*absent\.json: .*\n$/u);
  });
});
