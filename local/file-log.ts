import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Log, LogFields } from '../lambda/observability/log.ts';

/** The log of the local run: a file of JSON lines, which only its owner may read. */
export class FileLog implements Log {
  readonly #stream: WriteStream;
  readonly #now: () => Date;

  constructor(path: string, now: () => Date) {
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    this.#now = now;
  }

  info(message: string, fields: LogFields): void {
    this.#write('INFO', message, fields);
  }

  error(message: string, fields: LogFields): void {
    this.#write('ERROR', message, fields);
  }

  /** Ends once everything is written. */
  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, 'close');
  }

  #write(level: string, message: string, fields: LogFields): void {
    this.#stream.write(`${JSON.stringify({ level, message, timestamp: this.#now().toISOString(), ...fields })}\n`);
  }
}
