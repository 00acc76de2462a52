import type { Item, ItemValue } from './item-table.ts';

const BYTES_A_READ_UNIT = 4096;
const BYTES_A_WRITE_UNIT = 1024;

/**
 * The size of an item as DynamoDB reckons it, for its limits and for capacity: the UTF-8 bytes of the attributes' names
 * and of their values.
 *
 * @see {@link https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html DynamoDB item sizes and formats}
 */
export function sizeOfItem(item: Item): number {
  return sizeOfAttributes(item);
}

/** The size of some of an item's attributes, names included. */
export function sizeOfAttributes(attributes: Readonly<Record<string, ItemValue>>): number {
  let size = 0;
  for (const name of Object.keys(attributes)) size += Buffer.byteLength(name) + sizeOfValue(attributes[name] ?? null);
  return size;
}

function sizeOfValue(value: ItemValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return sizeOfNumber(value);
  if (value === null || typeof value === 'boolean') return 1;
  if (isList(value)) return value.reduce<number>((size, element) => size + 1 + sizeOfValue(element), 3);
  return 3 + Object.keys(value).length + sizeOfAttributes(value);
}

/** One byte, one for each two significant digits, and one for a minus sign. */
function sizeOfNumber(value: number): number {
  if (value === 0) return 1;
  const digits = String(Math.abs(value))
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length;
  return 1 + Math.ceil(digits / 2) + (value < 0 ? 1 : 0);
}

/** Read units of one get, or of one whole query page: by 4 KB begun, at least one; half of it where not consistent. */
export function toReadUnits(size: number, consistent = true): number {
  const units = Math.max(1, Math.ceil(size / BYTES_A_READ_UNIT));
  return consistent ? units : units / 2;
}

/** Write units of one action, by 1 KB begun, at least one: of the larger of the item before and after. */
export function toWriteUnits(sizeBefore: number, sizeAfter: number): number {
  return Math.max(1, Math.ceil(Math.max(sizeBefore, sizeAfter) / BYTES_A_WRITE_UNIT));
}

function isList(value: ItemValue): value is readonly ItemValue[] {
  return Array.isArray(value);
}
