import type { EventPublisher } from '../directory/feed/event.ts';
import type { DirectoryEvent } from '../directory/feed/event-schemas.ts';

/** Prints each event as a line of JSON, for whoever wants to see what a consumer would; the same with `--json`. */
export class EventLines implements EventPublisher {
  readonly #print: (line: string) => void;
  #held: string[] | undefined = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  async publish(_tenant: unknown, events: readonly DirectoryEvent[]): Promise<void> {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`);
    if (this.#held === undefined) for (const line of lines) this.#print(line);
    else this.#held.push(...lines);
  }

  /** From now on they are printed: what the run says of itself comes first. */
  open(): void {
    for (const line of this.#held ?? []) this.#print(line);
    this.#held = undefined;
  }
}
