import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createToken,
  hashToken,
  isSameHash,
  parseToken,
  TOKEN_RANDOM_BYTES,
} from '../../../../lambda/authorization/token.ts';

const token = createToken('demo', 'entra-1', new Uint8Array(TOKEN_RANDOM_BYTES).fill(0xff));

describe('a secret token', () => {
  it('names tenant and application, and ends in 43 base62 characters and a checksum', () => {
    expect(token).toMatch(/^scim_demo_entra-1_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(parseToken(token)).toEqual({ tenant: 'demo', application: 'entra-1', text: token });
  });

  it('is another for other random bytes, and keeps its length for small ones', () => {
    const zero = createToken('demo', 'entra-1', new Uint8Array(TOKEN_RANDOM_BYTES));
    expect(zero).not.toBe(token);
    expect(zero).toHaveLength(token.length);
    expect(parseToken(zero)).toBeDefined();
  });

  it('is refused when any one of its characters is mistyped', () => {
    for (let i = 0; i < token.length; i++) {
      const mistyped = `${token.slice(0, i)}${token[i] === 'x' ? 'y' : 'x'}${token.slice(i + 1)}`;
      expect(parseToken(mistyped), mistyped).toBeUndefined();
    }
  });

  it.each([
    '',
    'scim',
    'scim_demo_entra',
    `${token} `,
    `${token}\n`,
    token.toUpperCase(),
    `scim_${'a'.repeat(41)}_b_c_d`,
  ])('is refused when it is not one: %j', (text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  it('cannot be made for a name that would break it apart, or from too little randomness', () => {
    expect(() => createToken('a_b', 'x', randomBytes(TOKEN_RANDOM_BYTES))).toThrow('[a-z0-9-]{1,40}');
    expect(() => createToken('a', 'X', randomBytes(TOKEN_RANDOM_BYTES))).toThrow('[a-z0-9-]{1,40}');
    expect(() => createToken('a', 'x', randomBytes(16))).toThrow('32 random bytes, got 16');
  });
});

describe('isSameHash', () => {
  it('is true for the hash of the same token alone', () => {
    expect(isSameHash(hashToken(token), hashToken(token))).toBe(true);
    expect(isSameHash(hashToken(token), hashToken(`${token}x`))).toBe(false);
    expect(isSameHash(hashToken(token), new Uint8Array(4))).toBe(false);
  });
});
