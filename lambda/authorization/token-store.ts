import { isSameHash } from './token.ts';

/** What is known of one secret token. */
export interface TokenRecord {
  readonly sha256: Uint8Array;
  readonly expiresAt: Date;
  readonly revokedAt: Date | undefined;
}

/** The tokens of an application: the current one, and during a rotation the one before it. */
export interface TokenRecords {
  readonly current: TokenRecord;
  readonly previous: TokenRecord | undefined;
}

/** The record of the token with that hash. */
export function findRecord(records: TokenRecords | undefined, hash: Uint8Array): TokenRecord | undefined {
  return [records?.current, records?.previous].find(
    (record) => record !== undefined && isSameHash(record.sha256, hash),
  );
}

/** Where tokens are kept: Secrets Manager in AWS, a file in the local run. */
export interface TokenStore {
  /**
   * Undefined where tenant or application is unknown or has no token.
   *
   * @param hash - Of the token in question: a store that remembers asks again where what it remembers lacks that token.
   */
  find(tenant: string, application: string, hash?: Uint8Array): Promise<TokenRecords | undefined>;
}
