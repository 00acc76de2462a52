import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port.ts';
import { signalGroup } from './process-group.ts';
import { projectFolder } from './project-folder.ts';
import { type Report, VirtualEnvironment } from './virtual-environment.ts';

/** The account that MiniStack gives out. */
export const EMULATED_ACCOUNT = '000000000000';

const START_TIMEOUT_MILLIS = 60_000;
/** It writes down the whole account first, which on a busy machine takes its time; killed before, it forgets everything. */
const STOP_TIMEOUT_MILLIS = 30_000;
const POLL_MILLIS = 50;

export interface EmulatorOptions {
  /** What is in the emulated account is kept here, from one run to the next; so is the emulator's log. */
  readonly dataFolder: string;
  /**
   * Port of the endpoint; 0 for a free one.
   *
   * @default 0
   */
  readonly port?: number;
  /**
   * Whether IAM policies are evaluated. Only once everything is deployed: with it, the CDK's roles may not read the
   * bootstrap bucket.
   *
   * @default false
   */
  readonly enforceIam?: boolean;
  readonly report?: Report;
}

/** An emulated AWS that runs on this machine. */
export interface Emulator {
  /** Endpoint of every service and every region, without a trailing slash. */
  readonly url: string;
  /** Of the emulator itself; its functions are processes of its own. */
  readonly pid: number;
  /** Resolves, when it ends by itself, with the last lines of its log. */
  readonly died: Promise<string>;
  /** Saves the account's contents and ends it; a second call waits for the same end. */
  stop(): Promise<void>;
}

/**
 * Installs the pinned MiniStack where it is missing, and starts it on 127.0.0.1.
 *
 * @throws MissingNeedError when Python is missing. @throws Error when it does not come up.
 */
export async function startEmulator({
  dataFolder,
  port,
  enforceIam = false,
  report = () => undefined,
}: EmulatorOptions): Promise<Emulator> {
  const python = await installEmulator(report);
  const temporaryFolder = join(dataFolder, 'tmp');
  await rm(temporaryFolder, { recursive: true, force: true }); // the functions of a former run
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });
  const chosen = port || (await findFreePort('127.0.0.1'));
  const logPath = join(dataFolder, 'emulator.log');
  const child = await launch(python, chosen, dataFolder, logPath, enforceIam);
  const url = `http://127.0.0.1:${chosen}`;
  const { pid } = child;
  const exited = once(child, 'exit').catch(() => undefined);
  const stop = stopOnce(child, exited);
  try {
    await untilHealthy(child, url);
    if (pid === undefined) throw new Error('it has no process');
  } catch (cause) {
    await stop();
    throw new Error(`the emulated AWS did not start on port ${chosen}: ${await lastLines(logPath)}`, { cause });
  }
  return { url, pid, died: exited.then(() => lastLines(logPath)), stop };
}

/** @returns The interpreter that has MiniStack. @throws MissingNeedError */
export async function installEmulator(report?: Report): Promise<string> {
  const environment = new VirtualEnvironment(join(projectFolder, '.cache', 'emulator'), report);
  await environment.installRequirements(
    join(projectFolder, 'deploy-local', 'requirements.txt'),
    'MiniStack, an emulated AWS,',
  );
  return environment.python;
}

async function launch(
  python: string,
  port: number,
  dataFolder: string,
  logPath: string,
  enforceIam: boolean,
): Promise<ChildProcess> {
  const log = await open(logPath, 'a', 0o600);
  try {
    // A process group of its own: Ctrl-C must not reach it before what was deployed is saved, and its functions go with it.
    return spawn(python, [join(projectFolder, 'deploy-local', 'emulator.py')], {
      cwd: dataFolder,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: {
        // The functions inherit this environment, so it holds nothing of the user's.
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        HOME: dataFolder,
        TMPDIR: join(dataFolder, 'tmp'),
        NODE_PATH: join(projectFolder, 'node_modules'),
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        MINISTACK_HOST: '127.0.0.1',
        PERSIST_STATE: '1',
        STATE_DIR: join(dataFolder, 'state'),
        S3_PERSIST: '1',
        S3_DATA_DIR: join(dataFolder, 's3'),
        ...(enforceIam ? { AUTH: 'true' } : {}),
      },
    });
  } finally {
    await log.close();
  }
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const deadline = performance.now() + START_TIMEOUT_MILLIS;
  while (!(await isHealthy(url))) {
    if (failure !== undefined) throw failure;
    if (hasEnded(child)) throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    if (performance.now() > deadline) throw new Error(`no answer within ${START_TIMEOUT_MILLIS / 1000} s`);
    await sleep(POLL_MILLIS);
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

/** SIGTERM saves the state; now and then one closes its port but never ends, so SIGKILL follows, for the group. */
function stopOnce(child: ChildProcess, exited: Promise<unknown>): () => Promise<void> {
  const { pid } = child;
  const killGroup = (): void => {
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  };
  process.once('exit', killGroup);
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= (async () => {
      if (pid !== undefined && !hasEnded(child)) {
        child.kill('SIGTERM');
        await Promise.race([exited, sleep(STOP_TIMEOUT_MILLIS, undefined, { ref: false })]);
      }
      killGroup();
      await exited;
      process.off('exit', killGroup);
    })();
    return stopping;
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
}
