import type { Done } from '../../directory/resource-view.ts';
import type { Meter, TableCall } from '../../directory/store/item-table.ts';
import type { JsonValue } from '../../scim/json.ts';
import type { ReportedOperation } from './request.ts';

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

/** What became of a request's entries in the provisioning log, and what that cost. */
export interface Logging {
  readonly outcome: 'logged' | 'late' | 'failed';
  readonly entries: number;
  readonly tableCalls: RequestTrace['tableCalls'];
}

/** What a request is about, as far as its URL says. */
export interface Asked {
  /** The route's, as the route table has it. */
  readonly path: string;
  /** Of the resource, decoded. */
  readonly id: string | undefined;
}

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
  /** Undefined where the tenant has no log: it is not there, or about to be gone. The id only of the tenant's own URL. */
  asked: Asked | undefined;
  /** The JSON body, once it was read. For the provisioning log alone, as is `detail`. */
  body: JsonValue | undefined;
  scimType: string | undefined;
  /** What the client was told of a failure. */
  detail: string | undefined;
  /** What the request did; undefined where it read, or failed. */
  done: Done | undefined;
  /** The operations of a bulk request, other than those that were left out of it; undefined of any other request. */
  operations: readonly ReportedOperation[] | undefined;
  /** Whatever was thrown, other than a ScimError; the first such of a bulk request's operations. */
  failure: unknown;
  /** What became of the request's part in its sync cycle. */
  accounting: Accounting | undefined;
  /** Undefined where it had nothing to put into the provisioning log. */
  logging: Logging | undefined;
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
