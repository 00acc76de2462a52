import { inParts } from '../../directory/in-parts.ts';
import { isJsonObject, type JsonObject } from '../../replay/json.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns } from '../measure.ts';
import { type FilledServer, startFilledScimStack } from '../servers/filled-server.ts';
import { type Answer, Client, idOf } from '../traffic/client.ts';
import { addMembers, groupBody, removeMembers } from '../traffic/cycles.ts';
import { createPeople, type MappedPerson } from '../traffic/people.ts';

const CLIENTS = 8;
const BATCH = 100;

export const batchesBenchmark: Benchmark = {
  name: 'batches',
  about: 'many changes in one request, next to a request for each',
  method: `
Members: each of ${CLIENTS} clients adds ${BATCH} members to a group of its own and takes them out again, in one PATCH or in a PATCH
for each, one after the other, as identity providers fill a group; the same members in either case. Users: one client creates users as Entra does, as the operations of one bulk
request or by a POST for each, one after the other; the bulk request waits for nobody, and may perform operations side
by side. Every operation's own status is looked at.`,
  run: measureBatches,
};

async function measureBatches(bench: Bench): Promise<readonly Finding[]> {
  const batches = bench.pick({ full: CLIENTS, quick: CLIENTS, smoke: 1 });
  const server = await startFilledScimStack(bench, { users: batches * BATCH });
  return [await measureMembers(bench, server), await measureBulk(bench, server)];
}

async function measureMembers(bench: Bench, server: FilledServer): Promise<Finding> {
  const client = new Client(server, CLIENTS);
  bench.onEnd(async () => client.close());
  const batches = inParts(server.userIds, BATCH);

  bench.say('members, in batches and one by one');
  const { batched, single } = await takeTurns(bench, {
    batched: await churn(client, 'In batches', batches, (ids) => [ids]),
    single: await churn(client, 'One by one', batches, (ids) => ids.map((id) => [id])),
  });
  return {
    what: `members/s that come and go: ${BATCH} in a PATCH, or one`,
    figures: [
      { of: `${BATCH} in a PATCH`, value: batched, unit: '/s' },
      { of: 'one in a PATCH', value: single, unit: '/s' },
    ],
    ratio: ratioOf(`${BATCH} in a PATCH / one`, batched, single, { atLeast: 5 }),
  };
}

/** Makes a group for each batch, whose members then all come and go, in requests of that many. */
async function churn(
  client: Client,
  displayName: string,
  batches: readonly (readonly string[])[],
  toRequests: (ids: readonly string[]) => readonly (readonly string[])[],
): Promise<() => Promise<number>> {
  const groups: { readonly path: string; readonly requests: readonly (readonly string[])[] }[] = [];
  for (const [n, ids] of batches.entries()) {
    const id = idOf(await client.send(201, 'POST', '/Groups', groupBody(`${displayName} ${n}`)));
    groups.push({ path: `/Groups/${id}`, requests: toRequests(ids) });
  }
  const sendAll = (toBody: (ids: readonly string[]) => JsonObject) =>
    client.forEach(groups, async ({ path, requests }) => {
      for (const ids of requests) await client.send(204, 'PATCH', path, toBody(ids));
    });
  return async () => {
    const millis = (await sendAll(addMembers)) + (await sendAll(removeMembers));
    return ((2 * batches.flat().length) / millis) * 1000;
  };
}

async function measureBulk(bench: Bench, server: FilledServer): Promise<Finding> {
  const creates = bench.pick({ full: 1_000, quick: 1_000, smoke: 50 });
  const rounds = bench.pick({ full: 6, quick: 3, smoke: 2 });
  const client = new Client(server, 1);
  bench.onEnd(async () => client.close());
  const people = inParts(createPeople('bulk', 2 * rounds * creates), creates);
  const newcomers = () => people.pop() ?? [];

  bench.say('users, by bulk and by single requests');
  const { bulk, single } = await takeTurns(
    bench,
    {
      bulk: async () => {
        const request = bulkRequest(newcomers());
        const started = performance.now();
        assertCreated(await client.send(200, 'POST', '/Bulk', request), creates);
        return (creates / (performance.now() - started)) * 1000;
      },
      single: async () => {
        const millis = await client.forEach(newcomers(), async ({ body }) => {
          await client.send(201, 'POST', '/Users', body);
        });
        return (creates / millis) * 1000;
      },
    },
    rounds,
  );
  const count = creates.toLocaleString('en');
  return {
    what: `users/s that one client creates: ${count} in a bulk request, or ${count} requests`,
    figures: [
      { of: 'bulk', value: bulk, unit: '/s' },
      { of: 'single POSTs', value: single, unit: '/s' },
    ],
    ratio: ratioOf('bulk / single POSTs', bulk, single, { atLeast: 3 }),
  };
}

function bulkRequest(people: readonly MappedPerson[]): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: people.map(({ body }, n) => ({ method: 'POST', path: '/Users', bulkId: String(n), data: body })),
  };
}

function assertCreated({ body }: Answer, count: number): void {
  const operations = body?.['Operations'];
  const created = Array.isArray(operations)
    ? operations.filter((operation) => isJsonObject(operation) && operation['status'] === '201').length
    : 0;
  if (created !== count) throw new Error(`the bulk request created ${created} of ${count} users`);
}
