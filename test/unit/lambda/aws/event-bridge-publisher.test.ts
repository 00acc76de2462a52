import type { PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { type DirectoryEvent, DirectoryEventSchema } from '../../../../directory/feed/event-schemas.ts';
import { EventBridgePublisher } from '../../../../lambda/aws/event-bridge-publisher.ts';

/** A bus that refuses as it is told, and keeps what it took. */
class Bus {
  readonly calls: (readonly string[])[] = [];
  readonly taken: { readonly type: string; readonly detail: DirectoryEvent; readonly source: string }[] = [];
  /** How often it refuses the event of that id. */
  readonly refusals = new Map<string, number>();

  readonly client = {
    send: async ({ input }: PutEventsCommand) => {
      const entries = input.Entries ?? [];
      this.calls.push(entries.map(({ Detail = '' }) => Detail));
      return { Entries: entries.map((entry) => this.#take(entry)) };
    },
  };

  #take({ Detail = '{}', DetailType: type = '', Source: source = '' }: PutEventsRequestEntry) {
    const detail = DirectoryEventSchema.parse(JSON.parse(Detail));
    const left = this.refusals.get(detail.id) ?? 0;
    this.refusals.set(detail.id, left - 1);
    if (left > 0) return { ErrorCode: 'ThrottlingException' };
    this.taken.push({ type, source, detail });
    return { EventId: detail.id };
  }
}

function eventOf(n: number, value = 'x'): DirectoryEvent {
  return DirectoryEventSchema.parse({
    id: `${n}.user.updated`,
    type: 'user.updated',
    time: '2026-11-22T12:00:00.000Z',
    tenant: 'acme',
    application: 'entra',
    requestId: 'r-1',
    resource: { type: 'User', id: 'u-1' },
    sequence: n,
    data: { names: { userName: 'ada' }, changes: [{ path: 'title', after: value }] },
  });
}

function publisherOn(bus: Bus): { readonly publisher: EventBridgePublisher; readonly waits: number[] } {
  const waits: number[] = [];
  const runtime = {
    random: () => 1,
    sleep: async (millis: number) => {
      waits.push(millis);
    },
  };
  // biome-ignore lint/suspicious/noExplicitAny: the client's overloads; the publisher sends this one command.
  return { publisher: new EventBridgePublisher(bus.client as any, 'bus', runtime), waits };
}

const many = Array.from({ length: 25 }, (_, n) => eventOf(n));

describe('the publisher on EventBridge', () => {
  it('puts every event, ten at a time', async () => {
    const bus = new Bus();
    await publisherOn(bus).publisher.publish({}, many);
    expect(bus.calls.map((call) => call.length)).toEqual([10, 10, 5]);
    expect(bus.taken.map(({ detail }) => detail)).toEqual(many);
    expect(bus.taken[0]).toMatchObject({ source: 'scim-stack', type: 'user.updated' });
  });

  it('keeps a call within what EventBridge takes', async () => {
    const bus = new Bus();
    await publisherOn(bus).publisher.publish(
      {},
      Array.from({ length: 5 }, (_, n) => eventOf(n, 'v'.repeat(100_000))),
    );
    for (const call of bus.calls) expect(Buffer.byteLength(call.join(''))).toBeLessThan(256_000);
    expect(bus.taken).toHaveLength(5);
  });

  it('withholds values that would be too many for an event, and says so', async () => {
    const bus = new Bus();
    await publisherOn(bus).publisher.publish({}, [eventOf(1, 'v'.repeat(280_000))]);
    const [taken] = bus.taken;
    expect(taken?.detail.data).toEqual({ names: {}, changes: [{ path: 'title', withheld: true }] });
    expect(taken?.detail).toMatchObject({ id: '1.user.updated', sequence: 1 });
  });

  it('puts again what was refused, alone, and after a while', async () => {
    const bus = new Bus();
    bus.refusals.set('3.user.updated', 2);
    const { publisher, waits } = publisherOn(bus);
    await publisher.publish({}, many.slice(0, 5));
    expect(bus.calls.map((call) => call.length)).toEqual([5, 1, 1]);
    expect(bus.taken).toHaveLength(5);
    expect(waits).toHaveLength(2);
  });

  it('throws where the bus goes on refusing: the batch comes again', async () => {
    const bus = new Bus();
    bus.refusals.set('3.user.updated', 99);
    await expect(publisherOn(bus).publisher.publish({}, many.slice(0, 5))).rejects.toThrow('ThrottlingException');
  });
});
