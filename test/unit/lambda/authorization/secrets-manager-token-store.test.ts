import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { SecretsManagerTokenStore } from '../../../../lambda/authorization/secrets-manager-token-store.ts';
import { hashToken } from '../../../../lambda/authorization/token.ts';

/** A client that never leaves the process: its last middleware answers from the given secrets. */
function clientWith(secrets: Readonly<Record<string, string>>): SecretsManagerClient {
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  client.middlewareStack.add(
    () => async (args) => {
      const { SecretId, VersionStage }: { SecretId?: string; VersionStage?: string } = { ...Object(args.input) };
      const SecretString = secrets[`${SecretId} ${VersionStage}`];
      if (SecretString === undefined) throw new ResourceNotFoundException({ $metadata: {}, message: 'none' });
      return { output: { $metadata: {}, SecretString }, response: {} };
    },
    { step: 'initialize' },
  );
  return client;
}

const current = { token: 'new-token', expiresAt: '2027-01-01T00:00:00Z' };
const previous = { token: 'old-token', expiresAt: '2026-12-01T00:00:00Z' };

describe('SecretsManagerTokenStore', () => {
  it('reads the current and the previous version of the secret of tenant and application', async () => {
    const client = clientWith({
      'stack/tokens/demo/entra AWSCURRENT': JSON.stringify({ ...current, previousUntil: '2026-11-02T00:00:00Z' }),
      'stack/tokens/demo/entra AWSPREVIOUS': JSON.stringify(previous),
    });
    const records = await new SecretsManagerTokenStore(client, 'stack/tokens/').find('demo', 'entra');
    expect(records?.current).toEqual({
      sha256: hashToken('new-token'),
      expiresAt: new Date('2027-01-01T00:00:00Z'),
      revokedAt: undefined,
    });
    expect(records?.previous).toEqual({
      sha256: hashToken('old-token'),
      expiresAt: new Date('2026-11-02T00:00:00Z'),
      revokedAt: undefined,
    });
  });

  it('knows no previous token before the first rotation', async () => {
    const client = clientWith({ 'p/demo/entra AWSCURRENT': JSON.stringify(current) });
    const records = await new SecretsManagerTokenStore(client, 'p/').find('demo', 'entra');
    expect(records?.previous).toBeUndefined();
  });

  it('answers undefined where there is no such secret', async () => {
    await expect(new SecretsManagerTokenStore(clientWith({}), 'p/').find('demo', 'x')).resolves.toBeUndefined();
  });

  it.each(['secret-but-no-json', '{"token":"secret"}', '""'])(
    'names the secret that it cannot read, and quotes nothing of it',
    async (text) => {
      const store = new SecretsManagerTokenStore(clientWith({ 'p/demo/entra AWSCURRENT': text }), 'p/');
      const failure: unknown = await store.find('demo', 'entra').catch((error: unknown) => error);
      expect(String(failure)).toContain('secret p/demo/entra is not the JSON text of a token');
      expect(String(failure)).not.toContain('secret-but');
    },
  );
});
