import { randomBytes } from 'node:crypto';
import { getOrCreateAdminKey } from './admin-key.ts';
import { openDataFolder } from './data-folder.ts';
import { type DirectoryServer, ensureTenants, startDirectoryServer } from './directory-server.ts';
import { explainFailure } from './failures.ts';
import { FileLog } from './file-log.ts';
import { toGreeting, toJsonLines } from './greeting.ts';
import { openDynamoTable, openSqliteTable } from './open-table.ts';
import { createProgram, type LocalOptions } from './options.ts';
import { startSweepTimer } from './sweep-timer.ts';
import { ensureToken } from './tenant-token.ts';
import { TokenFile } from './token-file.ts';
import { startWatchTimer } from './watch-timer.ts';

/** Runs until SIGINT or SIGTERM. */
async function run(options: LocalOptions): Promise<void> {
  const stopped = waitForSignal();
  const { table, tokens, adminKey, log, close } = await open(options);
  try {
    const { host, port } = options;
    const admin = { key: adminKey, vault: tokens };
    const server = await startDirectoryServer({ host, port, table, tokens, admin, log });
    const timers = [startSweepTimer(table, log), startWatchTimer(table, log)];
    await announce(options, server, (tenant) => ensureToken(table, tokens, tenant));
    await stopped;
    await Promise.all([server.close(), ...timers.map((timer) => timer.stop())]);
  } finally {
    await close();
  }
}

async function open({ data, fresh, dynamodb, tenants }: LocalOptions) {
  if (fresh && dynamodb !== undefined)
    throw new Error('--fresh deletes files only: delete the table in DynamoDB yourself');
  const { tablePath, tokensPath, adminKeyPath, logPath } = await openDataFolder(data, fresh);
  const { table, close: closeTable } =
    dynamodb === undefined ? openSqliteTable(tablePath) : await openDynamoTable(dynamodb, process.env);
  const now = () => new Date();
  await ensureTenants(table, tenants, now());
  const log = new FileLog(logPath, now);
  const close = async (): Promise<void> => {
    closeTable();
    await log.close();
  };
  const adminKey = await getOrCreateAdminKey(adminKeyPath, randomBytes);
  return { table, tokens: new TokenFile(tokensPath, { now }), adminKey, log, close };
}

async function announce(
  { tenants, data, json }: LocalOptions,
  server: DirectoryServer,
  tokenOf: (tenant: string) => Promise<string>,
): Promise<void> {
  const running = [];
  for (const tenant of tenants) {
    const token = await tokenOf(tenant);
    running.push({ tenant, tenantUrl: server.tenantUrl(tenant), token });
  }
  process.stdout.write(json ? toJsonLines(running) : toGreeting(running, data));
}

async function waitForSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

try {
  await createProgram(run).parseAsync();
  process.exitCode = 0;
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exitCode = 1;
}
