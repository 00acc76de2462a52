import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carriesAdminKey, getOrCreateAdminKey } from '../../../local/admin-key.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'admin-key-'));
  path = join(folder, 'admin.key');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the key of the local admin API', () => {
  it('is the same at each start, in a file of its owner alone', async () => {
    const key = await getOrCreateAdminKey(path, randomBytes);
    expect(await getOrCreateAdminKey(path, randomBytes)).toBe(key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is made anew where the file holds none', async () => {
    await writeFile(path, '');
    expect(await getOrCreateAdminKey(path, randomBytes)).toMatch(/^[\w-]{43}$/);
  });

  it('is taken with its scheme only', async () => {
    const key = await getOrCreateAdminKey(path, randomBytes);
    expect(carriesAdminKey(` bearer  ${key} `, key)).toBe(true);
    for (const header of [undefined, '', key, `Basic ${key}`, `Bearer ${key} ${key}`, 'Bearer ']) {
      expect(carriesAdminKey(header, key)).toBe(false);
    }
  });
});
