import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { createContext } from '../../helpers/directory.ts';
import { LocalCli } from '../../helpers/local-cli.ts';
import { addReport, own } from '../../helpers/ownership.ts';

let local: LocalCli;
let context: DirectoryContext;
let ada: string;
let bob: string;
const cli = (...argv: readonly string[]) => local.run(...argv);

beforeAll(async () => {
  local = await LocalCli.start();
  context = await createContext(local.table);
  [ada, bob] = [await addReport(context, 'ada'), await addReport(context, 'bob')];
});

afterAll(async () => {
  await local.stop();
});

describe('owners by the command line', () => {
  it('are nobody, then whoever is named, by userName or id; what is not given stays', async () => {
    expect((await cli('owners', 'list', 'acme')).stdout).toContain('has named nobody');
    const { stdout } = await cli('owners', 'set', 'acme', '--company-owner', 'ada@example.com', bob);
    expect(stdout).toMatch(new RegExp(`subscription owner +\\(none\\)\n *company owners +${ada}\n.*${bob}`));
    await cli('owners', 'set', 'acme', '--subscription-owner', 'bob@example.com');
    const shown = await cli('owners', 'list', 'acme', '--json');
    expect(JSON.parse(shown.stdout)).toEqual({ version: 2, subscriptionOwner: bob, companyOwners: [ada, bob] });
    await cli('owners', 'set', 'acme', '--no-subscription-owner');
    expect((await cli('owners', 'list', 'acme')).stdout).toMatch(/subscription owner +\(none\)/);
  });

  it('refuse a call that names nobody, or nobody who is there', async () => {
    expect((await cli('owners', 'set', 'acme')).exitCode).not.toBe(0);
    const { exitCode, stderr } = await cli('owners', 'set', 'acme', '--company-owner', 'nobody@example.com');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no user whose userName is')]);
  });

  it('have what is registered as theirs, which passes on when they leave', async () => {
    await own(context, ada, 'a-1', 'a-2');
    expect((await cli('owners', 'list', 'acme', '--user', 'ada@example.com')).stdout).toBe(
      'document a-1\ndocument a-2\n',
    );
    await deleteResource(context, 'User', ada, { ifMatch: undefined });
    expect((await cli('owners', 'list', 'acme', '--user', bob)).stdout).toBe('document a-1\ndocument a-2\n');
    const { exitCode, stderr } = await cli('users', 'delete', 'acme', bob, '--yes');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('only company owner')]);
  });
});
