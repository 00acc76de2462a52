import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { createWebhookPublisher, publishByAll } from '../lambda/feed/publishers.ts';
import { getOrCreateAdminKey } from './admin-key.ts';
import { openDataFolder } from './data-folder.ts';
import { type DirectoryServer, ensureTenants, startDirectoryServer } from './directory-server.ts';
import { EventLines } from './event-lines.ts';
import { explainFailure } from './failures.ts';
import { startFeedLoop } from './feed-loop.ts';
import { FileLog } from './file-log.ts';
import { toGreeting, toJsonLines } from './greeting.ts';
import { startLifecycleTimer } from './lifecycle-timer.ts';
import { openDynamoTable, openSqliteTable } from './open-table.ts';
import { createProgram, type LocalOptions } from './options.ts';
import { startSweepTimer } from './sweep-timer.ts';
import { ensureToken } from './tenant-token.ts';
import { TokenFile } from './token-file.ts';
import { leaveUnguarded } from './unguarded.ts';
import { startWatchTimer } from './watch-timer.ts';
import { LocalWebhookQueue } from './webhook-queue.ts';
import { WebhookSecretFile } from './webhook-secret-file.ts';

// The promised 512 MB hold on a busy machine, too: what a large answer leaves behind is collected before as much again is.
setFlagsFromString('--heap-growing-percent=50');

/** Runs until SIGINT or SIGTERM. */
async function run(options: LocalOptions): Promise<void> {
  const stopped = waitForSignal();
  const { table, stream, tokens, webhookSecrets, adminKey, log, close } = await open(options);
  try {
    const { host, port } = options;
    const webhooks = new LocalWebhookQueue({ table, secrets: webhookSecrets, log });
    const events = new EventLines((line) => process.stdout.write(line));
    const publisher = publishByAll([createWebhookPublisher(webhooks), ...(options.events ? [events] : [])]);
    const delivery = { publisher, webhooks, webhookSecrets };
    const admin = { key: adminKey, vault: tokens, delivery };
    const server = await startDirectoryServer({ host, port, table, tokens, admin, log });
    const feed = startFeedLoop({ stream, table, publisher, log });
    const timers = [startSweepTimer(table, log), startWatchTimer(table, log), startLifecycleTimer(table, log)];
    await announce(options, server, (tenant) => ensureToken(table, tokens, tenant));
    events.open();
    await stopped;
    await Promise.all([server.close(), feed.stop(), ...timers.map((timer) => timer.stop())]);
    await webhooks.stop();
  } finally {
    await close();
  }
}

async function open({ data, fresh, dynamodb, tenants }: LocalOptions) {
  if (fresh && dynamodb !== undefined)
    throw new Error('--fresh deletes files only: delete the table in DynamoDB yourself');
  const { tablePath, tokensPath, webhookSecretsPath, adminKeyPath, logPath } = await openDataFolder(data, fresh);
  const now = () => new Date();
  const log = new FileLog(logPath, now);
  const opened =
    dynamodb === undefined ? openSqliteTable(tablePath) : await openDynamoTable(dynamodb, process.env, log);
  const { table, stream } = opened;
  await ensureTenants(table, tenants, now());
  await leaveUnguarded(table, tenants, now());
  const close = async (): Promise<void> => {
    opened.close();
    await log.close();
  };
  const adminKey = await getOrCreateAdminKey(adminKeyPath, randomBytes);
  const tokens = new TokenFile(tokensPath, { now });
  return { table, stream, tokens, webhookSecrets: new WebhookSecretFile(webhookSecretsPath), adminKey, log, close };
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
