import { startDynamodbLocal } from '../../test/helpers/dynamodb-local.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns } from '../measure.ts';
import { DynamodbCalls } from '../servers/dynamodb-calls.ts';
import { startScimStack } from '../servers/running-server.ts';
import { Client, idOf } from '../traffic/client.ts';
import { addMembers, groupBody, type LinkedPerson, provision, update } from '../traffic/cycles.ts';
import { createPeople } from '../traffic/people.ts';

const CLIENTS = 8;
/** The user; its claim to the userName; index entries for externalId, e-mail and employee number; the counter. */
const ITEMS_OF_A_CREATE = 6;

export const dynamodbBenchmark: Benchmark = {
  name: 'dynamodb',
  about: 'the same cycles over DynamoDB Local, next to what its own calls allow',
  method: `
The local run over DynamoDB Local, ${CLIENTS} clients. The floor is what the calls that a request cannot do without would take
by themselves: GetItem, Query, PutItem and TransactWriteItems by the bare SDK, ${CLIENTS} at once, on items of the same size, in
the same DynamoDB Local, in turns with the requests. Counting each request in its sync cycle, one update, is not part of the
floor.`,
  run: measureDynamodb,
};

async function measureDynamodb(bench: Bench): Promise<readonly Finding[]> {
  const dynamodb = await startDynamodbLocal();
  bench.onEnd(() => dynamodb.stop());
  const calls = await DynamodbCalls.open(dynamodb.url);
  bench.onEnd(async () => calls.close());
  const client = new Client(await startScimStack(bench, { dynamodb: dynamodb.url }), CLIENTS);
  bench.onEnd(async () => client.close());

  const rounds = bench.pick({ full: 6, quick: 4, smoke: 2 });
  const batch = bench.pick({ full: 200, quick: 120, smoke: 8 });
  const people = createPeople('dynamodb', rounds * batch);
  const linked: LinkedPerson[] = [];
  const groupId = idOf(await client.send(201, 'POST', '/Groups', groupBody('Churn')));
  let turn = 0;
  const ratePer = async (work: (n: number) => Promise<unknown>): Promise<number> => {
    const millis = await client.forEach(Array(batch).keys(), async (n) => void (await work(n)));
    return (batch / millis) * 1000;
  };
  bench.say('cycles and calls, in turns');
  const rates = await takeTurns(
    bench,
    {
      users: () => {
        const from = turn * batch;
        turn += 1;
        return ratePer(async (n) => {
          const person = people[from + n];
          if (person !== undefined) linked[from + n] = await provision(client, person);
        });
      },
      get: () => ratePer(() => calls.get()),
      transactCreate: () => ratePer(() => calls.transactWrite(ITEMS_OF_A_CREATE)),
      updates: () =>
        ratePer(async (n) => {
          const person = linked[n];
          if (person !== undefined) linked[n] = await update(client, person, turn);
        }),
      query: () => ratePer(() => calls.query()),
      put: () => ratePer(() => calls.put()),
      members: () => {
        const from = (turn - 1) * batch;
        return ratePer((n) =>
          client.send(204, 'PATCH', `/Groups/${groupId}`, addMembers([linked[from + n]?.id ?? ''])),
        );
      },
      transactMembership: () => ratePer(() => calls.transactMembership()),
    },
    rounds,
  );
  const { get, query, put, transactCreate, transactMembership } = rates;
  return [
    toFinding('initial cycle: users/s (look-up and create)', rates.users, 1 / (1 / get + 1 / transactCreate)),
    toFinding('incremental cycle: users/s (GET and PATCH)', rates.updates, 1 / (2 / get + 1 / query + 1 / put)),
    toFinding('member churn: PATCHes/s of one member', rates.members, 1 / (1 / get + 1 / transactMembership)),
    {
      what: 'the calls by themselves',
      figures: [
        { of: 'GetItem', value: get, unit: '/s' },
        { of: 'Query', value: query, unit: '/s' },
        { of: 'PutItem', value: put, unit: '/s' },
        { of: `TransactWriteItems of ${ITEMS_OF_A_CREATE}`, value: transactCreate, unit: '/s' },
        { of: 'TransactWriteItems of a membership', value: transactMembership, unit: '/s' },
      ],
    },
  ];
}

function toFinding(what: string, measured: number, allowed: number): Finding {
  return {
    what,
    figures: [
      { of: 'scim-stack', value: measured, unit: '/s' },
      { of: 'what the calls allow', value: allowed, unit: '/s' },
    ],
    ratio: ratioOf('scim-stack / what the calls allow', measured, allowed, { atLeast: 0.6 }),
  };
}
