import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { EventPublisher } from '../../directory/feed/event.ts';
import type { DirectoryEvent } from '../../directory/feed/event-schemas.ts';
import { EVENT_SOURCE } from '../contract/events.ts';
import type { Runtime } from '../http/request.ts';

/** What EventBridge takes at once. */
const MAX_ENTRIES = 10;
/** Of its 256 KB, what an entry's other parts leave to be safe. */
const MAX_BYTES = 240_000;
const ATTEMPTS = 4;
const PAUSE_MILLIS = 100;

/** Publishes events on a bus: source {@link EVENT_SOURCE}, detail type the event's, detail the event itself. */
export class EventBridgePublisher implements EventPublisher {
  readonly #client: Pick<EventBridgeClient, 'send'>;
  readonly #bus: string;
  readonly #runtime: Pick<Runtime, 'sleep' | 'random'>;

  constructor(client: Pick<EventBridgeClient, 'send'>, bus: string, runtime: Pick<Runtime, 'sleep' | 'random'>) {
    this.#client = client;
    this.#bus = bus;
    this.#runtime = runtime;
  }

  /** @throws Error where the bus has not taken all of them, after several attempts. */
  async publish(_tenant: unknown, events: readonly DirectoryEvent[]): Promise<void> {
    const entries = events.map((event) => this.#toEntry(event));
    for (const batch of inBatches(entries)) await this.#put(batch);
  }

  async #put(entries: readonly PutEventsRequestEntry[]): Promise<void> {
    let left = entries;
    for (let attempt = 1; ; attempt++) {
      const { Entries = [] } = await this.#client.send(new PutEventsCommand({ Entries: [...left] }));
      const code = Entries.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode;
      left = left.filter((_, i) => Entries[i]?.ErrorCode !== undefined);
      if (left.length === 0) return;
      if (attempt === ATTEMPTS) throw new Error(`EventBridge has not taken ${left.length} events: ${code}`);
      await this.#runtime.sleep(PAUSE_MILLIS * 2 ** attempt * this.#runtime.random());
    }
  }

  #toEntry(event: DirectoryEvent): PutEventsRequestEntry {
    return {
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: event.type,
      Time: new Date(event.time),
      Detail: toDetail(event),
    };
  }
}

/** Without its values, where they are more than the bus takes: that they are withheld is said in their place. */
function toDetail(event: DirectoryEvent): string {
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) <= MAX_BYTES || !('changes' in event.data)) return text;
  const changes = event.data.changes.map(({ path }) => ({ path, withheld: true }));
  return JSON.stringify({ ...event, data: { ...event.data, names: {}, changes } });
}

function* inBatches(entries: readonly PutEventsRequestEntry[]): Generator<readonly PutEventsRequestEntry[]> {
  let batch: PutEventsRequestEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.Detail ?? '');
    if (batch.length === MAX_ENTRIES || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
