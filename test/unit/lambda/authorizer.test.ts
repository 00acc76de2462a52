import { describe, expect, it } from 'vitest';
import { createToken, hashToken, TOKEN_RANDOM_BYTES } from '../../../lambda/authorization/token.ts';
import type { TokenRecord } from '../../../lambda/authorization/token-store.ts';
import { createAuthorizer } from '../../../lambda/authorizer.ts';
import { MemoryTokenStore, RecordedLog } from '../../helpers/scim-server.ts';

const start = Date.parse('2026-11-01T00:00:00Z');
const token = createToken('demo', 'entra', new Uint8Array(TOKEN_RANDOM_BYTES).fill(1));
const oldToken = createToken('demo', 'entra', new Uint8Array(TOKEN_RANDOM_BYTES).fill(2));

function record(text: string, changes: Partial<TokenRecord> = {}): TokenRecord {
  return { sha256: hashToken(text), expiresAt: new Date(start + 3_600_000), revokedAt: undefined, ...changes };
}

function setUp(changes: Partial<TokenRecord> = {}, previous?: TokenRecord) {
  const tokens = new MemoryTokenStore();
  const log = new RecordedLog();
  const clock = { now: start };
  tokens.records.set('demo/entra', { current: record(token, changes), previous });
  const authorizer = createAuthorizer({ tokens, log, measure: () => undefined, now: () => clock.now });
  const ask = (authorization: string | undefined, header = 'Authorization') =>
    authorizer({
      methodArn: 'arn:aws:execute-api:us-east-1:111122223333:abcdef/prod/GET/demo/scim/v2/Users',
      headers: { [header]: authorization },
      requestContext: { requestId: 'request-1' },
    });
  return { tokens, log, clock, ask };
}

describe('authorizer', () => {
  it('allows the whole API to the current token and tells tenant and application', async () => {
    const result = await setUp().ask(`Bearer ${token}`);
    expect(result.policyDocument.Statement).toEqual([
      {
        Action: 'execute-api:Invoke',
        Effect: 'Allow',
        Resource: 'arn:aws:execute-api:us-east-1:111122223333:abcdef/prod/*',
      },
    ]);
    expect(result.context).toMatchObject({ tenant: 'demo', application: 'entra' });
    expect(JSON.stringify(result)).not.toContain(token.slice(-50));
  });

  it.each([
    [`bearer ${token}`, 'Authorization'],
    [`  BEARER \t ${token}  `, 'authorization'],
    [`Bearer ${token}`, 'AUTHORIZATION'],
  ])('takes the scheme and the header name in any case, and blanks around: %j', async (value, header) => {
    const result = await setUp().ask(value, header);
    expect(result.context).toMatchObject({ tenant: 'demo' });
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    token,
    `Basic ${token}`,
    `Bearer ${token} ${token}`,
    `Bearer ${token.slice(0, -1)}`,
    'Bearer non-token',
    `Bearer ${createToken('demo', 'entra', new Uint8Array(TOKEN_RANDOM_BYTES))}`,
    `Bearer ${createToken('nobody', 'entra', new Uint8Array(TOKEN_RANDOM_BYTES).fill(1))}`,
  ])('answers "Unauthorized" to what it does not know: %j', async (value) => {
    await expect(setUp().ask(value)).rejects.toThrow(/^Unauthorized$/);
  });

  it('does not ask the token store about a mistyped token', async () => {
    const { ask, tokens } = setUp();
    await expect(ask(`Bearer ${token.slice(0, -1)}0`)).rejects.toThrow('Unauthorized');
    expect(tokens.lookups).toBe(0);
  });

  it('denies an expired token and says since when', async () => {
    const { ask, clock } = setUp();
    clock.now += 3_600_000;
    const result = await ask(`Bearer ${token}`);
    expect(result.policyDocument.Statement[0]?.Effect).toBe('Deny');
    expect(result.context?.['reason']).toContain('expired on 2026-11-01T01:00:00.000Z');
  });

  it('denies a revoked token in words that fit into a JSON text as they are', async () => {
    const result = await setUp({ revokedAt: new Date(start - 1) }).ask(`Bearer ${token}`);
    const reason = String(result.context?.['reason']);
    expect(reason).toContain('revoked');
    expect(JSON.parse(`"${reason}"`)).toBe(reason);
  });

  it('takes the previous token during a rotation, until its end', async () => {
    const { ask, clock } = setUp({}, record(oldToken, { expiresAt: new Date(start + 1_000) }));
    await expect(ask(`Bearer ${oldToken}`)).resolves.toMatchObject({ context: { tenant: 'demo' } });
    clock.now += 1_000;
    await expect(ask(`Bearer ${oldToken}`)).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
    });
    await expect(ask(`Bearer ${token}`)).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Allow' }] },
    });
  });

  it('remembers for 30 seconds what the token store said', async () => {
    const { ask, clock, tokens } = setUp();
    for (let i = 0; i < 3; i++) {
      await ask(`Bearer ${token}`);
      clock.now += 9_000;
    }
    expect(tokens.lookups).toBe(1);
    tokens.records.set('demo/entra', { current: record(token, { revokedAt: new Date(start) }), previous: undefined });
    clock.now += 3_000;
    await expect(ask(`Bearer ${token}`)).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
    });
  });

  it('takes a new token at once, whatever it remembers', async () => {
    const { ask, tokens } = setUp();
    await ask(`Bearer ${token}`);
    await expect(ask(`Bearer ${oldToken}`)).rejects.toThrow('Unauthorized');
    tokens.records.set('demo/entra', { current: record(oldToken), previous: record(token) });
    for (const accepted of [oldToken, token]) {
      await expect(ask(`Bearer ${accepted}`)).resolves.toMatchObject({
        policyDocument: { Statement: [{ Effect: 'Allow' }] },
      });
    }
  });

  it('asks the token store about made-up tokens a few times only', async () => {
    const { ask, clock, tokens } = setUp();
    for (let i = 0; i < 600; i++) {
      const madeUp = createToken('demo', 'entra', new Uint8Array(TOKEN_RANDOM_BYTES).fill(3 + (i % 200)));
      await expect(ask(`Bearer ${madeUp}`)).rejects.toThrow('Unauthorized');
      clock.now += 100;
    }
    // A minute: one for each 10 s, and five at once before.
    expect(tokens.lookups).toBeLessThanOrEqual(12);
    await expect(ask(`Bearer ${token}`)).resolves.toMatchObject({ context: { tenant: 'demo' } });
  });

  it('writes one log line a call, without the token', async () => {
    const { ask, log } = setUp();
    await ask(`Bearer ${token}`);
    await ask(`Bearer ${oldToken}`).catch(() => undefined);
    expect(log.lines).toEqual([
      {
        level: 'INFO',
        message: 'authorization',
        requestId: 'request-1',
        outcome: 'allowed',
        tenant: 'demo',
        application: 'entra',
        durationMs: 0,
      },
      { level: 'INFO', message: 'authorization', requestId: 'request-1', outcome: 'unknown', durationMs: 0 },
    ]);
  });
});
