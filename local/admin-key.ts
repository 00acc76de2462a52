import { createHash, timingSafeEqual } from 'node:crypto';
import { readIfThere, writePrivateFile } from './private-file.ts';

const KEY = /^[A-Za-z0-9_-]{43}$/;

/**
 * The key of the admin API on this machine, the same at each start: what IAM is in AWS.
 *
 * @param path - Where it is kept, readable by its owner alone.
 */
export async function getOrCreateAdminKey(path: string, randomBytes: (length: number) => Uint8Array): Promise<string> {
  const known = (await readIfThere(path))?.trim();
  if (known !== undefined && KEY.test(known)) return known;
  const key = Buffer.from(randomBytes(32)).toString('base64url');
  await writePrivateFile(path, `${key}\n`);
  return key;
}

/** Whether an `Authorization` header carries the key. */
export function carriesAdminKey(header: string | undefined, key: string): boolean {
  const given = /^bearer[ \t]+(\S+)$/i.exec(header?.trim() ?? '')?.[1] ?? '';
  return timingSafeEqual(hash(given), hash(key));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
