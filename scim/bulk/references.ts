import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../json.ts';

const PREFIX = 'bulkId:';
const QUOTED_TEXT = /"(?:[^"\\]|\\.)*"/g;

/**
 * The bulkId in a text that stands for the id of a resource which the same request creates.
 *
 * @returns undefined where the text is no such reference.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7.2 RFC 7644 §3.7.2}
 */
export function readReference(text: string): string | undefined {
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
}

/** The text that stands for the id of what the POST with that bulkId creates. */
export function toReference(bulkId: string): string {
  return `${PREFIX}${bulkId}`;
}

/**
 * The data with every reference replaced. A reference may stand wherever a text may: as a member's `value`, as the
 * manager, in an extension's attribute that nobody knows of here, and in the value filter of a PATCH path.
 *
 * @param toId - The id in the place of the reference to that bulkId.
 */
export function replaceReferences(data: JsonValue, toId: (bulkId: string) => string): JsonValue {
  if (findReferences(data).size === 0) return data;
  return mapTexts(data, (text) => {
    const bulkId = readReference(text);
    return bulkId === undefined ? text : toId(bulkId);
  });
}

/** The bulkIds that the data refers to. */
export function findReferences(data: JsonValue): ReadonlySet<string> {
  const found = new Set<string>();
  visitTexts(data, (text) => {
    const bulkId = readReference(text);
    if (bulkId !== undefined) found.add(bulkId);
  });
  return found;
}

/** Every text in which the data may name a resource. */
export function findTexts(data: JsonValue): ReadonlySet<string> {
  const found = new Set<string>();
  visitTexts(data, (text) => {
    found.add(text);
  });
  return found;
}

/** Visits what {@link mapTexts} maps, and makes nothing new: most operations refer to nothing. */
function visitTexts(value: JsonValue, visit: (text: string) => void): void {
  if (typeof value === 'string') {
    visit(value);
  } else if (isJsonArray(value)) {
    for (const element of value) visitTexts(element, visit);
  } else if (isJsonObject(value)) {
    for (const name in value) {
      const held = member(value, name);
      if (held === undefined) continue;
      if (typeof held === 'string' && isPath(name)) visitQuoted(held, visit);
      else visitTexts(held, visit);
    }
  }
}

function visitQuoted(path: string, visit: (text: string) => void): void {
  for (const [quoted] of path.matchAll(QUOTED_TEXT)) {
    const text = readQuoted(quoted);
    if (text !== undefined) visit(text);
  }
}

/** Maps every text that is a value, and those in quotes in a `path`; names of members are none. */
function mapTexts(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === 'string') return map(value);
  if (isJsonArray(value)) return value.map((element) => mapTexts(element, map));
  if (isJsonObject(value)) return mapMembers(value, map);
  return value;
}

function mapMembers(object: JsonObject, map: (text: string) => string): JsonObject {
  const mapped = Object.entries(object).map(([name, value]): [string, JsonValue] => {
    return [name, typeof value === 'string' && isPath(name) ? mapQuoted(value, map) : mapTexts(value, map)];
  });
  return Object.fromEntries(mapped);
}

function isPath(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'path';
}

function mapQuoted(path: string, map: (text: string) => string): string {
  return path.replace(QUOTED_TEXT, (quoted) => {
    const text = readQuoted(quoted);
    const mapped = text === undefined ? undefined : map(text);
    return mapped === undefined || mapped === text ? quoted : JSON.stringify(mapped);
  });
}

/** What is no JSON string is left to the parser of paths to refuse. */
function readQuoted(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}
