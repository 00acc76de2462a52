import type { CountedOperation } from '../../directory/cycles/counts.ts';
import type { Done } from '../../directory/resource-view.ts';
import type { Meter, TableCall } from '../../directory/store/item-table.ts';

/** How a request was counted in its sync cycle, and what that cost, which is apart from what the request cost. */
export interface Accounting {
  readonly outcome: AccountingOutcome;
  readonly tableCalls: RequestTrace['tableCalls'];
}

export type AccountingOutcome =
  | 'counted'
  /** The table was busy: the counts go with the application's next request to this process. */
  | 'carried'
  /** The table did not answer in time: counted perhaps, or still to be. */
  | 'late'
  /** No answer told whether it was counted. */
  | 'uncertain'
  /** The application is gone, or its tenant is being deleted. */
  | 'unknownApplication'
  | 'failed';

/** What the log line of a request will say; filled while the request goes its way. */
export class RequestTrace implements Meter {
  readonly startedAt: number;
  method = '';
  route = 'unknown';
  requestId = '';
  tenant: string | undefined;
  application: string | undefined;
  /** Which of the application's tokens the request came with. */
  credentialId: string | undefined;
  scimType: string | undefined;
  /** What the request did; undefined where it read, or failed. */
  done: Done | undefined;
  /** The operations of a bulk request, other than those that were left out of it; undefined of any other request. */
  operations: readonly CountedOperation[] | undefined;
  /** Whatever was thrown, other than a ScimError; the first such of a bulk request's operations. */
  failure: unknown;
  /** What became of the request's part in its sync cycle. */
  accounting: Accounting | undefined;
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
