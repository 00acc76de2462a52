import type { Meter, TableCall } from '../../directory/store/item-table.ts';

/** What the log line of a request will say; filled while the request goes its way. */
export class RequestTrace implements Meter {
  readonly startedAt: number;
  method = '';
  route = 'unknown';
  requestId = '';
  tenant: string | undefined;
  application: string | undefined;
  scimType: string | undefined;
  /** Whatever was thrown, other than a ScimError. */
  failure: unknown;
  readUnits = 0;
  writeUnits = 0;
  readonly #calls: Partial<Record<TableCall['operation'], number>> = {};

  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  count({ operation, readUnits, writeUnits }: TableCall): void {
    this.#calls[operation] = (this.#calls[operation] ?? 0) + 1;
    this.readUnits += readUnits;
    this.writeUnits += writeUnits;
  }

  /** Number of table calls by operation; one that was tried again counts again. */
  get tableCalls(): Readonly<Partial<Record<TableCall['operation'], number>>> {
    return this.#calls;
  }
}
