import { isJsonArray, isJsonObject, type JsonValue } from '../../scim/json.ts';
import type { Cleaner } from '../deletion.ts';
import { readParked, unpark } from '../feed/park.ts';
import { hashIdentifier } from '../store/log-keys.ts';
import type { Purged } from './erase-log.ts';

/**
 * Deletes what the change feed has parked about the person: all that names the id, or one of the names.
 *
 * @param after - Where a call before has ended.
 * @returns Where this one has, if the time was over first.
 */
export async function eraseParked(
  { table, hasTime }: Pick<Cleaner, 'table' | 'hasTime'>,
  purged: Purged,
  after: string | undefined,
): Promise<string | undefined> {
  for await (const change of readParked(table, purged.tenant, after)) {
    if (isAbout(purged, change.body)) await unpark(table, change);
    if (!hasTime()) return change.changeId;
  }
  return undefined;
}

function isAbout({ tenant, id, identifiers }: Purged, body: string): boolean {
  if (body.includes(id)) return true;
  const hashes = new Set(identifiers);
  return textsOf(toJson(body)).some((text) => hashes.has(hashIdentifier(tenant, text)));
}

/** What is not whole is known by the id alone. */
function toJson(body: string): JsonValue {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function textsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isJsonArray(value)) return value.flatMap(textsOf);
  return isJsonObject(value) ? Object.values(value).flatMap(textsOf) : [];
}
