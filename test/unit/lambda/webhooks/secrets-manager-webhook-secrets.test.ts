import { describe, expect, it } from 'vitest';
import {
  SecretsManagerWebhookStore,
  SecretsManagerWebhookVault,
} from '../../../../lambda/webhooks/secrets-manager-webhook-secrets.ts';
import { createWebhookSecret } from '../../../../lambda/webhooks/webhook-secret.ts';
import { FakeSecretsManager } from '../../../helpers/fake-secrets-manager.ts';

const first = createWebhookSecret(Buffer.alloc(32, 1));
const second = createWebhookSecret(Buffer.alloc(32, 2));
const previousUntil = new Date('2026-11-23T12:00:00Z');

function setUp() {
  const aws = new FakeSecretsManager();
  const client = aws.createClient();
  return {
    aws,
    vault: new SecretsManagerWebhookVault(client, 'stack/webhooks/'),
    store: new SecretsManagerWebhookStore(client, 'stack/webhooks/'),
  };
}

describe('webhook secrets in Secrets Manager', () => {
  it('are one a tenant, made with its first version', async () => {
    const { aws, vault, store } = setUp();
    expect(await store.find('acme')).toBeUndefined();
    expect(await vault.put('acme', 'version-1', { secret: first, previousUntil })).toBe(false);
    expect(aws.names).toEqual(['stack/webhooks/acme']);
    expect(await store.find('acme')).toEqual({ current: { secret: first, previousUntil }, previous: undefined });
  });

  it('keep the version before beside a new one', async () => {
    const { vault, store } = setUp();
    await vault.put('acme', 'version-1', { secret: first });
    expect(await vault.put('acme', 'version-2', { secret: second, previousUntil })).toBe(true);
    expect(await store.find('acme')).toEqual({
      current: { secret: second, previousUntil },
      previous: { secret: first },
    });
  });

  it('go for good with their tenant, and may go twice', async () => {
    const { aws, vault, store } = setUp();
    await vault.put('acme', 'version-1', { secret: first });
    await vault.remove('acme');
    await vault.remove('acme');
    expect(aws.names).toEqual([]);
    expect(await store.find('acme')).toBeUndefined();
  });

  it('are never read by whoever puts them', async () => {
    const { aws, vault } = setUp();
    await vault.put('acme', 'version-1', { secret: first });
    await vault.put('acme', 'version-2', { secret: second });
    await vault.remove('acme');
    expect(aws.calls).not.toContain('GetSecretValueCommand');
  });
});
