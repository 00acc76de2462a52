import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns } from '../measure.ts';
import { type FilledServer, startFilledScimStack } from '../servers/filled-server.ts';
import { Client, idOf } from '../traffic/client.ts';
import { createPeople } from '../traffic/people.ts';
import { assertComplete, compareWalk, type Walk, walkByCursor, walkByIndex } from '../traffic/walks.ts';

const CLIENTS = 50;
/** What each client creates before it deletes them again, so that the directory grows and shrinks. */
const STAY = 10;

export const parallelBenchmark: Benchmark = {
  name: 'parallel',
  about: 'fifty clients create and delete, while two more walk through the directory',
  method: `
Each of ${CLIENTS} clients creates ${STAY} users, deletes them, and so on; ids are random, so that they come and go everywhere. Another
client walks by cursor meanwhile, and another by index; both must meet those who are there throughout. By cursor none may
be missed or come twice: the benchmark fails otherwise. By index some may, since each deletion moves all that follow: what
happened is said.`,
  run: measureParallel,
};

/** What the walkers have seen so far. */
interface Walked {
  walks: number;
  pages: number;
  millis: number;
  missed: number;
  repeated: number;
}

async function measureParallel(bench: Bench): Promise<readonly Finding[]> {
  const users = bench.pick({ full: 10_000, quick: 3_000, smoke: 200 });
  const server = await startFilledScimStack(bench, { users });
  const crowd = createCrowd(bench, server);
  const walkers = [
    createWalker(bench, server, 'cursor', walkByCursor),
    createWalker(bench, server, 'index', walkByIndex),
  ];
  const [byCursor, byIndex] = walkers.map(({ walked }) => walked);
  if (byCursor === undefined || byIndex === undefined) throw new Error('nobody walked');
  const stays = bench.pick({ full: 4 * CLIENTS, quick: 2 * CLIENTS, smoke: 1 });

  bench.say('creates and deletes, with and without walks');
  const { alone, besideWalks } = await takeTurns(
    bench,
    {
      alone: () => crowd((n) => n < stays),
      besideWalks: async () => {
        let walking = walkers.length;
        const walks = walkers.map(async ({ walk }) => {
          try {
            await walk();
          } finally {
            walking -= 1;
          }
        });
        const [rate] = await Promise.all([crowd(() => walking > 0), ...walks]);
        return rate;
      },
    },
    bench.pick({ full: 4, quick: 3, smoke: 2 }),
  );
  return [
    {
      what: `creates and deletes/s of ${CLIENTS} clients among ${users.toLocaleString('en')} users`,
      figures: [
        { of: 'beside two walks', value: besideWalks, unit: '/s' },
        { of: 'alone', value: alone, unit: '/s' },
      ],
      ratio: ratioOf('beside two walks / alone', besideWalks, alone),
    },
    {
      what: 'pages/s of a walk meanwhile',
      figures: [
        { of: 'by cursor', value: (byCursor.pages / byCursor.millis) * 1000, unit: '/s' },
        { of: 'by index', value: (byIndex.pages / byIndex.millis) * 1000, unit: '/s' },
      ],
    },
    {
      what: 'users there throughout whom the walks missed or repeated',
      figures: [
        { of: 'missed by cursor', value: byCursor.missed, unit: 'users' },
        { of: 'repeated by cursor', value: byCursor.repeated, unit: 'users' },
        { of: 'missed by index', value: byIndex.missed, unit: 'users' },
        { of: 'repeated by index', value: byIndex.repeated, unit: 'users' },
      ],
      note: `In ${byCursor.walks} walks by each. By index it is as RFC 7644 §3.4.2.4 has it: positions move when resources come and go.`,
    },
  ];
}

/** Fifty clients, who begin with the n-th stay as long as they shall. @returns Requests a second. */
function createCrowd(bench: Bench, server: FilledServer): (goesOn: (n: number) => boolean) => Promise<number> {
  const client = new Client(server, bench.pick({ full: CLIENTS, quick: CLIENTS, smoke: 5 }));
  bench.onEnd(async () => client.close());
  const people = createPeople('crowd', STAY);
  let created = 0;
  return async (goesOn) => {
    let stays = 0;
    const millis = await client.forEach(countWhile(goesOn), async () => {
      const ids: string[] = [];
      for (const { body } of people) {
        created += 1;
        const newcomer = { ...body, userName: `crowd-${created}@example.com`, externalId: `crowd-${created}` };
        ids.push(idOf(await client.send(201, 'POST', '/Users', newcomer)));
      }
      for (const id of ids) await client.send(204, 'DELETE', `/Users/${id}`);
      stays += 1;
    });
    return ((2 * STAY * stays) / millis) * 1000;
  };
}

function* countWhile(goesOn: (n: number) => boolean): Generator<number> {
  for (let n = 0; goesOn(n); n += 1) yield n;
}

/** A client that walks through all users, and keeps count of whom it does not meet as it should. */
function createWalker(
  bench: Bench,
  server: FilledServer,
  by: 'cursor' | 'index',
  walkAll: (client: Client) => Promise<Walk>,
): { readonly walked: Walked; readonly walk: () => Promise<void> } {
  const client = new Client(server, 1);
  bench.onEnd(async () => client.close());
  const walked: Walked = { walks: 0, pages: 0, millis: 0, missed: 0, repeated: 0 };
  const walk = async (): Promise<void> => {
    const started = performance.now();
    const result = await walkAll(client);
    walked.millis += performance.now() - started;
    walked.walks += 1;
    walked.pages += result.pages;
    if (by === 'cursor') assertComplete(by, result, server.userIds);
    const { missed, repeated } = compareWalk(result, server.userIds);
    walked.missed += missed;
    walked.repeated += repeated;
  };
  return { walked, walk };
}
