import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, ItemValue, Key } from './item-table.ts';

/** An item, or some attributes, as they travel to and from DynamoDB. */
export type AttributeValues = Record<string, AttributeValue>;

/**
 * An item's value as DynamoDB's.
 *
 * Not left to the SDK's document client, which looks at a map's `constructor` to tell its type: an attribute of that
 * name, from a request, would change what is stored or fail the call.
 */
export function toAttributeValue(value: ItemValue): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isList(value)) return { L: value.map(toAttributeValue) };
  return { M: toAttributeValues(value) };
}

export function toAttributeValues(values: { readonly [name: string]: ItemValue }): AttributeValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toAttributeValue(value)]));
}

/** The key alone, whatever else the object has. */
export function toKeyValues({ pk, sk }: Key): AttributeValues {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** @throws Error when it is no item of ours: without key, or with a set or binary value. */
export function toItem(values: AttributeValues): Item {
  const { pk, sk } = values;
  if (pk?.S === undefined || sk?.S === undefined) throw new Error('the table holds an item without pk or sk');
  return { ...toItemValues(values), pk: pk.S, sk: sk.S };
}

/**
 * As {@link toItem}, but for what somebody else may have put into the table: a set or binary value comes as DynamoDB's JSON.
 *
 * @throws Error when it has no key.
 */
export function toItemOfStream(values: AttributeValues): Item {
  const { pk, sk } = values;
  if (pk?.S === undefined || sk?.S === undefined) throw new Error('the stream holds an item without pk or sk');
  const attributes = Object.entries(values).map(([name, value]) => [name, toAnyValue(value)]);
  return { ...Object.fromEntries(attributes), pk: pk.S, sk: sk.S };
}

function toAnyValue(value: AttributeValue): ItemValue {
  try {
    return toItemValue(value);
  } catch {
    return JSON.parse(JSON.stringify(value));
  }
}

function toItemValues(values: AttributeValues): Record<string, ItemValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toItemValue(value)]));
}

function toItemValue(value: AttributeValue): ItemValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(toItemValue);
  if (value.M !== undefined) return toItemValues(value.M);
  throw new Error(`the table holds a value of a type that is not ours: ${Object.keys(value).join()}`);
}

function isList(value: ItemValue): value is readonly ItemValue[] {
  return Array.isArray(value);
}
