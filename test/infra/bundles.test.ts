import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../lib/app.ts';
import { parseDeploymentConfig } from '../../lib/config/read-config.ts';
import { type Bundle, bundleEntry, bytesByOwner, entryNames } from '../helpers/bundles.ts';
import { runProcess } from '../helpers/processes.ts';

/** What a bundle may be larger than recorded: room for small changes, not for another library. */
const HEADROOM = 1.03;
/** Parts named where a bundle grew. */
const NAMED = 5;

const RecordedSchema = z.record(z.string(), z.object({ bytes: z.number(), parts: z.record(z.string(), z.number()) }));

let folder: string;
let deployed: readonly string[];
const bundles = new Map<string, Bundle>();
let recorded: z.infer<typeof RecordedSchema>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  createApp(parseDeploymentConfig('test', '{}'), { outdir: folder }).synth();
  const files = await readdir(folder, { recursive: true });
  deployed = files.filter((file) => file.endsWith('index.mjs')).map((file) => join(folder, file));
  for (const name of entryNames) bundles.set(name, await bundleEntry(name));
  recorded = RecordedSchema.parse(JSON.parse(await readFile(new URL('bundle-contents.json', import.meta.url), 'utf8')));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the bundles of the entries', () => {
  it('are one ES module each, with a source map beside it, made as tests and benchmarks make them', async () => {
    const sizes = await Promise.all(deployed.map(async (file) => (await stat(file)).size));
    expect(sizes.toSorted()).toEqual(entryNames.map((name) => bundles.get(name)?.bytes).toSorted());
    for (const file of deployed) expect((await stat(`${file}.map`)).isFile()).toBe(true);
  });

  it('need nothing that is not in them, and read no environment before the first call', async () => {
    // Called without its environment, an entry names what it misses.
    const code = `
      const { handler } = await import(process.argv[1]);
      console.log('imported');
      await Promise.try(handler, {}, {}).catch((error) => console.log(error.message));`;
    for (const file of deployed) {
      const { stdout } = await runProcess(process.execPath, ['--input-type=module', '-e', code, file], {
        cwd: folder,
        env: {},
      });
      expect(stdout).toMatch(/^imported\n[\s\S]*(?:TABLE_NAME|TOKEN_SECRET_PREFIX)/);
    }
  });

  it.each(entryNames)('keep to the recorded size: %s', (name) => {
    const bundle = bundles.get(name);
    const record = recorded[name];
    const isWithin = bundle !== undefined && record !== undefined && bundle.bytes <= record.bytes * HEADROOM;
    // Where it is meant: node test/infra/record-bundles.ts
    expect(isWithin ? [] : growthOf(bundle, record?.parts)).toEqual([]);
  });
});

/** What became larger most, for whoever has to find out why. */
function growthOf(bundle: Bundle | undefined, before: Readonly<Record<string, number>> = {}): readonly string[] {
  if (bundle === undefined) return ['there is no such bundle'];
  const growth = [...bytesByOwner(bundle)].map(([owner, bytes]) => ({ owner, by: bytes - (before[owner] ?? 0) }));
  const largest = growth.toSorted((left, right) => right.by - left.by).slice(0, NAMED);
  return [`${bundle.bytes} bytes`, ...largest.map(({ owner, by }) => `${owner}: ${by} bytes more`)];
}

const serving = ['bulk', 'groups', 'search', 'users'];

/** What may be in which bundles only. */
const reserved: readonly { readonly part: RegExp; readonly entries: readonly string[] }[] = [
  { part: /^(?:directory|scim)\/bulk\//, entries: ['bulk'] },
  { part: /^directory\/list\//, entries: ['admin', 'application', 'groups', 'search', 'users'] },
  { part: /^directory\/operator\//, entries: ['admin', 'application', 'lifecycle', 'rotation'] },
  { part: /^directory\//, entries: entryNames.filter((name) => name !== 'authorizer') },
  { part: /^scim\/(?:patch|dialects)\//, entries: ['admin', 'application', 'bulk', 'groups', 'users'] },
  // The rotation reads tenants, whose settings name attributes by paths that may hold a filter.
  { part: /^scim\/filter\/parser/, entries: ['admin', 'application', 'rotation', ...serving] },
  { part: /^lambda\/admin\//, entries: ['admin'] },
  { part: /^lambda\/authorization\//, entries: ['admin', 'authorizer', 'rotation'] },
  { part: /^lambda\/rotation\//, entries: ['rotation'] },
  { part: /^lambda\/sweep\//, entries: ['lifecycle', 'sweeper'] },
  { part: /^lambda\/watch\//, entries: ['watcher'] },
  { part: /^lambda\/feed\//, entries: ['admin', 'feed'] },
  { part: /^lambda\/webhooks\/(?!webhook-secret|secrets-manager|change-secret)/, entries: ['webhooks'] },
  { part: /^node_modules\/standardwebhooks\//, entries: ['webhooks'] },
  { part: /^node_modules\/@aws-sdk\/client-dynamodb\//, entries: entryNames.filter((name) => name !== 'authorizer') },
  {
    part: /^node_modules\/@aws-sdk\/client-secrets-manager\//,
    entries: ['admin', 'authorizer', 'rotation', 'webhooks'],
  },
  { part: /^node_modules\/@aws-sdk\/client-sns\//, entries: ['watcher'] },
  { part: /^node_modules\/@aws-sdk\/client-eventbridge\//, entries: ['admin', 'feed'] },
  { part: /^node_modules\/@aws-sdk\/client-sqs\//, entries: ['admin', 'feed', 'webhooks'] },
  { part: /^node_modules\/@aws-sdk\/client-(?!dynamodb\/|secrets-manager|sns|eventbridge|sqs)/, entries: [] },
  // A function's credentials are in its environment: nobody looks for them elsewhere (lib/bundle-options.ts).
  { part: /^node_modules\/@aws-sdk\/(?:credential-provider|nested-clients|token-providers)/, entries: [] },
  { part: /^(?:cli|lib|local|replay|bench|deploy-local|test)\//, entries: [] },
  { part: /sqlite/, entries: [] },
];

describe('what an entry bundles', () => {
  it.each(reserved)('has $part in $entries alone', ({ part, entries }) => {
    const holders = [...bundles].filter(([, { inputs }]) => [...inputs.keys()].some((file) => part.test(file)));
    expect(holders.map(([name]) => name)).toEqual(entries.toSorted());
  });
});
