import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { startLocalRun } from '../../test/helpers/local-run.ts';
import type { Bench } from '../benchmark.ts';

/** A server in a process of its own, so that it shares no processor time with its client's code. */
export interface RunningServer {
  readonly url: string;
  readonly token: string;
  /** Memory that the process has of its own in bytes, where the operating system tells. */
  memory(): Promise<number | undefined>;
}

export interface ScimStackOptions {
  /** Default: a new folder, which goes at the end. */
  readonly dataFolder?: string;
  /** Keeps the directory in DynamoDB at that address. */
  readonly dynamodb?: string;
}

/** `npm start`, until the benchmark ends. */
export async function startScimStack(bench: Bench, options: ScimStackOptions = {}): Promise<RunningServer> {
  const { dataFolder, dynamodb } = options;
  const run = await startLocalRun({
    through: 'node',
    ...(dataFolder === undefined ? {} : { dataFolder }),
    ...(dynamodb === undefined ? {} : { args: ['--dynamodb', dynamodb] }),
  });
  bench.onEnd(() => run.stop());
  const { tenantUrl, token } = run.tenant;
  return { url: tenantUrl, token, memory: () => memoryOf(run.process) };
}

const TOKEN = 'a-token-like-any-other';

/** SCIMMY (`scimmy.mjs`), until the benchmark ends. */
export async function startScimmy(bench: Bench): Promise<RunningServer> {
  return await startScript(bench, 'scimmy.mjs');
}

/** A server that only repeats (`echo.mjs`), until the benchmark ends. */
export async function startEcho(bench: Bench): Promise<RunningServer> {
  return await startScript(bench, 'echo.mjs');
}

const ReadyLineSchema = z.strictObject({ url: z.url() });

async function startScript(bench: Bench, name: string): Promise<RunningServer> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [script, TOKEN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  bench.onEnd(async () => {
    child.kill();
    await ended;
  });
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), ended.then(() => [`${name} ended at once`])]);
  return { ...ReadyLineSchema.parse(JSON.parse(String(line[0]))), token: TOKEN, memory: () => memoryOf(child) };
}

/** Linux tells it: resident memory that no file stands behind, which is what a process cannot do without. */
async function memoryOf({ pid }: ChildProcess): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
