/** What a pattern of Lambda's event filtering says of a value. */
type Leaf = readonly (string | { readonly exists: true } | { readonly suffix: string })[];

export interface StreamPattern {
  readonly [name: string]: Leaf | StreamPattern;
}

const exists: Leaf = [{ exists: true }];

/**
 * Which records of the table's stream the change feed is called with, any of these. What it has no use for is most of the
 * stream: memberships, claims, index entries, counters, the open sync cycles that every request adds to, the log's own
 * pointers. They tell by what an item has, since a pattern cannot look into the middle of a key. Lambda takes five, unless it
 * is asked for more.
 *
 * @see {@link https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html}
 */
export const streamFilters: readonly StreamPattern[] = [
  // Resources, tombstones, what a purge leaves, windows of the guard that have something to tell: whose doing it is stands
  // on them.
  { dynamodb: { NewImage: { by: { M: { requestId: { S: exists } } } } } },
  // Chunks of long writes, which go when they are done.
  { eventName: ['REMOVE'], dynamodb: { OldImage: { by: { M: { requestId: { S: exists } } } } } },
  // Entries of the provisioning log, for their pointers.
  { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ suffix: '#LOG' }] } } } },
  // Completed sync cycles.
  { eventName: ['INSERT'], dynamodb: { NewImage: { closedAt: { N: exists } } } },
  // Applications of which the watcher has found something.
  { dynamodb: { NewImage: { watchVersion: { N: exists } } } },
];
