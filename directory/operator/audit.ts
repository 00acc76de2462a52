import type { JsonValue } from '../../scim/json.ts';
import { sizeOfItem } from '../store/capacity.ts';
import type { PutAction } from '../store/item-table.ts';
import { FORMAT, parseItem } from '../store/items.ts';
import { queryPages } from '../store/query-all.ts';
import { type AuditItem, AuditItemSchema } from '../store/tenant-items.ts';
import { AUDIT, auditKey } from '../store/tenant-keys.ts';
import type { OperatorContext } from './operation.ts';

/** What an operator did. Never a token, in no field. */
export interface AuditEntry {
  /** Such as `tenants.create`. */
  readonly action: string;
  readonly tenant: string;
  readonly application?: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** Records what the same transaction does, so that nothing is done unrecorded. */
export function auditAction(context: OperatorContext, entry: AuditEntry): PutAction {
  const { principal, requestId } = context;
  const time = context.now().toISOString();
  return {
    kind: 'put',
    item: { ...auditKey(time, context.newId()), format: FORMAT, time, principal, requestId, ...entry },
  };
}

export interface AuditQuery {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Part of the principal's ARN. */
  readonly actor?: string | undefined;
  readonly tenant?: string | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
}

const PAGE = 200;
/** Records that one page may look at, where few match. */
const MAX_READ = 20_000;
/** Bytes of the records of one page, beyond which it ends: a policy may have 100,000, and an answer 6 MB with its escapes. */
const MAX_BYTES = 3_000_000;

/** What operators did, newest first, a page at a time. */
export async function listAudit(
  { table }: Pick<OperatorContext, 'table'>,
  { from, to, actor, tenant, after }: AuditQuery,
): Promise<{ readonly records: readonly AuditItem[]; readonly next?: string }> {
  const records: AuditItem[] = [];
  let read = 0;
  let bytes = 0;
  const range = {
    ...(from === undefined ? {} : { from: from.toISOString() }),
    ...(to === undefined ? {} : { to: `${to.toISOString()}#~` }),
  };
  let position = after;
  for (;;) {
    const page = await table.query({
      pk: AUDIT,
      ...range,
      ...(position === undefined ? {} : { after: position }),
      backwards: true,
      limit: PAGE,
    });
    for (const item of page.items) {
      const record = parseItem(AuditItemSchema, item);
      if (actor !== undefined && !record.principal.includes(actor)) continue;
      if (tenant !== undefined && record.tenant !== tenant) continue;
      records.push(record);
      bytes += sizeOfItem(item);
    }
    read += page.items.length;
    position = page.next;
    if (position === undefined) return { records };
    if (records.length >= PAGE || read >= MAX_READ || bytes >= MAX_BYTES) return { records, next: position };
  }
}

/** Every record of a tenant, oldest first. */
export async function auditOf({ table }: Pick<OperatorContext, 'table'>, tenant: string): Promise<AuditItem[]> {
  const records: AuditItem[] = [];
  for await (const page of queryPages(table, { pk: AUDIT })) {
    for (const item of page) {
      if (item['tenant'] === tenant) records.push(parseItem(AuditItemSchema, item));
    }
  }
  return records;
}

/** The id at the end of a record's key. */
export function idOfAuditRecord({ sk }: AuditItem): string {
  return sk.slice(sk.indexOf('#') + 1);
}
