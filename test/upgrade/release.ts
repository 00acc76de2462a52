import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import * as z from 'zod';
import type { Item } from '../../directory/store/item-table.ts';
import { projectRoot } from '../helpers/processes.ts';

/** A folder for each release; what is in one never changes again. */
const releasesFolder = join(projectRoot, 'test', 'upgrade', 'releases');

/** Where a release's recording is kept. */
export interface ReleaseFiles {
  /** The data folder that its `npm start` left. */
  readonly data: string;
  /** Every item of its table, one a line of JSON. */
  readonly table: string;
  /** What its directory answered, and what shall come of what it left half-way. */
  readonly expected: string;
  /** Its `npm start` in one file, compressed by Brotli. */
  readonly program: string;
}

export function filesOf(release: string): ReleaseFiles {
  const folder = join(releasesFolder, release);
  return {
    data: join(folder, 'data'),
    table: join(folder, 'table.jsonl'),
    expected: join(folder, 'expected.json'),
    program: join(folder, 'start.mjs.br'),
  };
}

/** The releases that were recorded, the oldest first. */
export async function listReleases(): Promise<readonly string[]> {
  const names = await readdir(releasesFolder);
  return names.sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
}

const ResourceSchema = z.looseObject({ id: z.string() });

export const ExpectedSchema = z.object({
  /** By tenant: every user and every group, as it was answered, with `{tenantUrl}` in the place of the Tenant URL. */
  tenants: z.record(z.string(), z.object({ Users: z.array(ResourceSchema), Groups: z.array(ResourceSchema) })),
  /** A change of members that was binding, and not yet carried out, when the process died. */
  halfWay: z.object({ tenant: z.string(), group: z.string(), members: z.array(z.string()) }),
  deletedUser: z.object({ tenant: z.string(), id: z.string(), userName: z.string() }),
});
export type Expected = z.infer<typeof ExpectedSchema>;

/** What a release left, copied to where it may be written to. */
export interface Recording {
  readonly expected: Expected;
  readonly items: readonly Item[];
  /** A copy of the data folder. */
  readonly data: string;
  /** The release's `npm start`, which Node can run. */
  readonly program: string;
  /** Holds both. */
  readonly folder: string;
}

/** Unpacks a release into a folder of its own, which the caller deletes. */
export async function unpackRelease(release: string): Promise<Recording> {
  const files = filesOf(release);
  const folder = await mkdtemp(join(tmpdir(), `scim-stack-${release}-`));
  const data = join(folder, 'data');
  const program = join(folder, 'start.mjs');
  await mkdir(data, { mode: 0o700 });
  await cp(files.data, data, { recursive: true });
  await writeFile(program, await promisify(brotliDecompress)(await readFile(files.program)));
  const lines = (await readFile(files.table, 'utf8')).trimEnd().split('\n');
  return {
    expected: ExpectedSchema.parse(JSON.parse(await readFile(files.expected, 'utf8'))),
    items: lines.map((line): Item => JSON.parse(line)),
    data,
    program,
    folder,
  };
}
