import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { parseDeploymentConfig } from '../../lib/config/read-config.ts';
import { runProcess } from '../helpers/processes.ts';

const ENTRIES = 8;
/** Each half megabyte is some 10 ms at a cold start; zod imported by name would alone add 0.4 MB. */
const MAX_BUNDLE_BYTES = 850_000;

let folder: string;
let bundles: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  createApp(parseDeploymentConfig('test', '{}'), { outdir: folder }).synth();
  const files = await readdir(folder, { recursive: true });
  bundles = files.filter((file) => file.endsWith('index.mjs')).map((file) => join(folder, file));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the bundles of the entries', () => {
  it('are one small ES module each, with a source map beside it', async () => {
    expect(bundles).toHaveLength(ENTRIES);
    for (const bundle of bundles) {
      expect((await stat(bundle)).size).toBeLessThan(MAX_BUNDLE_BYTES);
      expect((await stat(`${bundle}.map`)).isFile()).toBe(true);
    }
  });

  it('need nothing that is not in them, and read no environment before the first call', async () => {
    // Called without its environment, an entry names what it misses.
    const code = `
      const { handler } = await import(process.argv[1]);
      console.log('imported');
      await Promise.try(handler, {}, {}).catch((error) => console.log(error.message));`;
    for (const bundle of bundles) {
      const { stdout } = await runProcess(process.execPath, ['--input-type=module', '-e', code, bundle], {
        cwd: folder,
        env: {},
      });
      expect(stdout).toMatch(/^imported\n[\s\S]*(?:TABLE_NAME|TOKEN_SECRET_PREFIX)/);
    }
  });
});
