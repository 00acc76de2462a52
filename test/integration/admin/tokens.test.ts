import { beforeEach, describe, expect, it } from 'vitest';
import { authorize } from '../../../lambda/authorization/authorize.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { createTestTable } from '../../helpers/tables.ts';

const path = { tenant: 'acme', application: 'entra' };

let admin: AdminApi;

beforeEach(async () => {
  admin = new AdminApi(await createTestTable(), new MemoryVault());
  await admin.ok('createTenant', { body: { name: 'acme' } });
  await admin.ok('createApplication', { path, body: { name: 'entra' } });
});

/** What the authorizer makes of a token now. */
async function judge(token: string): Promise<string> {
  const decision = await authorize(admin.vault, new Date(admin.time), `Bearer ${token}`);
  return decision.kind === 'denied' ? decision.reason : decision.kind;
}

async function issue(): Promise<string> {
  return (await admin.ok('issueToken', { path, body: {} })).token;
}

async function rotate(body: object = {}): Promise<string> {
  return (await admin.ok('rotateToken', { path, body })).token;
}

async function status() {
  return await admin.ok('showToken', { path });
}

describe('issuing a token', () => {
  it('shows it once, with the Tenant URL, and is good for 365 days', async () => {
    const issued = await admin.ok('issueToken', { path, body: {} });
    expect(issued).toMatchObject({
      tenant: 'acme',
      application: 'entra',
      tenantUrl: 'https://abc123.execute-api.aws.example/prod/acme/scim/v2',
      token: expect.stringMatching(/^scim_acme_entra_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/),
      expiresAt: '2027-11-01T00:00:00.000Z',
    });
    expect(await judge(issued.token)).toBe('allowed');
    expect(await status()).toMatchObject({ state: 'valid', current: { credentialId: issued.credentialId } });
    expect(JSON.stringify([await status(), await admin.ok('showTenant', { path })])).not.toContain(issued.token);
  });

  it('is refused while a token is in force, and possible once it has expired', async () => {
    const first = await issue();
    expect(await admin.call('issueToken', { path, body: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', message: expect.stringContaining('rotate it') } },
    });
    admin.passDays(366);
    const second = await issue();
    expect(await judge(first)).toMatch(/expired on 2027-11-01/);
    expect(await judge(second)).toBe('allowed');
  });

  it('leaves the token in no log line and in no audit record', async () => {
    const tokens = [await issue(), await rotate()];
    const written = JSON.stringify([admin.log.lines, await admin.ok('listAudit')]);
    for (const token of tokens) expect(written).not.toContain(token.slice('scim_acme_entra_'.length));
  });
});

describe('rotating a token', () => {
  it('has both accepted until the overlap ends, then the new one alone', async () => {
    const before = await issue();
    admin.passDays(10);
    const after = await rotate({ overlapDays: 30 });
    expect([await judge(before), await judge(after)]).toEqual(['allowed', 'allowed']);
    admin.passDays(29);
    expect([await judge(before), await judge(after)]).toEqual(['allowed', 'allowed']);
    admin.passDays(2);
    expect(await judge(before)).toMatch(/expired on 2026-12-11/);
    expect(await judge(after)).toBe('allowed');
    expect(await status()).toMatchObject({ state: 'valid', previous: { expiresAt: '2026-12-11T00:00:00.000Z' } });
  });

  it('accepts no other rotation during the overlap, for the older token would be lost', async () => {
    const before = await issue();
    await rotate();
    const { status: refused, body } = await admin.call('rotateToken', { path, body: {} });
    expect([refused, body.error.code]).toEqual([409, 'conflict']);
    expect(await judge(before)).toBe('allowed');
    await admin.ok('revokeToken', { path, body: { which: 'previous' } });
    await rotate();
  });

  it('is refused where there is no token in force', async () => {
    expect((await admin.call('rotateToken', { path, body: {} })).status).toBe(409);
  });

  it.each(['add', 'promote'] as const)(
    'may fail at "%s": what is in use stays, and the next try works',
    async (step) => {
      const before = await issue();
      admin.vault.beforeStep = (now) => {
        if (now === step) throw new Error('Secrets Manager is away');
      };
      expect((await admin.call('rotateToken', { path, body: {} })).status).toBe(500);
      admin.vault.beforeStep = () => undefined;
      expect(await judge(before)).toBe('allowed');
      expect((await admin.call('rotateToken', { path, body: {} })).body.error.message).toContain('under way');
      admin.time += 31_000;
      const after = await rotate();
      expect([await judge(before), await judge(after)]).toEqual(['allowed', 'allowed']);
    },
  );

  it('that died after the vault and before the table is undone by the next, so that the token in use stays', async () => {
    const before = await issue();
    const { all } = admin.vault.secrets.get('acme/entra') ?? { all: new Map() };
    const secret = [...all.values()][0];
    await admin.vault.add('acme', 'entra', 'never-shown', { ...secret, token: 'lost' });
    await admin.vault.promote('acme', 'entra', 'never-shown');
    const after = await rotate();
    expect([await judge(before), await judge(after)]).toEqual(['allowed', 'allowed']);
  });

  it('of two at once leaves one token shown, and that one accepted', async () => {
    const before = await issue();
    const answers = await Promise.all([1, 2, 3].map(() => admin.call('rotateToken', { path, body: {} })));
    const shown = answers.filter(({ status: code }) => code === 200);
    expect(shown).toHaveLength(1);
    expect([await judge(before), await judge(shown[0]?.body.token)]).toEqual(['allowed', 'allowed']);
  });
});

describe('revoking a token', () => {
  it('has it refused as revoked, where it is the very token and not just one of that form', async () => {
    const token = await issue();
    await admin.ok('revokeToken', { path, body: { which: 'current' } });
    expect(await judge(token)).toBe(
      'The secret token was revoked on 2026-11-01T00:00:00.000Z: enter the new one in the identity provider',
    );
    const other = new AdminApi(await createTestTable(), new MemoryVault());
    await other.ok('createTenant', { body: { name: 'acme' } });
    await other.ok('createApplication', { path, body: { name: 'entra' } });
    const stranger = (await other.ok('issueToken', { path, body: {} })).token;
    expect(await judge(stranger)).toBe('unknown');
    expect(await judge(token.replace(/.$/, '!'))).toBe('unknown');
    expect((await status()).state).toBe('revoked');
  });

  it('of the previous token ends its overlap at once', async () => {
    const before = await issue();
    const after = await rotate();
    await admin.ok('revokeToken', { path, body: { which: 'previous' } });
    expect(await judge(before)).toMatch(/revoked/);
    expect(await judge(after)).toBe('allowed');
  });

  it('of the current token during the overlap brings the previous one back, for as long as it was good', async () => {
    const before = await issue();
    const after = await rotate();
    await admin.ok('revokeToken', { path, body: { which: 'current' } });
    expect(await judge(after)).toMatch(/revoked/);
    admin.passDays(200);
    expect(await judge(before)).toBe('allowed');
    expect((await status()).state).toBe('valid');
    expect(await judge(await rotate())).toBe('allowed');
  });

  it('of all tokens leaves none', async () => {
    const tokens = [await issue(), await rotate()];
    await admin.ok('revokeToken', { path, body: { which: 'all' } });
    for (const token of tokens) expect(await judge(token)).toMatch(/revoked/);
    expect((await admin.call('revokeToken', { path, body: { which: 'all' } })).status).toBe(409);
    expect(await judge(await issue())).toBe('allowed');
  });
});

describe("a token's status", () => {
  it('warns 30 and 7 days ahead of the expiry', async () => {
    await issue();
    expect((await status()).warnings).toEqual([]);
    admin.passDays(336);
    expect((await status()).warnings).toHaveLength(1);
    admin.passDays(30);
    expect((await status()).warnings[0]).toContain('expired');
    expect((await status()).state).toBe('expired');
  });
});
