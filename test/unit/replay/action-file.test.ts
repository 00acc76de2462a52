import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openActionFile } from '../../../replay/action-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-actions-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('holds one JSON object a line, for its owner alone', async () => {
  const path = join(folder, 'actions.jsonl');
  const action = { method: 'GET', type: 'User', id: 'u', status: 404, outcome: 'failed', requestId: 'r' } as const;
  const file = await openActionFile(path);
  file.write(action);
  file.write({ ...action, id: 'v' });
  await file.close();
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual([action, { ...action, id: 'v' }]);
  expect(lines.slice(2)).toEqual(['']);
  expect((await stat(path)).mode & 0o077).toBe(0);
});

it('says so where it cannot be written', async () => {
  await expect(openActionFile(join(folder, 'nowhere', 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
});
