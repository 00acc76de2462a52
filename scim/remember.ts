import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * The function, which works out its answer for an object once, and keeps it as long as the object lives. For the values of
 * long lists: a PATCH of a thousand operations asks a thousand times about each, and all but a few stay the objects that
 * they are.
 */
export function remember(toText: (value: JsonValue) => string): (value: JsonValue) => string {
  const texts = new WeakMap<JsonObject, string>();
  return (value) => {
    if (!isJsonObject(value)) return toText(value);
    const known = texts.get(value);
    if (known !== undefined) return known;
    const text = toText(value);
    texts.set(value, text);
    return text;
  };
}
