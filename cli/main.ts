import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { createAws } from './deployment/aws.ts';
import { exitCodes, explainFailure } from './failure.ts';
import { runCommand } from './program.ts';
import { createTerminal } from './terminal.ts';

const interruption = new AbortController();
setMaxListeners(0, interruption.signal);
const interrupt = (): void => {
  // The first asks for an orderly end; who asks again wants it at once.
  if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
  interruption.abort();
};
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
// A pipe whose reader has had enough, such as `| head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
});

const PackageSchema = z.object({ version: z.string() });
const packageFile = new URL('../package.json', import.meta.url);
const { version } = PackageSchema.parse(JSON.parse(readFileSync(packageFile, 'utf8')));

const terminal = createTerminal({ input: process.stdin, output: process.stdout, errors: process.stderr });
try {
  await runCommand(process.argv.slice(2), {
    terminal,
    fetch,
    createAws,
    now: () => new Date(),
    newId: randomUUID,
    delay: async (millis, signal) => {
      await delay(millis, undefined, { signal });
    },
    signal: interruption.signal,
    nodeVersion: process.versions.node,
    version,
    configPath: process.env['SCIM_STACK_CONFIG'],
  });
  process.exitCode = exitCodes.done;
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  if (text !== '') terminal.note(`${text}\n`);
  process.exitCode = exitCode;
}
