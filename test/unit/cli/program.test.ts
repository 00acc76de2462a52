import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../cli/program.ts';
import { runCli } from '../../helpers/cli.ts';

/** Every command that does something, by its words. */
function leavesOf(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  const inner = command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]));
  return inner.length === 0 ? [words] : inner;
}

const program = createProgram({
  terminal: {} as never,
  fetch: {} as never,
  createAws: {} as never,
  now: () => new Date(),
  newId: {} as never,
  delay: {} as never,
  signal: {} as never,
  nodeVersion: '',
  version: '1.2.3',
  configPath: undefined,
});

describe('scim-stack --help', () => {
  it('lists the commands and the exit statuses', async () => {
    const { exitCode, stdout } = await runCli(['--help']);
    expect(exitCode).toBe(0);
    for (const word of ['doctor', 'tenants', 'tokens', 'cycles', 'audit', 'outputs', 'Exit status:', '--local']) {
      expect(stdout).toContain(word);
    }
  });

  it.each(leavesOf(program).map((words) => [words.join(' '), words] as const))(
    'has examples of %s, each of which begins with it',
    async (name, words) => {
      const { exitCode, stdout } = await runCli([...words, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('--json');
      const [, examples = ''] = stdout.split('Examples:\n');
      const lines = examples.split('\n\n')[0]?.trimEnd().split('\n') ?? [];
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => line.startsWith(`  scim-stack ${name}`))).not.toEqual([]);
    },
  );
});

describe('scim-stack --version', () => {
  it('tells the release', async () => {
    expect(await runCli(['--version'])).toMatchObject({ exitCode: 0, stdout: '1.2.3\n' });
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [['tenant', 'list'], 'Did you mean tenants?'],
    [['tenants', 'show'], 'missing required argument'],
    [['tenants', 'show', 'acme', 'globex'], 'too many arguments'],
    [['tenants', 'list', '--jsn'], 'Did you mean --json?'],
    [['tenants', 'list', '--endpoint', 'nowhere'], 'expected a URL'],
    [['tenants', 'list', '--local', '--region', 'us'], '--local is for the local run'],
  ])('%j is refused with words', async (argv, words) => {
    const { exitCode, stdout, stderr } = await runCli(argv);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });
});
