import { parseOptions } from '../../replay/options.ts';
import type { Report } from '../../replay/report/report.ts';
import { runReplay, type Surroundings } from '../../replay/run.ts';

const silent = { begin: () => undefined, advance: () => undefined, end: () => undefined };

/** Plays a small run against the Tenant URL, with the token `secret` unless a token file is given. */
export function playSmall(
  url: string,
  argv: readonly string[] = [],
  surroundings: Partial<Surroundings> = {},
): Promise<Report> {
  const token = argv.some((argument) => argument.startsWith('--token')) ? [] : ['--token', 'secret'];
  const small = ['--users', '12', '--groups', '3', '--seed', 'test'];
  return runReplay(parseOptions(['--tenant-url', url, ...token, ...small, ...argv]), {
    seed: 'unused',
    signal: new AbortController().signal,
    createProgress: () => silent,
    trace: () => undefined,
    ...surroundings,
  });
}
