import type { TokenSecret } from './token-secret.ts';

/** The versions of an application's secret whose tokens may be accepted. */
export interface VersionsInForce {
  readonly current: string | undefined;
  readonly previous: string | undefined;
}

/**
 * Where tokens are put, by whoever may not read them: Secrets Manager in AWS, a file in the local run. A version is named
 * by an id that the caller makes. Each step may be repeated.
 */
export interface TokenVault {
  inForce(tenant: string, application: string): Promise<VersionsInForce>;
  /** Keeps a version beside those in force; the very first one is current at once. */
  add(tenant: string, application: string, versionId: string, secret: TokenSecret): Promise<void>;
  /** Makes a version the current one; the one that was becomes the previous. */
  promote(tenant: string, application: string, versionId: string): Promise<void>;
  /** Has the token of a version refused as revoked, from that time on. */
  revoke(tenant: string, application: string, versionId: string, at: Date): Promise<void>;
  /** Erases every version, at once and for good. */
  remove(tenant: string, application: string): Promise<void>;
}
