import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { authorize } from '../../../lambda/authorization/authorize.ts';
import { SecretsManagerTokenStore } from '../../../lambda/authorization/secrets-manager-token-store.ts';
import { SecretsManagerTokenVault } from '../../../lambda/authorization/secrets-manager-token-vault.ts';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { createRotation } from '../../../lambda/rotation.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { FakeSecretsManager } from '../../helpers/fake-secrets-manager.ts';
import { RecordedLog } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

const path = { tenant: 'acme', application: 'entra' };
const SECRET = 'tokens/acme/entra';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

let aws: FakeSecretsManager;
let admin: AdminApi<SecretsManagerTokenVault>;
let log: RecordedLog;
let step: (name: string, versionId: string) => Promise<void>;
let store: SecretsManagerTokenStore;
let first: string;

beforeEach(async () => {
  const table = await createTestTable();
  aws = new FakeSecretsManager();
  const client = aws.createClient();
  admin = new AdminApi(table, new SecretsManagerTokenVault(client, 'tokens/'));
  store = new SecretsManagerTokenStore(client, 'tokens/');
  log = new RecordedLog();
  const runtime = { ...systemRuntime, now: () => admin.time };
  const rotation = createRotation({ table, client, prefix: 'tokens/', log, runtime, randomBytes });
  step = async (Step, ClientRequestToken) => {
    const context = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => 30_000 };
    await rotation({ Step, SecretId: SECRET, ClientRequestToken }, context);
  };
  await admin.ok('createTenant', { body: { name: 'acme' } });
  await admin.ok('createApplication', { path, body: { name: 'entra' } });
  first = (await admin.ok('issueToken', { path, body: {} })).token;
});

async function judge(token: string): Promise<string> {
  return (await authorize(store, new Date(admin.time), `Bearer ${token}`)).kind;
}

describe('the rotation function', () => {
  it('makes a new token in four steps, each of which may come twice; the old one is accepted for 30 days', async () => {
    const version = randomUUID();
    aws.startRotation(SECRET, version);
    for (const name of STEPS) {
      await step(name, version);
      await step(name, version);
    }
    for (const name of STEPS) await step(name, version);
    expect(await judge(first)).toBe('allowed');
    const status = await admin.ok('showToken', { path });
    const credential = (await authorize(store, new Date(admin.time), `Bearer ${first}`)) as { credentialId: string };
    expect(status).toMatchObject({
      state: 'valid',
      current: { expiresAt: '2027-11-01T00:00:00.000Z' },
      previous: { credentialId: credential.credentialId, expiresAt: '2026-12-01T00:00:00.000Z' },
    });
    expect(status.current.credentialId).not.toBe(credential.credentialId);
    admin.passDays(31);
    expect(await judge(first)).toBe('denied');
  });

  it('refuses a rotation during the overlap of the last, and what is no token', async () => {
    await admin.ok('rotateToken', { path, body: {} });
    const version = randomUUID();
    aws.startRotation(SECRET, version);
    await expect(step('createSecret', version)).rejects.toThrow(/previous token/);
    await expect(step('testSecret', randomUUID())).rejects.toThrow(/not under rotation/);
    expect(await judge(first)).toBe('allowed');
  });

  it('lets no token into force that the authorizer would refuse', async () => {
    const version = randomUUID();
    aws.startRotation(SECRET, version);
    await expect(step('testSecret', version)).rejects.toThrow(/holds no token yet/);
    expect(await judge(first)).toBe('allowed');
  });

  it('writes one log line a step and an audit record, without the token', async () => {
    const version = randomUUID();
    aws.startRotation(SECRET, version);
    for (const name of STEPS) await step(name, version);
    expect(log.lines).toHaveLength(4);
    expect(JSON.stringify(log.lines)).not.toContain('scim_');
    const { records } = await admin.ok('listAudit', { query: { actor: 'secretsmanager' } });
    expect(records).toMatchObject([{ action: 'tokens.rotate', tenant: 'acme', application: 'entra' }]);
    expect(JSON.stringify(records)).not.toContain('scim_');
  });
});
