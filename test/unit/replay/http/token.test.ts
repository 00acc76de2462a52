import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileToken } from '../../../../replay/http/token.ts';

describe('FileToken', () => {
  let folder = '';
  let path = '';
  let time = 0;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-token-'));
    path = join(folder, 'token');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('follows the file when it changes', async () => {
    await writeFile(path, 'first\n');
    const token = new FileToken(path, () => time);
    expect(await token.current()).toBe('first');
    await writeFile(path, 'the second\n');
    time += 1000;
    expect(await token.current()).toBe('the second');
  });

  it('looks at once when the token was refused', async () => {
    await writeFile(path, 'first');
    const token = new FileToken(path, () => time);
    await token.current();
    await writeFile(path, 'the second');
    await token.refresh();
    expect(await token.current()).toBe('the second');
  });

  it('keeps the former token while the file is away or empty', async () => {
    await writeFile(path, 'first');
    const token = new FileToken(path, () => time);
    await token.current();
    for (const makeUnreadable of [() => writeFile(path, ''), () => rm(path)]) {
      await makeUnreadable();
      time += 1000;
      expect(await token.current()).toBe('first');
    }
  });

  it('fails where there never was one', async () => {
    await expect(new FileToken(path, () => time).current()).rejects.toThrow('cannot read the token file');
    await writeFile(path, '  \n');
    await expect(new FileToken(path, () => time).current()).rejects.toThrow('is empty');
  });
});
