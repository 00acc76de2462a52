import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { toJsonLines } from '../local/greeting.ts';
import { startEmulator } from './emulator.ts';
import { explainFailure } from './failures.ts';
import { toGreeting } from './greeting.ts';
import { deployLocally, firstRegionOf } from './local-deployment.ts';
import { createProgram, type DeployOptions } from './options.ts';

/** What a shell says of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs until SIGINT or SIGTERM. */
async function run({ data, port, config, tenants, json }: DeployOptions): Promise<void> {
  const configPath = resolve(config);
  const region = firstRegionOf(configPath); // before anything slow: it may not be valid
  const ended = endedBySignal();
  const dataFolder = data === undefined ? await mkdtemp(join(tmpdir(), 'scim-stack-aws-')) : resolve(data);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  try {
    report('starting the emulated AWS');
    const emulator = await startEmulator({ dataFolder, port, report });
    try {
      const options = { emulator, dataFolder, configPath, region, tenants, report, signal: ended };
      const running = await deployLocally(options);
      process.stdout.write(json ? toJsonLines(running) : toGreeting(running, { url: emulator.url, config, region }));
      const log = await Promise.race([aborted(ended), emulator.died]);
      if (log !== undefined) throw new Error(`the emulated AWS has ended by itself:\n${log}`);
    } finally {
      await emulator.stop();
    }
  } finally {
    if (data === undefined) await rm(dataFolder, { recursive: true, force: true });
  }
}

function endedBySignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function report(line: string): void {
  process.stderr.write(`· ${line}\n`);
}

try {
  await createProgram(run).parseAsync();
  process.exitCode = 0;
} catch (error) {
  const isInterrupted = error instanceof Error && error.name === 'AbortError';
  if (!isInterrupted) process.stderr.write(`${explainFailure(error)}\n`);
  process.exitCode = isInterrupted ? INTERRUPTED : 1;
}
