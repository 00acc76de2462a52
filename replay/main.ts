import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { openActionFile } from './action-file.ts';
import { parseOptions, type ReplayOptions, UsageError } from './options.ts';
import { createProgress } from './progress.ts';
import { toExitStatus } from './report/report.ts';
import { toText } from './report/report-text.ts';
import { runReplay } from './run.ts';

const USAGE_STATUS = 2;
const INTERRUPTED_STATUS = 130;

async function main(): Promise<number> {
  let options: ReplayOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    (error.isHelp ? process.stdout : process.stderr).write(`${error.message}\n`);
    return error.isHelp ? 0 : USAGE_STATUS;
  }
  const interruption = new AbortController();
  // Every request that waits for its next attempt listens to it.
  setMaxListeners(0, interruption.signal);
  const interrupt = (): void => {
    // The first asks for an orderly end; who asks again wants it at once.
    if (interruption.signal.aborted) process.exit(INTERRUPTED_STATUS);
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const { json, verbose } = options;
  const actions = options.actions === undefined ? undefined : await openActionFile(options.actions);
  const report = await runReplay(options, {
    seed: randomBytes(4).toString('hex'),
    signal: interruption.signal,
    createProgress: (errors) => createProgress(process.stderr, errors, () => performance.now()),
    ...(actions === undefined ? {} : { note: actions.write }),
    trace: verbose ? (line) => process.stderr.write(`${line}\n`) : () => undefined,
  });
  await actions?.close();
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `\n${toText(report)}\n`);
  return toExitStatus(report);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`replay: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
