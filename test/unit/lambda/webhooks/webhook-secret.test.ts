import { describe, expect, it } from 'vitest';
import {
  createWebhookSecret,
  parseWebhookSecret,
  secretsInForce,
  toSecretId,
  toWebhookSecretText,
} from '../../../../lambda/webhooks/webhook-secret.ts';

const first = createWebhookSecret(Buffer.alloc(32, 1));
const second = createWebhookSecret(Buffer.alloc(32, 2));
const now = new Date('2026-11-22T12:00:00Z');
const previousUntil = new Date('2026-11-23T12:00:00Z');

describe('a webhook secret', () => {
  it('has the form that libraries of Standard Webhooks take, of 32 random bytes', () => {
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(first.slice('whsec_'.length), 'base64')).toEqual(Buffer.alloc(32, 1));
    expect(() => createWebhookSecret(Buffer.alloc(31))).toThrow('expected 32 random bytes, got 31');
  });

  it('is named without being told', () => {
    expect(toSecretId(first)).toMatch(/^[0-9a-f]{12}$/);
    expect(toSecretId(first)).not.toBe(toSecretId(second));
  });

  it('is read as it was written', () => {
    for (const secret of [{ secret: first }, { secret: first, previousUntil }]) {
      expect(parseWebhookSecret('x', toWebhookSecretText(secret))).toEqual(secret);
    }
  });

  it.each([undefined, '', 'whsec_x', '{"secret":"x"}', '{}'])('is not %j, and the message tells no value', (text) => {
    expect(() => parseWebhookSecret('stack/webhooks/acme', text)).toThrow(
      /^secret stack\/webhooks\/acme is not the JSON text of a webhook's secret$/,
    );
  });

  it('is signed with beside the one before it, for as long as was asked', () => {
    const current = { secret: second, previousUntil };
    expect(secretsInForce(current, { secret: first }, now)).toEqual([second, first]);
    expect(secretsInForce(current, { secret: first }, previousUntil)).toEqual([second]);
    expect(secretsInForce({ secret: second }, { secret: first }, now)).toEqual([second]);
    expect(secretsInForce(current, undefined, now)).toEqual([second]);
    expect(secretsInForce(undefined, undefined, now)).toEqual([]);
  });
});
