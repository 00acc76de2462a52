import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../json.ts';
import { quoteExcerpt } from '../text.ts';
import { describeJsonType } from '../validation/json-type.ts';

/**
 * Reads the members of a JSON object that a person wrote. What is wrong is collected rather than thrown, so that all of
 * it can be told at once; what could not be read is replaced by something that can be read on.
 */
export class DocumentReader {
  /** Names the object in a fault; empty for the document itself. */
  readonly path: string;
  readonly #object: JsonObject;
  readonly #faults: string[];

  constructor(value: JsonValue, path: string, faults: string[]) {
    this.path = path;
    this.#faults = faults;
    this.#object = isJsonObject(value) ? value : {};
    if (!isJsonObject(value)) this.fault(undefined, `expected an object, got ${describeJsonType(value)}`);
  }

  /** Notes what is wrong with a member; with the object itself where no name is given. */
  fault(name: string | undefined, message: string): void {
    const place = [this.path, name].filter((part) => part !== undefined && part !== '').join('.');
    this.#faults.push(place === '' ? message : `${place}: ${message}`);
  }

  get(name: string): JsonValue | undefined {
    return member(this.#object, name);
  }

  /** A string of 1 to `longest` characters; empty where it is none. */
  text(name: string, longest: number): string {
    const value = this.get(name);
    if (typeof value === 'string' && value.trim() !== '' && value.length <= longest) return value;
    const found = typeof value === 'string' ? `one of ${value.length}` : describeJsonType(value);
    this.fault(name, `expected a string of 1 to ${longest} characters, got ${found}`);
    return '';
  }

  flag(name: string): boolean {
    const value = this.get(name);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.fault(name, `expected true or false, got ${describeJsonType(value)}`);
    return false;
  }

  /** One of the words; the fallback where the member is missing. */
  word<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const value = this.get(name);
    if (value === undefined) return fallback;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) {
      const found = typeof value === 'string' ? quoteExcerpt(value) : describeJsonType(value);
      this.fault(name, `expected one of ${words.join(', ')}, got ${found}`);
    }
    return word ?? fallback;
  }

  /** Different strings of 1 to `longest` characters; undefined where the member is missing. */
  texts(name: string, longest: number): readonly string[] | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const isText = (text: JsonValue): text is string =>
      typeof text === 'string' && text.trim() !== '' && text.length <= longest;
    if (isJsonArray(value) && value.length > 0 && value.every(isText) && new Set(value).size === value.length) {
      return value;
    }
    this.fault(name, `expected a list of different strings, each of 1 to ${longest} characters`);
    return undefined;
  }

  /** The entries of a list; none where it is no list. */
  list(name: string): readonly JsonValue[] {
    const value = this.get(name);
    if (isJsonArray(value) && value.length > 0) return value;
    const found = isJsonArray(value) ? 'an empty one' : describeJsonType(value);
    this.fault(name, `expected a list of attributes, got ${found}`);
    return [];
  }

  /** Whoever writes `multivalued` shall learn that it means nothing. */
  refuseOthers(known: readonly string[]): void {
    for (const name of Object.keys(this.#object)) {
      if (!known.includes(name))
        this.fault(undefined, `unknown member ${quoteExcerpt(name)}; known: ${known.join(', ')}`);
    }
  }
}
