import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { sizeOfAttributes, sizeOfItem, toWriteUnits } from './capacity.ts';
import type { Action } from './item-table.ts';
import type { WriteRefusedError } from './table-errors.ts';

export interface Units {
  readonly readUnits?: number;
  readonly writeUnits?: number;
}

/**
 * What a transaction has cost. DynamoDB reports it; emulators report far too little (they round the sum of all actions,
 * not each), so it is never less than twice what each action is known to write.
 *
 * A repeat under the token of a transaction that had succeeded reports reads alone.
 */
export function transactionUnits(actions: readonly Action[], reported: readonly ConsumedCapacity[]): Units {
  const total = (unit: 'ReadCapacityUnits' | 'WriteCapacityUnits') =>
    reported.reduce((sum, capacity) => sum + (capacity[unit] ?? 0), 0);
  const readUnits = total('ReadCapacityUnits');
  const writeUnits = total('WriteCapacityUnits');
  if (readUnits > 0 && writeUnits === 0) return { readUnits };
  return { readUnits, writeUnits: Math.max(writeUnits, 2 * actions.reduce((sum, action) => sum + unitsOf(action), 0)) };
}

/** What a refused write has cost, which is not reported: by the old items that came back with the refusal. */
export function refusedUnits(
  operation: 'write' | 'writeOne',
  actions: readonly Action[],
  error: WriteRefusedError,
): Units {
  const units = actions.reduce((sum, _action, index) => {
    const item = error.refusalOf(index)?.item;
    return sum + toWriteUnits(item === undefined ? 0 : sizeOfItem(item), 0);
  }, 0);
  return { writeUnits: operation === 'write' ? 2 * units : units };
}

function unitsOf(action: Action): number {
  switch (action.kind) {
    case 'put':
      return toWriteUnits(0, sizeOfItem(action.item));
    case 'update':
      return toWriteUnits(0, sizeOfAttributes({ ...action.key, ...action.set, ...action.add }));
    case 'delete':
    case 'check':
      return 1;
  }
}
