import { isJsonArray, isJsonObject, type JsonValue } from '../../scim/json.ts';
import type { Cleaner } from '../deletion.ts';
import { readParked } from '../feed/park.ts';
import { hashIdentifier } from '../store/log-keys.ts';
import type { Purged } from './erase-log.ts';

/**
 * Deletes what the change feed has parked about the person: all that names the id, or one of the names. There is little of
 * it at any time, for each wants an operator.
 */
export async function eraseParked({ table }: Pick<Cleaner, 'table'>, purged: Purged): Promise<void> {
  for await (const { body, keys } of readParked(table, purged.tenant)) {
    if (!isAbout(purged, body)) continue;
    for (const key of keys) await table.writeOne({ kind: 'delete', key });
  }
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
