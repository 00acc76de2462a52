import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns } from '../measure.ts';
import { type RunningServer, startEcho, startScimmy, startScimStack } from '../servers/running-server.ts';
import { Client, idOf } from '../traffic/client.ts';
import {
  addMembers,
  groupBody,
  type LinkedPerson,
  lookupPath,
  provision,
  removeMembers,
  update,
} from '../traffic/cycles.ts';
import { createPeople } from '../traffic/people.ts';

const CLIENTS = 8;
const MEMBERS = 200;
/** Users who change in a round. */
const UPDATES = 200;
/** Who joins and leaves in a round. */
const CHURN = 20;

export const replayBenchmark: Benchmark = {
  name: 'replay',
  about: "an identity provider's cycles against the local run, next to SCIMMY",
  method: `
${CLIENTS} clients send what Entra sends: in an initial cycle a look-up and a POST for each user, in an incremental one a GET
and a PATCH, and PATCHes of one member each to a group of ${MEMBERS}. The local run is \`npm start\` on SQLite, where every
answered write is in the file, counted in its sync cycle and logged; the peer is SCIMMY with its routers on express 4, over a Map
with a hand-written index, in memory. A bare \`node:http\` server that parses and repeats each body shows what HTTP costs by
itself. Each server is a process of its own; they take turns.`,
  run: measureReplay,
};

/** A server under test, and what it has been given so far. */
interface Contestant {
  readonly client: Client;
  readonly linked: LinkedPerson[];
  groupId: string;
  turn: number;
}

async function measureReplay(bench: Bench): Promise<readonly Finding[]> {
  const people = createPeople('replay', bench.pick({ full: 9 * 500, quick: 4 * 200, smoke: 2 * 20 }));
  const batch = people.length / bench.pick({ full: 9, quick: 4, smoke: 2 });
  const scimStack = await enter(bench, await startScimStack(bench));
  const scimmy = await enter(bench, await startScimmy(bench));
  const echo = new Client(await startEcho(bench), CLIENTS);
  bench.onEnd(async () => echo.close());

  bench.say('initial cycle');
  const initial = (contestant: Contestant) => async () => {
    const newcomers = people.slice(contestant.linked.length, contestant.linked.length + batch);
    const millis = await contestant.client.forEach(newcomers, async (person) => {
      contestant.linked.push(await provision(contestant.client, person));
    });
    return (newcomers.length / millis) * 1000;
  };
  const created = await takeTurns(bench, {
    scimStack: initial(scimStack),
    scimmy: initial(scimmy),
    echo: async () => {
      const millis = await echo.forEach(people.slice(0, batch), async (person) => {
        await echo.send(200, 'GET', lookupPath(person));
        await echo.send(201, 'POST', '/Users', person.body);
      });
      return (batch / millis) * 1000;
    },
  });

  bench.say('incremental cycle');
  const incremental = (contestant: Contestant) => async () => {
    const { client, linked } = contestant;
    contestant.turn += 1;
    const millis = await client.forEach(linked.slice(0, UPDATES).keys(), async (i) => {
      const before = linked[i];
      if (before !== undefined) linked[i] = await update(client, before, contestant.turn);
    });
    return ((2 * Math.min(UPDATES, linked.length)) / millis) * 1000;
  };
  const updated = await takeTurns(bench, { scimStack: incremental(scimStack), scimmy: incremental(scimmy) });

  bench.say('member churn');
  const memberCount = bench.pick({ full: MEMBERS, quick: MEMBERS, smoke: 10 });
  for (const contestant of [scimStack, scimmy]) {
    const members = contestant.linked.slice(0, memberCount).map(({ id }) => id);
    contestant.groupId = idOf(await contestant.client.send(201, 'POST', '/Groups', groupBody('Churn', members)));
  }
  const churned = await takeTurns(bench, {
    scimStack: churn(scimStack, memberCount),
    scimmy: churn(scimmy, memberCount),
  });
  return [
    toFinding('initial cycle: users/s (look-up and create)', created, 1.5),
    toFinding('incremental cycle: requests/s', updated, 2),
    toFinding(`member churn: PATCHes/s of one member, in a group of ${MEMBERS}`, churned, 10),
  ];
}

async function enter(bench: Bench, server: RunningServer): Promise<Contestant> {
  const client = new Client(server, CLIENTS);
  bench.onEnd(async () => client.close());
  return { client, linked: [], groupId: '', turn: 0 };
}

/** The same people join one by one and then leave one by one, so that the group keeps its size. */
function churn({ client, linked, groupId }: Contestant, memberCount: number): () => Promise<number> {
  return async () => {
    const joining = linked.slice(memberCount, memberCount + CHURN).map(({ id }) => id);
    const path = `/Groups/${groupId}`;
    let millis = await client.forEach(joining, async (id) => {
      await client.send([200, 204], 'PATCH', path, addMembers([id]));
    });
    millis += await client.forEach(joining, async (id) => {
      await client.send([200, 204], 'PATCH', path, removeMembers([id]));
    });
    return ((2 * joining.length) / millis) * 1000;
  };
}

function toFinding(
  what: string,
  { scimStack, scimmy, echo }: { readonly scimStack: number; readonly scimmy: number; readonly echo?: number },
  atLeast: number,
): Finding {
  return {
    what,
    figures: [
      { of: 'scim-stack', value: scimStack, unit: '/s' },
      { of: 'SCIMMY', value: scimmy, unit: '/s' },
      ...(echo === undefined ? [] : [{ of: 'bare node:http', value: echo, unit: '/s' }]),
    ],
    ratio: ratioOf('scim-stack / SCIMMY', scimStack, scimmy, { atLeast }),
  };
}
