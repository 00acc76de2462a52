import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import * as z from 'zod';
import { expiredCursor, invalidCount, invalidCursor } from '../../scim/errors.ts';
import { CURSOR_TIMEOUT_SECONDS, type CursorPaging } from '../../scim/paging.ts';
import type { DirectoryContext } from '../context.ts';
import { cursorKeyOf } from './cursor-key.ts';
import type { Position } from './match.ts';

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** No key is used twice, so that no nonce needs to differ. */
const NONCE = Buffer.alloc(12);
/** Far more than a cursor of ours ever has. */
const MAX_CURSOR_LENGTH = 2_048;

/** Seconds since 1970 at which it expires, the count of the walk, and a {@link Position}. */
const ContentSchema = z.tuple([
  z.number(),
  z.number().nullable(),
  z.enum(['User', 'Group']),
  z.string().min(1),
  z.union([z.string().min(1), z.number()]).nullable(),
]);

/**
 * Makes and reads the cursors of one query. A cursor holds a position, which may be a name or an address: so it is sealed,
 * with a key that HMAC-SHA-256 makes of the tenant's own key, the query and a salt. It opens for that tenant and that
 * query alone, and nothing is kept of it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-5.2 RFC 9865 §5.2}
 */
export class CursorSealer {
  readonly #context: DirectoryContext;
  readonly #tenantKey: Buffer;
  readonly #query: string;

  private constructor(context: DirectoryContext, tenantKey: Buffer, query: string) {
    this.#context = context;
    this.#tenantKey = tenantKey;
    this.#query = query;
  }

  /** @param query - The same text for the same query, a different one for any other. */
  static async create(context: DirectoryContext, query: string): Promise<CursorSealer> {
    return new CursorSealer(context, await cursorKeyOf(context), `${context.tenant.name}\n${query}`);
  }

  seal({ type, id, key }: Position, count: number | undefined): string {
    const expiresAt = Math.ceil(this.#context.now().getTime() / 1_000) + CURSOR_TIMEOUT_SECONDS;
    const content: z.infer<typeof ContentSchema> = [expiresAt, count ?? null, type, id, key ?? null];
    const salt = createHash('sha256').update(this.#context.newId()).digest().subarray(0, SALT_BYTES);
    const cipher = createCipheriv(CIPHER, this.#keyOf(salt), NONCE, { authTagLength: TAG_BYTES });
    const sealed = [cipher.update(JSON.stringify(content)), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat([salt, ...sealed]).toString('base64url');
  }

  /**
   * Where the walk goes on.
   *
   * @throws ScimError 400 `invalidCursor`, `expiredCursor` or `invalidCount`.
   * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-2.1 RFC 9865 §2.1}
   */
  open({ cursor, count }: CursorPaging): Position {
    const [expiresAt, begunWith, type, id, key] = this.#unseal(cursor);
    if (this.#context.now().getTime() > expiresAt * 1_000) {
      throw expiredCursor(`A cursor is good for ${CURSOR_TIMEOUT_SECONDS} s: begin again with an empty cursor`);
    }
    if (begunWith !== (count ?? null)) {
      const expected = begunWith === null ? 'no count' : `count=${begunWith}`;
      throw invalidCount(`The walk was begun with ${expected}: keep to it, or begin again with an empty cursor`);
    }
    return { type, id, key: key ?? undefined };
  }

  #unseal(cursor: string): z.infer<typeof ContentSchema> {
    const bytes = /^[\w-]+$/.test(cursor) && cursor.length <= MAX_CURSOR_LENGTH ? Buffer.from(cursor, 'base64url') : [];
    if (!Buffer.isBuffer(bytes) || bytes.length <= SALT_BYTES + TAG_BYTES) throw foreignCursor();
    const decipher = createDecipheriv(CIPHER, this.#keyOf(bytes.subarray(0, SALT_BYTES)), NONCE, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const content = [decipher.update(bytes.subarray(SALT_BYTES, -TAG_BYTES)), decipher.final()];
      return ContentSchema.parse(JSON.parse(Buffer.concat(content).toString('utf8')));
    } catch {
      throw foreignCursor();
    }
  }

  #keyOf(salt: Buffer): Buffer {
    return createHmac('sha256', this.#tenantKey).update(salt).update(this.#query).digest();
  }
}

/** One sentence for whatever is wrong with it: nobody learns by trying whose it is. */
function foreignCursor() {
  return invalidCursor(
    'The cursor is none of this query: repeat the query as it was with the nextCursor of its last answer, or begin again with an empty cursor',
  );
}
