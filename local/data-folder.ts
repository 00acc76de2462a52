import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the local run keeps its files. */
export interface DataFolder {
  /** The table; SQLite keeps two more files beside it, `-wal` and `-shm`. */
  readonly tablePath: string;
  readonly tokensPath: string;
  readonly webhookSecretsPath: string;
  /** The key of the admin API. */
  readonly adminKeyPath: string;
  readonly logPath: string;
}

/**
 * Makes the folder where there is none, readable by its owner alone.
 *
 * @param fresh - Deletes the files of former runs; nothing else that may be in the folder.
 */
export async function openDataFolder(path: string, fresh: boolean): Promise<DataFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const folder = {
    tablePath: join(path, 'directory.sqlite'),
    tokensPath: join(path, 'tokens.json'),
    webhookSecretsPath: join(path, 'webhooks.json'),
    adminKeyPath: join(path, 'admin.key'),
    logPath: join(path, 'requests.log'),
  };
  const { tablePath, ...others } = folder;
  const files = [tablePath, `${tablePath}-wal`, `${tablePath}-shm`, ...Object.values(others)];
  if (fresh) await Promise.all(files.map((file) => rm(file, { force: true })));
  return folder;
}
