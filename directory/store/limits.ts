import { keyOf } from './actions.ts';
import { sizeOfAttributes, sizeOfItem } from './capacity.ts';
import type { Action, Condition, Item, ItemValue, Key, Query, UpdateAction } from './item-table.ts';
import { InvalidRequestError, ItemTooLargeError } from './table-errors.ts';

/**
 * DynamoDB's limits, checked before anything is sent, so that both tables refuse alike.
 *
 * @see {@link https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html DynamoDB quotas and limits}
 */
export const MAX_ACTIONS = 100;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
const MAX_ITEM_BYTES = 400 * 1024;
export const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_PARTITION_KEY_BYTES = 2048;
export const MAX_SORT_KEY_BYTES = 1024;
const MAX_TOKEN_LENGTH = 36;
/** Levels of lists and maps; DynamoDB allows 32. */
const MAX_DEPTH = 31;
/** Attributes that one action changes or looks at; well below the 4 KB that an expression may have. */
const MAX_EXPRESSION_NAMES = 100;
/** DynamoDB allows 64 KB; its local emulator fails far below. */
const MAX_NAME_BYTES = 4096;
/** Nearer to zero DynamoDB refuses a number. */
const MIN_MAGNITUDE = 1e-130;
const MAX_LIMIT = 2 ** 31 - 1;

type Nested = Exclude<ItemValue, null | boolean | number | string>;

/** @throws {@link InvalidRequestError} when the transaction breaks a limit; the message names the action. */
export function checkTransaction(actions: readonly Action[], token: string | undefined): void {
  if (actions.length === 0) throw new InvalidRequestError('a transaction needs at least one action');
  if (actions.length > MAX_ACTIONS) {
    throw new InvalidRequestError(`a transaction may have ${MAX_ACTIONS} actions, this one has ${actions.length}`);
  }
  if (token !== undefined && (token === '' || token.length > MAX_TOKEN_LENGTH)) {
    throw new InvalidRequestError(`a token has 1 to ${MAX_TOKEN_LENGTH} characters, this one has ${token.length}`);
  }
  const keys = new Set<string>();
  let size = 0;
  actions.forEach((action, index) => {
    size += named(`action ${index}`, () => checkAction(action));
    const { pk, sk } = keyOf(action);
    keys.add(`${pk.length} ${pk}${sk}`);
    if (keys.size === index) throw new InvalidRequestError(`action ${index} is the second on its item`);
  });
  if (size > MAX_TRANSACTION_BYTES) {
    throw new InvalidRequestError(`a transaction may have ${MAX_TRANSACTION_BYTES} bytes, this one has ${size}`);
  }
}

/**
 * Checks an action alone.
 *
 * @returns the size in bytes of what it writes; that of the whole item for a put.
 */
export function checkAction(action: Action): number {
  checkKey(keyOf(action));
  const conditions = action.conditions ?? [];
  conditions.forEach(checkCondition);
  if (conditions.length > MAX_EXPRESSION_NAMES) {
    throw new InvalidRequestError(`an action may have ${MAX_EXPRESSION_NAMES} conditions`);
  }
  switch (action.kind) {
    case 'put':
      return checkItem(action.item);
    case 'update':
      return checkUpdate(action);
    case 'delete':
      return 0;
    case 'check':
      if (conditions.length === 0) throw new InvalidRequestError('a check needs at least one condition');
      return 0;
  }
}

/** @throws {@link ItemTooLargeError} when the item, as it would be stored, has more than 400 KB. */
export function checkItemSize(size: number): void {
  if (size > MAX_ITEM_BYTES)
    throw new ItemTooLargeError(`an item may have ${MAX_ITEM_BYTES} bytes, this one has ${size}`);
}

export function checkKey(key: Key): void {
  checkKeyPart('partition key', key.pk, MAX_PARTITION_KEY_BYTES);
  checkKeyPart('sort key', key.sk, MAX_SORT_KEY_BYTES);
}

export function checkQuery(query: Query): void {
  checkKeyPart('partition key', query.pk, MAX_PARTITION_KEY_BYTES);
  for (const name of ['from', 'to', 'after'] as const) {
    const bound = query[name];
    if (bound !== undefined) checkKeyPart(`"${name}" of the query`, bound, MAX_SORT_KEY_BYTES);
  }
  const { limit } = query;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)) {
    throw new InvalidRequestError(`the limit of a query is an integer from 1 to ${MAX_LIMIT}, not ${limit}`);
  }
}

