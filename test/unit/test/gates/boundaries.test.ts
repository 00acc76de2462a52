import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BoundaryReport, checkBoundaries, describeFaults } from '../../../gates/boundaries.ts';
import { fences } from '../../../gates/fences.ts';
import { projectRoot } from '../../../helpers/processes.ts';

const made: string[] = [];

/** Checks a project that has this project's packages and only the given files. */
async function checkFiles(files: Readonly<Record<string, string>>): Promise<BoundaryReport> {
  const root = await mkdtemp(join(tmpdir(), 'scim-stack-fences-'));
  made.push(root);
  await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  const packageJson = {
    type: 'module',
    dependencies: { zod: '4', '@middy/core': '7', '@aws-sdk/client-dynamodb': '3' },
    devDependencies: { 'fast-check': '4', '@types/aws-lambda': '8', 'aws-cdk-lib': '2' },
  };
  for (const [path, text] of Object.entries({ ...files, 'package.json': JSON.stringify(packageJson) })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return await checkBoundaries(root);
}

async function fencesCrossed(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return [...new Set((await checkFiles(files)).crossings.map(({ fence }) => fence))];
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((root) => rm(root, { recursive: true, force: true })));
});

const there = 'export const there = 1;';

interface Crossing {
  readonly fence: string;
  readonly from: string;
  readonly specifier: string;
  /** The file that the import leads to, if it is one of ours. */
  readonly to?: string;
}

/** For each fence an import that it must stop. */
const crossings: readonly Crossing[] = [
  { fence: 'scim-is-pure', from: 'scim/a.ts', specifier: '../directory/b.ts', to: 'directory/b.ts' },
  { fence: 'scim-is-pure', from: 'scim/a.ts', specifier: 'node:crypto' },
  { fence: 'scim-is-pure', from: 'scim/a.ts', specifier: 'zod' },
  { fence: 'directory-knows-scim-only', from: 'directory/a.ts', specifier: '../lambda/b.ts', to: 'lambda/b.ts' },
  { fence: 'directory-knows-scim-only', from: 'directory/a.ts', specifier: '../local/b.ts', to: 'local/b.ts' },
  { fence: 'directory-speaks-no-http', from: 'directory/a.ts', specifier: 'node:http' },
  { fence: 'directory-speaks-no-http', from: 'directory/store/a.ts', specifier: '@middy/core' },
  { fence: 'lambda-knows-what-is-below', from: 'lambda/a.ts', specifier: '../local/b.ts', to: 'local/b.ts' },
  { fence: 'lambda-knows-what-is-below', from: 'lambda/a.ts', specifier: '../lib/b.ts', to: 'lib/b.ts' },
  { fence: 'contract-knows-nobody', from: 'lambda/contract/a.ts', specifier: '@aws-sdk/client-dynamodb' },
  { fence: 'contract-knows-nobody', from: 'lambda/contract/a.ts', specifier: '../../scim/b.ts', to: 'scim/b.ts' },
  { fence: 'local-knows-what-is-below', from: 'local/a.ts', specifier: '../replay/b.ts', to: 'replay/b.ts' },
  { fence: 'lib-knows-the-contract-only', from: 'lib/a.ts', specifier: '../lambda/b.ts', to: 'lambda/b.ts' },
  { fence: 'lib-knows-the-contract-only', from: 'lib/a.ts', specifier: '../directory/b.ts', to: 'directory/b.ts' },
  { fence: 'bin-knows-lib-only', from: 'bin/a.ts', specifier: '../lambda/contract/b.ts', to: 'lambda/contract/b.ts' },
  { fence: 'replay-is-a-client', from: 'replay/a.ts', specifier: '../scim/b.ts', to: 'scim/b.ts' },
  { fence: 'cli-is-a-client', from: 'cli/a.ts', specifier: '../directory/b.ts', to: 'directory/b.ts' },
  { fence: 'cli-is-a-client', from: 'cli/a.ts', specifier: '../lambda/b.ts', to: 'lambda/b.ts' },
  { fence: 'cli-is-a-client', from: 'cli/a.ts', specifier: '../lib/b.ts', to: 'lib/b.ts' },
  { fence: 'deploy-local-is-an-operator', from: 'deploy-local/a.ts', specifier: '../lambda/b.ts', to: 'lambda/b.ts' },
  { fence: 'config-needs-no-cdk', from: 'lib/config/a.ts', specifier: '../constructs/b.ts', to: 'lib/constructs/b.ts' },
  { fence: 'config-needs-no-cdk', from: 'lib/config/a.ts', specifier: 'aws-cdk-lib' },
  { fence: 'only-the-store-speaks-to-tables', from: 'directory/a.ts', specifier: '@aws-sdk/client-dynamodb' },
  { fence: 'only-the-store-speaks-to-tables', from: 'local/a.ts', specifier: 'node:sqlite' },
  { fence: 'cdk-stays-in-the-app', from: 'lambda/a.ts', specifier: 'aws-cdk-lib' },
  { fence: 'cdk-stays-in-the-app', from: 'cli/a.ts', specifier: 'aws-cdk-lib' },
  { fence: 'tests-are-not-imported', from: 'lambda/a.ts', specifier: '../test/helpers/b.ts', to: 'test/helpers/b.ts' },
  { fence: 'bench-borrows-helpers', from: 'bench/a.ts', specifier: '../test/unit/b.ts', to: 'test/unit/b.ts' },
  { fence: 'no-dev-dependency-at-run-time', from: 'lambda/a.ts', specifier: 'fast-check' },
  { fence: 'imports-resolve', from: 'lambda/a.ts', specifier: './nowhere.ts' },
];

