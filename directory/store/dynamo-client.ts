import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

const CONNECTION_TIMEOUT_MILLISECONDS = 1_000;
/** Far above a transaction's usual 20 ms, low enough that a lost answer leaves time to ask again. */
const DEFAULT_REQUEST_TIMEOUT_MILLISECONDS = 5_000;
const MAX_SOCKETS = 128;

export interface DynamoClientOptions {
  /** Default: as the SDK finds it (`AWS_REGION`). */
  readonly region?: string;
  /** Default: the region's. */
  readonly endpoint?: string;
  /** Default: as the SDK finds them. */
  readonly credentials?: NonNullable<DynamoDBClientConfig['credentials']>;
  /** After which a call's outcome is taken as unknown. Default: 5,000. */
  readonly requestTimeoutMilliseconds?: number;
}

/**
 * The client as {@link DynamoItemTable} wants it: it never repeats a call by itself, because `retrying-table.ts` does,
 * knowing the deadline; it gives up on a silent connection; it keeps connections open.
 */
export function createDynamoClient({
  requestTimeoutMilliseconds = DEFAULT_REQUEST_TIMEOUT_MILLISECONDS,
  ...options
}: DynamoClientOptions = {}): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new DynamoDBClient({
    ...options,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MILLISECONDS,
      requestTimeout: requestTimeoutMilliseconds,
      throwOnRequestTimeout: true,
      socketTimeout: requestTimeoutMilliseconds,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
