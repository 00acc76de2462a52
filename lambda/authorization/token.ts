import { hash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A secret token, taken apart. `text` is the whole of it: never log it. */
export interface SecretToken {
  readonly tenant: string;
  readonly application: string;
  readonly text: string;
}

/** Random bytes that a new token needs. */
export const TOKEN_RANDOM_BYTES = 32;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256. */
const SECRET_LENGTH = 43;
/** 62^6 > 2^32. */
const CHECKSUM_LENGTH = 6;
const NAME = /^[a-z0-9-]{1,40}$/;
const TOKEN = /^(scim_([a-z0-9-]{1,40})_([a-z0-9-]{1,40})_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/**
 * Makes a secret token, `scim_<tenant>_<application>_<43 base62 characters>_<checksum>`: tenant and application say
 * which secret to read, the checksum refuses a mistyped token unread and lets secret scanners recognise a leaked one.
 *
 * @param random - {@link TOKEN_RANDOM_BYTES} bytes of a cryptographic random source.
 */
export function createToken(tenant: string, application: string, random: Uint8Array): string {
  if (!NAME.test(tenant) || !NAME.test(application)) {
    throw new Error(`expected names of [a-z0-9-]{1,40}, got tenant "${tenant}", application "${application}"`);
  }
  if (random.length !== TOKEN_RANDOM_BYTES) {
    throw new Error(`expected ${TOKEN_RANDOM_BYTES} random bytes, got ${random.length}`);
  }
  const secret = toBase62(BigInt(`0x${Buffer.from(random).toString('hex')}`), SECRET_LENGTH);
  const body = `scim_${tenant}_${application}_${secret}`;
  return `${body}_${toChecksum(body)}`;
}

/** Takes a token apart; undefined where it is not one, or mistyped. */
export function parseToken(text: string): SecretToken | undefined {
  const [, body, tenant, application, checksum] = TOKEN.exec(text) ?? [];
  if (body === undefined || tenant === undefined || application === undefined) return undefined;
  return toChecksum(body) === checksum ? { tenant, application, text } : undefined;
}

/** What is kept of a token. 256 random bits need no salt and no slow hash. */
export function hashToken(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** Tells an application's tokens apart, without revealing any: the first twelve hex digits of the hash. */
export function toCredentialId(hash: Buffer): string {
  return hash.toString('hex').slice(0, 12);
}

/** Compares two hashes in constant time. */
export function isSameHash(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

function toChecksum(body: string): string {
  return toBase62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

function toBase62(value: bigint, length: number): string {
  let rest = value;
  let digits = '';
  for (let i = 0; i < length; i++) {
    digits = BASE62.charAt(Number(rest % 62n)) + digits;
    rest /= 62n;
  }
  return digits;
}
