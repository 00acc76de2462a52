import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { localiseTemplate } from './localise-template.ts';

const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      properties: z.object({ templateFile: z.string().optional() }).loose().optional(),
    }),
  ),
});

const AssetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }).loose() })),
});

/** A stack of a cloud assembly, that is of what `cdk synth` writes. */
export interface AssembledStack {
  readonly name: string;
  /** Code of the AWS region. */
  readonly region: string;
  readonly templateFile: string;
}

/** The stacks of the assembly in a folder. */
export async function readStacks(folder: string): Promise<readonly AssembledStack[]> {
  const { artifacts } = ManifestSchema.parse(await readJson(join(folder, 'manifest.json')));
  return Object.entries(artifacts).flatMap(([name, { type, environment, properties }]) => {
    const region = environment?.split('/').at(-1);
    const templateFile = properties?.templateFile;
    if (type !== 'aws:cloudformation:stack' || region === undefined || templateFile === undefined) return [];
    return [{ name, region, templateFile }];
  });
}

/** Makes the assembly in a folder, in place, one that can be deployed to the emulator at that endpoint. */
export async function localiseAssembly(folder: string, endpoint: string): Promise<void> {
  for (const { name, templateFile } of await readStacks(folder)) {
    await rewriteTemplate(folder, templateFile, (template) => localiseTemplate(name, template, endpoint));
  }
}

/**
 * Changes a stack's template. The template is an asset that goes by its digest, and the CLI uploads none that is there
 * already: so its new digest takes the old one's place wherever the assembly names it.
 */
export async function rewriteTemplate(
  folder: string,
  templateFile: string,
  change: (template: unknown) => unknown,
): Promise<void> {
  const templatePath = join(folder, templateFile);
  const text = JSON.stringify(change(await readJson(templatePath)), undefined, 1);
  const assetsPath = join(folder, templateFile.replace(/\.template\.json$/, '.assets.json'));
  const { files } = AssetsSchema.parse(await readJson(assetsPath));
  const [oldDigest] = Object.entries(files).find(([, { source }]) => source.path === templateFile) ?? [];
  if (oldDigest === undefined) throw new Error(`${assetsPath} does not name the asset ${templateFile}`);
  const digest = createHash('sha256').update(text).digest('hex');
  await writeFile(templatePath, text);
  for (const path of [assetsPath, join(folder, 'manifest.json')]) {
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(oldDigest, digest));
  }
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
