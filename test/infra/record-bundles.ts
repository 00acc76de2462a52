import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleEntry, bytesByOwner, entryNames } from '../helpers/bundles.ts';

/** Below this a part is not named: what it grows by is noise. */
const LEAST_BYTES = 1_000;

/** Writes down what each bundle holds now; `bundles.test.ts` compares with it. To be run where a growth is meant. */
const recorded: Record<string, unknown> = {};
for (const name of entryNames) {
  const bundle = await bundleEntry(name);
  const parts = [...bytesByOwner(bundle)].filter(([, bytes]) => bytes >= LEAST_BYTES);
  recorded[name] = { bytes: bundle.bytes, parts: Object.fromEntries(parts) };
}
await writeFile(
  fileURLToPath(new URL('bundle-contents.json', import.meta.url)),
  `${JSON.stringify(recorded, undefined, 2)}\n`,
);
