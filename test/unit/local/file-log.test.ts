import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileLog } from '../../../local/file-log.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-log-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('FileLog', () => {
  it('adds one line of JSON a call to a file that only its owner may read', async () => {
    const path = join(folder, 'requests.log');
    for (const status of [200, 404]) {
      const log = new FileLog(path, () => new Date('2026-11-01T00:00:00Z'));
      log.info('request', { status, tableCalls: { get: 1 }, scimType: undefined });
      log.error('request failed', { status: 500 });
      await log.close();
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const timestamp = '2026-11-01T00:00:00.000Z';
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'INFO', message: 'request', timestamp, status: 200, tableCalls: { get: 1 } },
      { level: 'ERROR', message: 'request failed', timestamp, status: 500 },
      { level: 'INFO', message: 'request', timestamp, status: 404, tableCalls: { get: 1 } },
      { level: 'ERROR', message: 'request failed', timestamp, status: 500 },
    ]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