describe('boundaries', () => {
  it.each(crossings)('$fence: $from may not import $specifier', async ({ fence, from, specifier, to }) => {
    const files = { [from]: `import { there } from '${specifier}';\nexport const used = there;\n` };
    expect(await fencesCrossed(to === undefined ? files : { ...files, [to]: there })).toContain(fence);
  });

  it('counts an imported type as an import', async () => {
    const files = {
      'scim/a.ts': "export type { There } from '../directory/b.ts';",
      'directory/b.ts': 'export type There = 1;',
    };
    expect(await fencesCrossed(files)).toContain('scim-is-pure');
  });

  it('finds modules that import each other', async () => {
    const files = {
      'lambda/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
      'lambda/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
    };
    expect(await fencesCrossed(files)).toEqual(['no-cycles']);
  });

  it('lets the arrows through', async () => {
    const files = {
      'scim/a.ts': there,
      'directory/a.ts': "import { there } from '../scim/a.ts';\nexport const a = there;",
      'directory/store/a.ts': "import * as db from '@aws-sdk/client-dynamodb';\nexport const store = db;",
      'lambda/contract/a.ts': "import * as z from 'zod';\nexport const contract = z;",
      'lambda/a.ts':
        "import type { Context } from 'aws-lambda';\nimport { a } from '../directory/a.ts';\nexport const entry = (_: Context) => a;",
      'local/a.ts':
        "import { entry } from '../lambda/a.ts';\nimport { store } from '../directory/store/a.ts';\nexport const l = [entry, store];",
      'lib/a.ts': "import { contract } from '../lambda/contract/a.ts';\nexport const stack = contract;",
      'lib/config/a.ts': "import { contract } from '../../lambda/contract/a.ts';\nexport const config = contract;",
      'cli/a.ts':
        "import { contract } from '../lambda/contract/a.ts';\nimport { config } from '../lib/config/a.ts';\nexport const c = [contract, config];",
      'bin/a.ts': "import { stack } from '../lib/a.ts';\nexport const app = stack;",
      'test/a.ts': "import { app } from '../bin/a.ts';\nimport fc from 'fast-check';\nexport const t = [app, fc];",
    };
    expect((await checkFiles(files)).crossings).toEqual([]);
  });

  it('has a crossing here for every fence', () => {
    const tried = new Set([...crossings.map(({ fence }) => fence), 'no-cycles']);
    expect(fences.map(({ name }) => name).filter((name) => name === undefined || !tried.has(name))).toEqual([]);
  });

  it('looks at every TypeScript file', async () => {
    const { files, missed } = await checkFiles({ 'scim/a.ts': there, 'scim/deep/er/b.ts': there, 'tools/c.ts': there });
    expect(files).toEqual(['scim/a.ts', 'scim/deep/er/b.ts', 'tools/c.ts']);
    expect(missed).toEqual([]);
  });
});

describe('describeFaults', () => {
  it('finds fault with a cruise that saw less than there is', () => {
    expect(describeFaults({ files: ['scim/a.ts'], missed: ['scim/a.ts'], crossings: [] })).toEqual([
      'scim/a.ts was not looked at',
    ]);
  });

  it('finds fault with a project without files', () => {
    expect(describeFaults({ files: [], missed: [], crossings: [] })).toEqual(['found no TypeScript file to look at']);
  });

  it('says why an import is not wanted', () => {
    const crossing = { fence: 'scim-is-pure', from: 'scim/a.ts', to: 'node:fs' };
    expect(describeFaults({ files: ['scim/a.ts'], missed: [], crossings: [crossing] })).toEqual([
      'scim/a.ts imports node:fs: scim/ imports no package, no node: module and no other room (scim-is-pure)',
    ]);
  });
});
