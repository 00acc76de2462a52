import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken, hashToken, TOKEN_RANDOM_BYTES } from '../../../lambda/authorization/token.ts';
import { TokenFile } from '../../../local/token-file.ts';

let folder: string;
let path: string;
let now: Date;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-file-'));
  path = join(folder, 'tokens.json');
  now = new Date('2026-11-01T00:00:00Z');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = () => new TokenFile(path, { now: () => now });

const expiresAt = new Date('2027-11-01T00:00:00Z');
const newToken = () => createToken('demo', 'default', randomBytes(TOKEN_RANDOM_BYTES));

async function addToken(versionId: string, more: object = {}): Promise<string> {
  const token = newToken();
  await open().add('demo', 'default', versionId, { token, expiresAt, ...more });
  return token;
}

describe('TokenFile', () => {
  it('has the first version in force at once, a later one once it is promoted', async () => {
    const first = await addToken('1');
    const second = await addToken('2');
    expect((await open().find('demo', 'default'))?.current.sha256).toEqual(hashToken(first));
    await open().promote('demo', 'default', '2');
    await open().promote('demo', 'default', '2');
    const records = await open().find('demo', 'default');
    expect(records?.current.sha256).toEqual(hashToken(second));
    expect(records?.previous?.sha256).toEqual(hashToken(first));
    expect(await open().inForce('demo', 'default')).toEqual({ current: '2', previous: '1' });
  });

  it('accepts the previous token until the overlap of the current one ends', async () => {
    await addToken('1');
    await addToken('2', { previousUntil: new Date('2026-12-01T00:00:00Z') });
    await open().promote('demo', 'default', '2');
    const records = await open().find('demo', 'default');
    expect(records?.previous?.expiresAt).toEqual(new Date('2026-12-01T00:00:00Z'));
  });

  it('remembers since when a version is revoked', async () => {
    await addToken('1');
    await open().revoke('demo', 'default', '1', now);
    await open().revoke('demo', 'default', '1', new Date('2026-11-02T00:00:00Z'));
    expect((await open().find('demo', 'default'))?.current.revokedAt).toEqual(now);
  });

  it('loses no change of those that are made at once', async () => {
    const file = open();
    const secret = () => ({ token: newToken(), expiresAt });
    await Promise.all(['a', 'b', 'c', 'd'].map((tenant) => file.add(tenant, 'default', '1', secret())));
    for (const tenant of ['a', 'b', 'c', 'd']) expect(await file.find(tenant, 'default')).toBeDefined();
  });

  it('shows a token that is good, and neither an expired nor a revoked one', async () => {
    const token = await addToken('1');
    expect((await open().findToken('demo', 'default'))?.token).toBe(token);
    now = expiresAt;
    expect(await open().findToken('demo', 'default')).toBeUndefined();
    now = new Date('2026-11-01T00:00:00Z');
    await open().revoke('demo', 'default', '1', now);
    expect(await open().findToken('demo', 'default')).toBeUndefined();
  });

  it('finds what it has, and nothing else', async () => {
    await addToken('1');
    await expect(open().find('demo', 'entra')).resolves.toBeUndefined();
    await expect(open().find('__proto__', 'x')).resolves.toBeUndefined();
    await open().remove('demo', 'default');
    await expect(open().find('demo', 'default')).resolves.toBeUndefined();
    expect(await readFile(path, 'utf8')).not.toContain('demo');
  });

  it('reads the file of an earlier release, whose versions have no id', async () => {
    const token = newToken();
    await writeFile(path, JSON.stringify({ 'demo/default': { current: { token, expiresAt } } }));
    expect(await open().findToken('demo', 'default')).toMatchObject({ token, versionId: 'first' });
  });

  it('lets nobody but its owner read the file, and leaves no other behind', async () => {
    await writeFile(`${path}.new`, 'a draft left behind', { mode: 0o644 });
    await addToken('1');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['tokens.json']);
  });

  it('says which file it cannot read, and quotes nothing of it', async () => {
    await writeFile(path, '{"demo/default":{"current":{"token":"secret-value"}}}');
    const failure: unknown = await open()
      .find('demo', 'default')
      .catch((error: unknown) => error);
    expect(String(failure)).toContain(path);
    expect(String(failure)).not.toContain('secret-value');
    expect(await readFile(path, 'utf8')).toContain('secret-value');
  });
});
