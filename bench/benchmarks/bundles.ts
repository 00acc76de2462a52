import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundleEntry, bundleText, entryNames } from '../../test/helpers/bundles.ts';
import { runProcess } from '../../test/helpers/processes.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns } from '../measure.ts';

/** Powertools' logger and metrics, which every function has and the reference has not. */
const POWERTOOLS_BYTES = 32_000;

export const bundlesBenchmark: Benchmark = {
  name: 'bundles',
  about: "size and import time of each entry's bundle, next to a bundle of the same libraries alone",
  method: `
Each entry as the stacks bundle it. The reference is middy, zod (\`import * as z\`) and the DynamoDB client with the calls that
we make, bundled with the same options, around a handler that does nothing of its own. lib-dynamodb, on top of that client,
is not installed here: with it the reference would be some 10 KB larger. Import time is that of one \`import()\` in a fresh
process, in turns; it is the part of a cold start that is in our hands. KB are 1,000 bytes.`,
  run: measureBundles,
};

const REFERENCE = `
import middy from '@middy/core';
import * as z from 'zod';
import {
  BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand,
  TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
const commands = {
  BatchGetItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand,
  UpdateItemCommand,
};
const EventSchema = z.object({ command: z.string(), input: z.record(z.string(), z.unknown()) });
let client;
export const handler = middy().handler(async (event) => {
  const { command, input } = EventSchema.parse(event);
  client ??= new DynamoDBClient();
  return await client.send(new commands[command](input));
});`;

async function measureBundles(bench: Bench): Promise<readonly Finding[]> {
  bench.say('bundling');
  const reference = await bundleText(REFERENCE);
  const entries = await Promise.all(entryNames.map(async (name) => ({ name, bundle: await bundleEntry(name) })));
  const [largest] = entries.toSorted((left, right) => right.bundle.bytes - left.bundle.bytes);
  if (largest === undefined) throw new Error('there is no entry');
  const allowed = reference.bytes + POWERTOOLS_BYTES;
  return [
    {
      what: 'size of the largest bundle',
      figures: [
        { of: largest.name, value: largest.bundle.bytes / 1000, unit: 'KB' },
        { of: 'reference and Powertools', value: allowed / 1000, unit: 'KB' },
      ],
      ratio: ratioOf(`${largest.name} / reference`, largest.bundle.bytes, allowed, { atMost: 1.1 }),
    },
    {
      what: 'size of each bundle',
      figures: entries.map(({ name, bundle }) => ({ of: name, value: bundle.bytes / 1000, unit: 'KB' })),
    },
    ...(await measureImports(bench, entries, largest.name, reference)),
  ];
}

async function measureImports(
  bench: Bench,
  entries: readonly { readonly name: string; readonly bundle: Bundle }[],
  largest: string,
  reference: Bundle,
): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-stack-bundles-'));
  bench.onEnd(() => rm(folder, { recursive: true }));
  const trials: Record<string, () => Promise<number>> = {};
  for (const [name, { code }] of [
    ...entries.map(({ name, bundle }) => [name, bundle] as const),
    ['', reference] as const,
  ]) {
    const file = join(folder, `${name === '' ? 'reference' : name}.mjs`);
    await writeFile(file, code);
    trials[name] = () => importTime(file);
  }
  bench.say('importing each in a fresh process');
  const millis = await takeTurns(bench, trials, bench.pick({ full: 13, quick: 6, smoke: 2 }));
  const [ours = Number.NaN, theirs = Number.NaN] = [millis[largest], millis['']];
  return [
    {
      what: 'import time of the largest bundle',
      figures: [
        { of: largest, value: ours, unit: 'ms' },
        { of: 'reference', value: theirs, unit: 'ms' },
      ],
      ratio: ratioOf(`${largest} / reference`, ours, theirs, { atMost: 1.25 }),
    },
    {
      what: 'import time of each bundle',
      figures: entries.map(({ name }) => ({ of: name, value: millis[name] ?? Number.NaN, unit: 'ms' })),
    },
  ];
}

const IMPORT = `
const started = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - started));`;

async function importTime(file: string): Promise<number> {
  const { status, stdout, stderr } = await runProcess(process.execPath, ['--input-type=module', '-e', IMPORT, file]);
  if (status !== 0) throw new Error(`a bundle cannot be imported: ${stderr}`);
  return Number(stdout);
}
