import { DynamoDBStreamsClient, type DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';

/** The client that a `DynamoChangeStream` reads by. Lambda reads a stream by itself: only a local run has one. */
export function createStreamsClient(config: DynamoDBStreamsClientConfig): DynamoDBStreamsClient {
  return new DynamoDBStreamsClient(config);
}
