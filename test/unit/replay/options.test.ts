import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../../replay/options.ts';

const needed = ['--tenant-url', 'https://x.example/scim/v2/', '--token', 'secret'];

function refusal(...argv: string[]): string {
  try {
    parseOptions(argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('not refused');
}

describe('parseOptions', () => {
  it('plays 1,000 users, 20 groups and two cycles unless told otherwise', () => {
    expect(parseOptions(needed)).toMatchObject({
      tenantUrl: { base: 'https://x.example/scim/v2' },
      users: 1000,
      groups: 20,
      cycles: 2,
      client: 'entra',
      keep: false,
    });
  });

  it.each([
    [['--token', 'x'], '--tenant-url'],
    [['--tenant-url', 'nonsense', '--token', 'x'], 'not a Tenant URL'],
    [needed.slice(0, 2), 'either --token or --token-file'],
    [[...needed, '--token-file', 'x'], 'either --token or --token-file'],
    [[...needed, '--users', 'many'], 'expected a whole number'],
    [[...needed, '--concurrency', '0'], '--concurrency'],
    [[...needed, '--mapping', 'mine'], 'mail-objectid'],
    [[...needed, '--flavour', 'put'], '--client okta'],
    [[...needed, '--passwords'], '--client okta'],
    [[...needed, '--client', 'okta', '--dialect', 'both'], '--client entra'],
    [[...needed, '--client', 'okta', '--mapping', 'email'], '--client entra'],
    [[...needed, '--clean'], '--seed'],
    [[...needed, '--clean', '--seed', 'x', '--keep'], 'contradict'],
    [[...needed, '--colour'], 'unknown option'],
    [[...needed, 'extra'], 'too many arguments'],
  ])('refuses %j', (argv, reason) => {
    expect(refusal(...argv)).toContain(reason);
  });

  it('teaches with examples', () => {
    expect(refusal('--help')).toContain('Examples:');
  });
});