function checkKeyPart(what: string, value: string, maxBytes: number): void {
  if (typeof value !== 'string' || value === '') throw new InvalidRequestError(`the ${what} is not a string or empty`);
  checkString(what, value);
  const bytes = Buffer.byteLength(value);
  if (bytes > maxBytes) throw new InvalidRequestError(`the ${what} may have ${maxBytes} bytes, this one has ${bytes}`);
}

function checkItem(item: Item): number {
  checkAttributes(item, 0);
  const size = sizeOfItem(item);
  checkItemSize(size);
  return size;
}

function checkUpdate({ key, set = {}, add = {}, remove = [] }: UpdateAction): number {
  const names = [...Object.keys(set), ...Object.keys(add), ...remove];
  if (names.length === 0) throw new InvalidRequestError('an update needs at least one attribute to change');
  if (names.length > MAX_EXPRESSION_NAMES) {
    throw new InvalidRequestError(`an update may change ${MAX_EXPRESSION_NAMES} attributes, not ${names.length}`);
  }
  if (new Set(names).size < names.length) throw new InvalidRequestError('an update changes one attribute twice');
  for (const name of names) {
    checkName(name);
    if (name === 'pk' || name === 'sk') throw new InvalidRequestError(`an update cannot change the key (${name})`);
  }
  checkAttributes(set, 0);
  for (const [name, summand] of Object.entries(add)) {
    if (!Number.isSafeInteger(summand)) {
      throw new InvalidRequestError(`an update adds safe integers only, not ${summand} to ${JSON.stringify(name)}`);
    }
  }
  const size = sizeOfAttributes({ pk: key.pk, sk: key.sk, ...set, ...add });
  checkItemSize(size);
  return size;
}

function checkCondition(condition: Condition): void {
  if ('attribute' in condition) checkName(condition.attribute);
  if ('value' in condition) checkValue('the value of a condition', condition.value, 0);
  if ('version' in condition) checkNumber('the version of a condition', condition.version);
}

function checkAttributes(attributes: { readonly [name: string]: ItemValue }, depth: number): void {
  for (const name of Object.keys(attributes)) {
    checkName(name);
    checkValue(name, attributes[name], depth);
  }
}

function checkValue(name: string, value: ItemValue | undefined, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      break;
    case 'string':
      checkString(name, value);
      break;
    case 'number':
      checkNumber(name, value);
      break;
    case 'object':
      if (value !== null) checkNested(name, value, depth + 1);
      break;
    default:
      throw new InvalidRequestError(`attribute ${JSON.stringify(name)} holds what is no JSON value (${typeof value})`);
  }
}

function checkNested(name: string, value: Nested, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new InvalidRequestError(`attribute ${JSON.stringify(name)} has more than ${MAX_DEPTH} levels`);
  }
  if (isList(value)) for (const element of value) checkValue(name, element, depth);
  else checkAttributes(value, depth);
}

/** The SDK loses an attribute named `__proto__`, so neither table takes one. */
function checkName(name: string): void {
  if (name === '' || name === '__proto__' || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new InvalidRequestError(
      `${JSON.stringify(name.slice(0, MAX_NAME_BYTES))} cannot be the name of an attribute`,
    );
  }
  checkString('the name of an attribute', name);
}

function checkString(what: string, value: string): void {
  if (!value.isWellFormed()) throw new InvalidRequestError(`${JSON.stringify(what)} has a lone surrogate`);
}

function checkNumber(what: string, value: number): void {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= MIN_MAGNITUDE && magnitude <= Number.MAX_SAFE_INTEGER)) return;
  throw new InvalidRequestError(
    `${JSON.stringify(what)} is ${value}; a number is 0 or between ${MIN_MAGNITUDE} and 2^53 - 1 in magnitude`,
  );
}

function named<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ItemTooLargeError) throw new ItemTooLargeError(`${what}: ${error.message}`);
    if (error instanceof InvalidRequestError) throw new InvalidRequestError(`${what}: ${error.message}`);
    throw error;
  }
}

function isList(value: ItemValue): value is readonly ItemValue[] {
  return Array.isArray(value);
}
