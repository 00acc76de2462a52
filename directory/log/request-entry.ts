import { isJsonObject, type JsonValue } from '../../scim/json.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { Done } from '../resource-view.ts';
import { isResourceId } from '../store/keys.ts';
import type { LogItem, LogOperation, Names } from '../store/log-items.ts';
import { logKey } from '../store/log-keys.ts';
import { strikeQuotations } from './strike-quotations.ts';

/** Characters of a name and of a detail that an entry keeps at most; a longer name is left out, a longer detail is cut. */
const MAX_NAME_LENGTH = 512;
const MAX_DETAIL_LENGTH = 1_000;

/** A request, or an operation of a bulk request: what it asked for, and what it came to. */
export interface RequestedAction {
  readonly method: string;
  /** Undefined of a bulk request as a whole, and of a search of all types. */
  readonly type: ResourceTypeName | undefined;
  /** As the path has it; anything but an id of ours is left out of the entry. */
  readonly id: string | undefined;
  /** The body, where there is one and it could be read. */
  readonly body: JsonValue | undefined;
  readonly status: number;
  readonly scimType: string | undefined;
  /** What the client was told of a failure. */
  readonly detail: string | undefined;
  /** What it did; undefined where it read, or failed. */
  readonly done: Done | undefined;
  /** It was a bulk request, refused as a whole. */
  readonly isBulk?: boolean;
  /** What it was about, where that is no resource of the directory. */
  readonly what?: string;
}

/** Who asked, and when it was over. */
interface Request {
  readonly tenant: string;
  readonly application: string;
  readonly requestId: string;
  readonly time: Date;
}

/** What the log says of an action; its key and who asked are the request's. */
export type ActionRecord = Pick<
  LogItem,
  'operation' | 'outcome' | 'names' | 'resource' | 'status' | 'scimType' | 'detail' | 'facts'
>;

/**
 * The entry of an action that leaves no other trace in the table: it failed, or found nothing to change. Undefined of any
 * other, whose entry the change feed makes from what changed.
 *
 * A name is kept only where the request names no resource by id, for a body may be about somebody else than the id, and
 * a purge finds an entry by its id, or by its names where it has none. A detail is kept without what it quotes, and none
 * of what read, since a filter is about anybody.
 */
export function toActionRecord(action: RequestedAction): ActionRecord | undefined {
  const { method, status, scimType, done } = action;
  const outcome = status >= 400 ? 'failed' : done?.kind === 'unchanged' ? 'unchanged' : undefined;
  if (outcome === undefined) return undefined;
  const operation = action.isBulk === true ? 'bulk' : operationOf(method);
  const detail = operation === 'read' ? undefined : toKeptDetail(action.detail);
  const resource = resourceOf(action);
  return {
    operation,
    outcome,
    ...(resource === undefined ? {} : { resource }),
    names: outcome === 'failed' && operation === 'create' ? namesOf(action) : {},
    status,
    ...(scimType === undefined ? {} : { scimType }),
    ...(detail === undefined ? {} : { detail }),
    ...(action.what === undefined ? {} : { facts: { what: action.what } }),
  };
}

/**
 * The entry of an action; the same whenever it is made again.
 *
 * @param place - Of the operation in a bulk request; 0 of any other.
 */
export function toActionEntry(
  { tenant, application, requestId, time }: Request,
  record: ActionRecord,
  place = 0,
): LogItem {
  const at = time.toISOString();
  const id = `${requestId}.${String(place).padStart(5, '0')}`;
  const lists = { changes: [], membersAdded: [], membersRemoved: [] };
  return { ...logKey(tenant, at, id), time: at, id, application, requestId, ...record, ...lists };
}

function operationOf(method: string): LogOperation {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
    case 'PATCH':
      return 'update';
    case 'DELETE':
      return 'delete';
    default:
      return 'read';
  }
}

function resourceOf({ type, id }: RequestedAction): LogItem['resource'] {
  if (type === undefined) return undefined;
  return id !== undefined && isResourceId(id) ? { type, id } : { type };
}

/** Of a user none without an identifier: nothing would lead a purge to the entry. */
function namesOf({ type, id, body }: RequestedAction): Names {
  if (id !== undefined || !isJsonObject(body)) return {};
  const userName = type === 'User' ? findName(body, 'userName') : undefined;
  const externalId = findName(body, 'externalId');
  const displayName = findName(body, 'displayName');
  if (type === 'User' && userName === undefined && externalId === undefined) return {};
  return {
    ...(userName === undefined ? {} : { userName }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(displayName === undefined ? {} : { displayName }),
  };
}

/** Names of attributes are case-insensitive (RFC 7643 §2.1). */
function findName(body: { readonly [name: string]: JsonValue }, name: string): string | undefined {
  const found = Object.entries(body).find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
  const isKept = typeof found === 'string' && found !== '' && found.length <= MAX_NAME_LENGTH && found.isWellFormed();
  return isKept ? found : undefined;
}

function toKeptDetail(detail: string | undefined): string | undefined {
  return detail === undefined ? undefined : strikeQuotations(detail).slice(0, MAX_DETAIL_LENGTH).toWellFormed();
}
