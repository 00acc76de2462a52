import { equalsFilter } from '../../replay/http/query.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns } from '../measure.ts';
import { type FilledServer, filledUserName, startFilledScimStack } from '../servers/filled-server.ts';
import { Client, idOf } from '../traffic/client.ts';
import { addMembers, removeMembers, rename } from '../traffic/cycles.ts';
import { createPeople } from '../traffic/people.ts';
import { cursorPath, filterPath, indexPath, PAGE, pageOf } from '../traffic/walks.ts';

const CLIENTS = 8;
/** As many as fill a page. */
const FEW = PAGE;
const MEMBERS = 50;

export const memoryBenchmark: Benchmark = {
  name: 'memory',
  about: 'memory of the process over a large directory and over a small one',
  method: `
Two servers, one over ${FEW} users and one over many, are sent the same requests by ${CLIENTS} clients: look-ups, reads, creations and
deletions, PATCHes of users and of a group's members, pages by index from all over the directory and by cursor; then filters
that no index serves, which look at each user. Between them the memory of each process is read that no file stands behind
(Linux: \`RssAnon\`); the medians are compared.`,
  run: measureMemory,
};

async function measureMemory(bench: Bench): Promise<readonly Finding[]> {
  const many = bench.pick({ full: 50_000, quick: 10_000, smoke: 200 });
  const [small, large] = await Promise.all([enter(bench, FEW), enter(bench, many)]);
  const of = `${many.toLocaleString('en')} users / ${FEW}`;
  const findings: Finding[] = [];
  for (const [what, send, rounds] of [
    ['requests of identity providers', sendMixed, bench.pick({ full: 6, quick: 4, smoke: 2 })],
    ['filters that look at each user', sendScans, bench.pick({ full: 5, quick: 3, smoke: 2 })],
  ] as const) {
    bench.say(what);
    const sendAndRead = (contestant: Contestant) => async () => {
      await send(bench, contestant);
      return (await contestant.server.memory()) ?? Number.NaN;
    };
    const bytes = await takeTurns(bench, { small: sendAndRead(small), large: sendAndRead(large) }, rounds);
    findings.push({
      what: `memory after ${what}`,
      ...(Number.isNaN(bytes.large)
        ? { figures: [], note: 'This operating system does not tell.' }
        : {
            figures: [
              { of: `${FEW} users`, value: bytes.small / 1_048_576, unit: 'MB' },
              { of: `${many.toLocaleString('en')} users`, value: bytes.large / 1_048_576, unit: 'MB' },
            ],
            ratio: ratioOf(of, bytes.large, bytes.small, { atMost: 1.3 }),
          }),
    });
  }
  return findings;
}

interface Contestant {
  readonly server: FilledServer;
  readonly client: Client;
  turn: number;
}

async function enter(bench: Bench, users: number): Promise<Contestant> {
  const server = await startFilledScimStack(bench, { users, groups: [MEMBERS] });
  const client = new Client(server, CLIENTS);
  bench.onEnd(async () => client.close());
  return { server, client, turn: 0 };
}

/** Each request is of the same kind and size in either directory; the users are spread over all of it. */
async function sendMixed(bench: Bench, contestant: Contestant): Promise<void> {
  const { server, client } = contestant;
  const { userIds, groupIds } = server;
  const people = createPeople('memory', bench.pick({ full: 200, quick: 100, smoke: 8 }));
  const group = `/Groups/${groupIds[0]}`;
  contestant.turn += 1;
  await client.forEach(people.entries(), async ([n, { body }]) => {
    const which = Math.floor((n / people.length) * userIds.length);
    const id = userIds[which] ?? '';
    const { ids } = pageOf(await client.send(200, 'GET', lookupPathOf(which)));
    if (ids[0] !== id) throw new Error(`the look-up of user ${which} found ${ids}`);
    await client.send(200, 'GET', `/Users/${id}`);
    await client.send(200, 'PATCH', `/Users/${id}`, rename(`Turn ${contestant.turn} of ${n}`));
    const newcomer = idOf(await client.send(201, 'POST', '/Users', body));
    await client.send(204, 'PATCH', group, addMembers([newcomer]));
    await client.send(204, 'PATCH', group, removeMembers([newcomer]));
    await client.send(204, 'DELETE', `/Users/${newcomer}`);
  });
  const pages = bench.pick({ full: 20, quick: 20, smoke: 2 });
  await client.forEach(Array.from({ length: pages }).keys(), async (n) => {
    const startIndex = 1 + Math.floor((n / pages) * (userIds.length - PAGE));
    await client.send(200, 'GET', indexPath(startIndex));
    await client.send(200, 'GET', cursorPath(''));
    await client.send(200, 'GET', group);
  });
}

async function sendScans(_bench: Bench, { server, client }: Contestant): Promise<void> {
  const { totalResults } = pageOf(await client.send(200, 'GET', filterPath('name.familyName pr and userName co "@"')));
  if (totalResults !== server.userIds.length) throw new Error(`the filter finds ${totalResults} users`);
}

function lookupPathOf(n: number): string {
  return filterPath(equalsFilter('userName', filledUserName(n)));
}
