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

/** Where tokens are kept: Secrets Manager in AWS, a file in the local run. */
export interface TokenStore {
  /** Undefined where tenant or application is unknown or has no token. */
  find(tenant: string, application: string): Promise<TokenRecords | undefined>;
}
