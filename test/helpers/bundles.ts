import { build } from 'esbuild';
import type { EntryName } from '../../lambda/contract/environment.ts';
import { bundleOptions } from '../../lib/bundle-options.ts';
import { projectRoot } from './processes.ts';

/** Every entry: a new one that is missing here does not compile. */
const entries: Readonly<Record<EntryName, true>> = {
  admin: true,
  application: true,
  authorizer: true,
  bulk: true,
  discovery: true,
  feed: true,
  groups: true,
  lifecycle: true,
  rotation: true,
  search: true,
  sweeper: true,
  users: true,
  watcher: true,
  webhooks: true,
};
export const entryNames = Object.keys(entries).sort();

export interface Bundle {
  readonly code: Uint8Array;
  readonly bytes: number;
  /** What the bundle holds, by file, in bytes; files of which nothing is left are not named. */
  readonly inputs: ReadonlyMap<string, number>;
}

/** The bundle of an entry, as the stacks have it made; not written anywhere. */
export async function bundleEntry(name: string): Promise<Bundle> {
  return await bundle({ entryPoints: [`lambda/${name}.ts`] });
}

/** A bundle of that module, with the SDK as it is: what a deployment without our care would have. */
export async function bundleText(text: string): Promise<Bundle> {
  return await bundle({ stdin: { contents: text, resolveDir: projectRoot, sourcefile: 'reference.ts' }, alias: {} });
}

async function bundle(options: Parameters<typeof build>[0]): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...bundleOptions,
    mainFields: [...bundleOptions.mainFields],
    absWorkingDir: projectRoot,
    outfile: 'index.mjs',
    write: false,
    metafile: true,
    ...options,
  });
  const code = outputFiles?.find(({ path }) => path.endsWith('.mjs'))?.contents;
  const output = metafile?.outputs['index.mjs'];
  if (code === undefined || output === undefined) throw new Error('esbuild made no bundle');
  const inputs = Object.entries(output.inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const);
  return { code, bytes: code.length, inputs: new Map(inputs.filter(([, bytes]) => bytes > 0)) };
}

/** What a file belongs to: its package, or its room, such as `@smithy/core` or `directory/store`. */
export function ownerOf(file: string): string {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return name ?? file.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** The bytes of a bundle by {@link ownerOf}, the largest first. */
export function bytesByOwner({ inputs }: Bundle): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [file, bytes] of inputs) sums.set(ownerOf(file), (sums.get(ownerOf(file)) ?? 0) + bytes);
  return new Map([...sums].sort(([, left], [, right]) => right - left));
}
