import { describe, expect, it } from 'vitest';
import { authorize } from '../../../../lambda/authorization/authorize.ts';
import { SecretsManagerTokenStore } from '../../../../lambda/authorization/secrets-manager-token-store.ts';
import { SecretsManagerTokenVault } from '../../../../lambda/authorization/secrets-manager-token-vault.ts';
import { createToken, TOKEN_RANDOM_BYTES } from '../../../../lambda/authorization/token.ts';
import { FakeSecretsManager } from '../../../helpers/fake-secrets-manager.ts';

const now = new Date('2026-11-22T10:00:00.500Z');
const expiresAt = new Date('2027-11-22T10:00:00Z');

function setUp() {
  const aws = new FakeSecretsManager();
  const client = aws.createClient();
  const vault = new SecretsManagerTokenVault(client, 'stack/tokens/');
  const store = new SecretsManagerTokenStore(client, 'stack/tokens/');
  const tokenOf = (versionId: string) =>
    createToken('acme', 'entra', new Uint8Array(TOKEN_RANDOM_BYTES).fill(versionId.charCodeAt(0)));
  const put = async (versionId: string, previousUntil?: Date) => {
    const more = previousUntil === undefined ? {} : { previousUntil };
    await vault.add('acme', 'entra', versionId, { token: tokenOf(versionId), expiresAt, ...more });
    await vault.promote('acme', 'entra', versionId);
  };
  const judge = async (versionId: string) => {
    const decision = await authorize(store, now, `Bearer ${tokenOf(versionId)}`);
    return decision.kind === 'denied' ? decision.reason : decision.kind;
  };
  return { aws, vault, put, judge };
}

describe('SecretsManagerTokenVault', () => {
  it('makes the secret with its first version, which is in force at once', async () => {
    const { aws, vault, put, judge } = setUp();
    expect(await vault.inForce('acme', 'entra')).toEqual({ current: undefined, previous: undefined });
    await put('a');
    expect(aws.names).toEqual(['stack/tokens/acme/entra']);
    expect(await vault.inForce('acme', 'entra')).toEqual({ current: 'a', previous: undefined });
    expect(await judge('a')).toBe('allowed');
  });

  it('keeps a version aside until it is promoted, and the one before as the previous', async () => {
    const { vault, put, judge } = setUp();
    await put('a');
    await vault.add('acme', 'entra', 'b', { token: 'never promoted', expiresAt });
    expect(await vault.inForce('acme', 'entra')).toEqual({ current: 'a', previous: undefined });
    await put('c', new Date('2026-12-22T10:00:00Z'));
    await vault.promote('acme', 'entra', 'c');
    expect(await vault.inForce('acme', 'entra')).toEqual({ current: 'c', previous: 'a' });
    expect([await judge('a'), await judge('c')]).toEqual(['allowed', 'allowed']);
  });

  it('brings the previous version back', async () => {
    const { vault, put, judge } = setUp();
    await put('a');
    await put('b');
    await vault.revoke('acme', 'entra', 'b', now);
    await vault.promote('acme', 'entra', 'a');
    expect(await vault.inForce('acme', 'entra')).toEqual({ current: 'a', previous: 'b' });
    expect(await judge('a')).toBe('allowed');
    expect(await judge('b')).toContain('revoked on 2026-11-22T10:00:00.000Z');
  });

  it('revokes any version in force, each once, and forgets those that are no longer', async () => {
    const { aws, vault, put, judge } = setUp();
    await put('a');
    await put('b', new Date('2026-12-22T10:00:00Z'));
    for (const version of ['a', 'b', 'b']) await vault.revoke('acme', 'entra', version, now);
    expect(await judge('a')).toContain('revoked');
    expect(await judge('b')).toContain('revoked');
    await put('c');
    await put('d');
    await vault.revoke('acme', 'entra', 'c', now);
    expect(aws.labelsOf('stack/tokens/acme/entra').filter((label) => label.startsWith('REVOKED-'))).toEqual([
      'REVOKED-20261122T100000Z-c',
    ]);
  });

  it('erases a secret, and one that is not there', async () => {
    const { aws, vault, put } = setUp();
    await put('a');
    await vault.remove('acme', 'entra');
    await vault.remove('acme', 'entra');
    expect(aws.names).toEqual([]);
  });

  it('never reads what a secret holds', async () => {
    const { aws, vault, put } = setUp();
    await put('a');
    await put('b');
    await vault.revoke('acme', 'entra', 'a', now);
    expect(aws.calls).not.toContain('GetSecretValueCommand');
  });
});
