import type { Aws, DeployedStack } from '../../cli/deployment/aws.ts';
import { explainFailure } from '../../cli/failure.ts';
import { runCommand } from '../../cli/program.ts';
import type { CliDependencies } from '../../cli/session.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { createFakeAdminApi, type FakeAdminApi, type FakeAnswers } from './fake-admin-api.ts';

/** The time of every test of the command line. */
export const NOW = new Date('2026-11-22T10:00:00Z');

export interface CliRunOptions {
  readonly answers?: FakeAnswers;
  /** In place of the fake admin API. */
  readonly fetch?: CliDependencies['fetch'];
  /** What a person types, in this order; without it nobody is at the terminal. */
  readonly typed?: readonly string[];
  readonly input?: string;
  readonly stacks?: readonly DeployedStack[];
  readonly aws?: Partial<Aws>;
  readonly dependencies?: Partial<CliDependencies>;
}

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  /** What failed is on it as the program would print it. */
  readonly stderr: string;
  readonly api: FakeAdminApi;
  /** What was waited for, in milliseconds. */
  readonly waits: readonly number[];
}

/** Where the commands find the fake admin API, unless the test says otherwise. */
export const ENDPOINT = ['--endpoint', 'https://abc.execute-api.us-east-1.amazonaws.com/prod/admin'];

/** Runs a command line in the process, against the fake admin API. */
export async function runCli(argv: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  const written = { stdout: '', stderr: '' };
  const waits: number[] = [];
  const api = createFakeAdminApi(options.answers ?? {});
  const run = (exitCode: number): CliRun => ({ exitCode, ...written, api, waits });
  try {
    await runCommand(argv, {
      terminal: createFakeTerminal(written, options),
      fetch: options.fetch ?? api.fetch,
      createAws: () => createFakeAws(options),
      now: () => NOW,
      newId: () => '00000000-0000-4000-8000-000000000000',
      delay: async (millis) => {
        waits.push(millis);
      },
      signal: new AbortController().signal,
      nodeVersion: '24.21.0',
      version: '1.2.3',
      configPath: undefined,
      ...options.dependencies,
    });
    return run(0);
  } catch (error) {
    const { text, exitCode } = explainFailure(error);
    written.stderr += text;
    return run(exitCode);
  }
}

function createFakeTerminal(
  written: { stdout: string; stderr: string },
  { typed, input = '' }: CliRunOptions,
): Terminal {
  const answers = [...(typed ?? [])];
  const ask = async (question: string): Promise<string> => {
    written.stderr += question;
    return answers.shift() ?? '';
  };
  return {
    isInteractive: typed !== undefined,
    print: (text) => {
      written.stdout += text;
    },
    note: (text) => {
      written.stderr += text;
    },
    progress: () => undefined,
    endProgress: () => undefined,
    ask,
    askSecret: ask,
    readInput: async () => input,
  };
}

function createFakeAws({ stacks = [], aws = {} }: CliRunOptions): Aws {
  return {
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    getCaller: async () => ({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/jo' }),
    findStack: async (_region, name) => stacks.find((stack) => stack.name === name),
    getLambdaConcurrency: async () => 1_000,
    findQuota: async () => 10_000,
    changeAlias: async () => undefined,
    ...aws,
  };
}
