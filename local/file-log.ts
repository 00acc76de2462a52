import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Log, LogFields } from '../lambda/observability/log.ts';

/** How long a line may wait for others: a call of the operating system for each would cost more than the line itself. */
const FLUSH_MILLIS = 50;

/** The log of the local run: a file of JSON lines, which only its owner may read. */
export class FileLog implements Log {
  readonly #stream: WriteStream;
  readonly #now: () => Date;
  #waiting = '';

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
    this.#flush();
    this.#stream.end();
    await once(this.#stream, 'close');
  }

  #write(level: string, message: string, fields: LogFields): void {
    if (this.#waiting === '') setTimeout(() => this.#flush(), FLUSH_MILLIS);
    this.#waiting += `${JSON.stringify({ level, message, timestamp: this.#now().toISOString(), ...fields })}\n`;
  }

  #flush(): void {
    if (this.#waiting !== '') this.#stream.write(this.#waiting);
    this.#waiting = '';
  }
}
