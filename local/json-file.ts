import type * as z from 'zod';
import { readIfThere, writePrivateFile } from './private-file.ts';

/** A file of named entries, as JSON, which only its owner may read. */
export class JsonFile<Entry> {
  readonly #path: string;
  readonly #schema: z.ZodType<Record<string, Entry>>;
  readonly #what: string;
  #lastChange: Promise<void> = Promise.resolve();

  /** @param what - For the message where the file holds anything else, such as `a token file`. */
  constructor(path: string, schema: z.ZodType<Record<string, Entry>>, what: string) {
    this.#path = path;
    this.#schema = schema;
    this.#what = what;
  }

  async find(name: string): Promise<Entry | undefined> {
    return (await this.#read()).get(name);
  }

  /** One change after another: each writes the whole file. @returns the entry as it was. */
  async change(name: string, change: (before: Entry | undefined) => Entry | undefined): Promise<Entry | undefined> {
    const run = async (): Promise<Entry | undefined> => {
      const content = await this.#read();
      const before = content.get(name);
      const after = change(before);
      if (after === undefined) content.delete(name);
      else content.set(name, after);
      await writePrivateFile(this.#path, `${JSON.stringify(Object.fromEntries(content), null, 2)}\n`);
      return before;
    };
    const result = this.#lastChange.then(run);
    this.#lastChange = result.then(
      () => undefined,
      () => undefined,
    );
    return await result;
  }

  async #read(): Promise<Map<string, Entry>> {
    const text = await readIfThere(this.#path);
    if (text === undefined) return new Map();
    const { success, data } = this.#schema.safeParse(parseJson(text));
    if (!success) {
      throw new Error(`${this.#path} is not ${this.#what} of this program: move it away, or start with --fresh`);
    }
    return new Map(Object.entries(data));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
