import type { Meter, TableCall } from '../../directory/store/item-table.ts';

/** Counts the calls of a table by kind, with their units. */
export class CallLog implements Meter {
  readonly calls: TableCall[] = [];

  count(call: TableCall): void {
    this.calls.push(call);
  }

  /** How many calls of each kind; a transaction with its number of actions: `write(4)`. */
  get kinds(): Readonly<Record<string, number>> {
    const kinds: Record<string, number> = {};
    for (const { operation, size } of this.calls) {
      const kind = operation === 'write' ? `write(${size})` : operation;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    return kinds;
  }

  get readUnits(): number {
    return this.calls.reduce((sum, { readUnits }) => sum + readUnits, 0);
  }

  /** Of single writes and transactions, by the documented formula. */
  get writeUnits(): number {
    return this.calls.reduce((sum, { writeUnits }) => sum + writeUnits, 0);
  }
}
