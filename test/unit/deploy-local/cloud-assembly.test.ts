import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localiseAssembly, readStacks, rewriteTemplate } from '../../../deploy-local/cloud-assembly.ts';

const DIGEST = 'a'.repeat(64);
const TEMPLATE = 'acme-us.template.json';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloud-assembly-'));
  const put = (name: string, content: object) => writeFile(join(folder, name), JSON.stringify(content));
  await put(TEMPLATE, { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  await put('acme-us.assets.json', {
    files: {
      [DIGEST]: {
        source: { path: TEMPLATE, packaging: 'file' },
        destinations: { here: { objectKey: `${DIGEST}.json` } },
      },
      ['b'.repeat(64)]: { source: { path: 'asset.b', packaging: 'zip' }, destinations: {} },
    },
  });
  await put('manifest.json', {
    artifacts: {
      'acme-us.assets': { type: 'cdk:asset-manifest', properties: { file: 'acme-us.assets.json' } },
      'acme-us': {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/us-east-1',
        properties: { templateFile: TEMPLATE, stackTemplateAssetObjectUrl: `s3://bucket/${DIGEST}.json` },
      },
      Tree: { type: 'cdk:tree' },
    },
  });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function read(name: string): Promise<string> {
  return await readFile(join(folder, name), 'utf8');
}

describe('a cloud assembly', () => {
  it('tells its stacks and their regions', async () => {
    expect(await readStacks(folder)).toEqual([{ name: 'acme-us', region: 'us-east-1', templateFile: TEMPLATE }]);
  });

  it('names a changed template by its new digest everywhere, or the CLI would leave it where it is', async () => {
    await rewriteTemplate(folder, TEMPLATE, () => ({ Resources: {} }));
    const text = await read(TEMPLATE);
    expect(JSON.parse(text)).toEqual({ Resources: {} });
    const digest = createHash('sha256').update(text).digest('hex');
    const { files } = JSON.parse(await read('acme-us.assets.json'));
    expect(files[digest]).toMatchObject({ destinations: { here: { objectKey: `${digest}.json` } } });
    expect(files['b'.repeat(64)]).toBeDefined();
    expect(await read('manifest.json')).toContain(`s3://bucket/${digest}.json`);
    for (const name of ['acme-us.assets.json', 'manifest.json']) expect(await read(name)).not.toContain(DIGEST);
  });

  it('is localised stack by stack', async () => {
    await rewriteTemplate(folder, TEMPLATE, () => ({
      Resources: { Gone: { Type: 'AWS::WAFv2::WebACLAssociation' }, Kept: { Type: 'AWS::SNS::Topic' } },
    }));
    await localiseAssembly(folder, 'http://127.0.0.1:4566');
    expect(JSON.parse(await read(TEMPLATE))).toEqual({ Resources: { Kept: { Type: 'AWS::SNS::Topic' } } });
  });

  it('fails where a template is no asset', async () => {
    await writeFile(join(folder, 'acme-us.assets.json'), JSON.stringify({ files: {} }));
    await expect(rewriteTemplate(folder, TEMPLATE, () => ({}))).rejects.toThrow(`does not name the asset ${TEMPLATE}`);
  });
});
