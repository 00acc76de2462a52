import { toAttributeValues, toKeyValues } from '../../directory/store/attribute-values.ts';
import type { ItemChange } from '../../directory/store/item-change.ts';
import { type StreamPattern, streamFilters } from '../../lambda/contract/stream-filters.ts';

/** Whether Lambda would call the change feed with the change. */
export function isFedByLambda(change: ItemChange): boolean {
  const record = toRecord(change);
  return streamFilters.some((pattern) => matches(pattern, record));
}

/** A record of the stream, as DynamoDB writes it. */
function toRecord({ before, after }: ItemChange): object {
  const item = after ?? before;
  if (item === undefined) throw new Error('a change has an item');
  return {
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    dynamodb: {
      Keys: toKeyValues(item),
      ...(before === undefined ? {} : { OldImage: toAttributeValues(before) }),
      ...(after === undefined ? {} : { NewImage: toAttributeValues(after) }),
    },
  };
}

/** As Lambda's event filtering has it: every name of the pattern, any of a leaf's choices. */
function matches(pattern: StreamPattern, record: object): boolean {
  return Object.entries(pattern).every(([name, inner]) => {
    const value: unknown = Reflect.get(record, name);
    if (!isLeaf(inner)) return typeof value === 'object' && value !== null && matches(inner, value);
    return inner.some((choice) => {
      if (typeof choice === 'string') return value === choice;
      if ('suffix' in choice) return typeof value === 'string' && value.endsWith(choice.suffix);
      return value !== undefined && typeof value !== 'object';
    });
  });
}

function isLeaf(inner: StreamPattern[string]): inner is Extract<StreamPattern[string], readonly unknown[]> {
  return Array.isArray(inner);
}
