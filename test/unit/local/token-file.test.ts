import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashToken, parseToken } from '../../../lambda/authorization/token.ts';
import { TokenFile } from '../../../local/token-file.ts';

let folder: string;
let path: string;
let now: Date;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-file-'));
  path = join(folder, 'tokens.json');
  now = new Date('2026-11-01T00:00:00Z');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = () => new TokenFile(path, { now: () => now, randomBytes });

describe('TokenFile', () => {
  it('gives the same token at each start, another to each tenant', async () => {
    const token = await open().getOrCreate('demo', 'default');
    const other = await open().getOrCreate('other', 'default');
    expect(await open().getOrCreate('demo', 'default')).toBe(token);
    expect(other).not.toBe(token);
    expect(parseToken(token)).toMatchObject({ tenant: 'demo', application: 'default' });
  });

  it('finds what it has made, and nothing else', async () => {
    const token = await open().getOrCreate('demo', 'default');
    const records = await open().find('demo', 'default');
    expect(records?.current.sha256).toEqual(hashToken(token));
    expect(records?.current.expiresAt).toEqual(new Date('2027-11-01T00:00:00Z'));
    await expect(open().find('demo', 'entra')).resolves.toBeUndefined();
    await expect(open().find('__proto__', 'x')).resolves.toBeUndefined();
  });

  it('makes a new token once the old one has expired', async () => {
    const token = await open().getOrCreate('demo', 'default');
    now = new Date('2027-11-01T00:00:00Z');
    expect(await open().getOrCreate('demo', 'default')).not.toBe(token);
  });

  it('lets nobody but its owner read the file, and leaves no other behind', async () => {
    await writeFile(`${path}.new`, 'a draft left behind', { mode: 0o644 });
    await open().getOrCreate('demo', 'default');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['tokens.json']);
  });

  it('says which file it cannot read, and quotes nothing of it', async () => {
    await writeFile(path, '{"demo/default":{"token":"secret-value"}}');
    const failure: unknown = await open()
      .find('demo', 'default')
      .catch((error: unknown) => error);
    expect(String(failure)).toContain(path);
    expect(String(failure)).not.toContain('secret-value');
    expect(await readFile(path, 'utf8')).toContain('secret-value');
  });
});
