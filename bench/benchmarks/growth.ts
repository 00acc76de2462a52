import { equalsFilter } from '../../replay/http/query.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, type Trial, takeTurns } from '../measure.ts';
import { type Contents, type FilledServer, filledUserName, startFilledScimStack } from '../servers/filled-server.ts';
import { Client } from '../traffic/client.ts';
import { addMembers, removeMembers } from '../traffic/cycles.ts';
import { assertComplete, cursorPath, filterPath, indexPath, PAGE, pageOf, walkByCursor } from '../traffic/walks.ts';

/** What a directory, or a group, has while it is small. */
const FEW = 100;

export const growthBenchmark: Benchmark = {
  name: 'growth',
  about: 'the same requests to a small directory and to a large one, to a small group and to a large one',
  method: `
One client, so that nothing waits in line: what is measured is the time of a request. Look-ups are of a different user
each time, spread over the whole directory, in two servers, each over a directory of its own; half of the users are in a
group in either. Both groups lie in the large directory, so that only their own size tells them apart. Pages have ${PAGE}
users each, without groups at either end; the last page by cursor is the one to which a walk through all of them led. The
sides take turns.`,
  run: measureGrowth,
};

async function measureGrowth(bench: Bench): Promise<readonly Finding[]> {
  const many = bench.pick({ full: 100_000, quick: 20_000, smoke: 400 });
  const members = many / 2;
  const [small, large] = await Promise.all([
    enter(bench, { users: FEW, groups: [FEW / 2] }),
    enter(bench, { users: many, groups: [FEW, members] }),
  ]);
  return [
    await measureLookUps(bench, small, large),
    ...(await measurePages(bench, large)),
    ...(await measureGroups(bench, large, members)),
  ];
}

async function measureLookUps(bench: Bench, small: Contestant, large: Contestant): Promise<Finding> {
  bench.say('look-ups in both');
  const requests = bench.pick({ full: 300, quick: 100, smoke: 10 });
  const millis = await takeTurns(bench, {
    small: timeOfEach(requests, (n) => lookUp(small, n)),
    large: timeOfEach(requests, (n) => lookUp(large, n)),
  });
  return toFinding('look-up by userName', sized('users', millis, large.server.userIds.length), 1.2);
}

async function measurePages(bench: Bench, { client, server }: Contestant): Promise<readonly Finding[]> {
  const users = server.userIds.length;
  const count = users.toLocaleString('en');
  bench.say(`a walk through ${count} users`);
  const walk = await walkByCursor(client);
  assertComplete('cursor', walk, server.userIds);

  bench.say('the first page and the last');
  const requests = bench.pick({ full: 50, quick: 20, smoke: 4 });
  const page = (path: string) => timeOfEach(requests, () => readPage(client, path));
  const byCursor = await takeTurns(bench, { first: page(cursorPath('')), last: page(walk.lastPath) });
  const byIndex = await takeTurns(bench, { first: page(indexPath(1)), last: page(indexPath(users - PAGE + 1)) });
  return [
    toFinding(`page by cursor of ${count} users`, ends(byCursor), 1.2),
    toFinding(`page by index of ${count} users`, ends(byIndex), 3),
  ];
}

async function measureGroups(bench: Bench, contestant: Contestant, members: number): Promise<readonly Finding[]> {
  bench.say('PATCHes and GETs of both groups');
  const requests = bench.pick({ full: 200, quick: 60, smoke: 10 });
  const [small = '', large = ''] = contestant.server.groupIds;
  const patches = await takeTurns(bench, {
    small: timeOfEach(requests, (n) => patchMember(contestant, small, n)),
    large: timeOfEach(requests, (n) => patchMember(contestant, large, n)),
  });
  const reads = await takeTurns(bench, {
    small: timeOfEach(requests, () => readWithoutMembers(contestant, small)),
    large: timeOfEach(requests, () => readWithoutMembers(contestant, large)),
  });
  return [
    toFinding('PATCH of a group: one member comes, or goes', sized('members', patches, members), 1.3),
    toFinding('GET of a group without its members', sized('members', reads, members), 1.2),
  ];
}

interface Contestant {
  readonly server: FilledServer;
  readonly client: Client;
}

async function enter(bench: Bench, contents: Contents): Promise<Contestant> {
  const server = await startFilledScimStack(bench, contents);
  const client = new Client(server, 1);
  bench.onEnd(async () => client.close());
  return { server, client };
}

/** @returns Milliseconds of one request, as the mean of so many. */
function timeOfEach(requests: number, send: (n: number) => Promise<void>): Trial {
  let sent = 0;
  return async () => {
    const started = performance.now();
    for (let i = 0; i < requests; i += 1) {
      await send(sent);
      sent += 1;
    }
    return (performance.now() - started) / requests;
  };
}

/** Coprime to the sizes of the directories: the steps lead to each of their users. */
const STRIDE = 7_919;

async function lookUp({ server, client }: Contestant, n: number): Promise<void> {
  const which = (n * STRIDE) % server.userIds.length;
  const { ids } = pageOf(await client.send(200, 'GET', filterPath(equalsFilter('userName', filledUserName(which)))));
  if (ids.length !== 1 || ids[0] !== server.userIds[which])
    throw new Error(`the look-up of user ${which} found ${ids}`);
}

async function readPage(client: Client, path: string): Promise<void> {
  const { ids } = pageOf(await client.send(200, 'GET', path));
  if (ids.length !== PAGE) throw new Error(`the page has ${ids.length} users`);
}

/** One of those who are members of neither group joins, and leaves next. */
async function patchMember({ server, client }: Contestant, groupId: string, n: number): Promise<void> {
  const id = server.userIds.at(-1 - (Math.floor(n / 2) % 10)) ?? '';
  await client.send(204, 'PATCH', `/Groups/${groupId}`, n % 2 === 0 ? addMembers([id]) : removeMembers([id]));
}

async function readWithoutMembers({ client }: Contestant, groupId: string): Promise<void> {
  const { body } = await client.send(200, 'GET', `/Groups/${groupId}?excludedAttributes=members`);
  if (body?.['id'] !== groupId || 'members' in body) throw new Error('the answer is not the group without members');
}

/** The figures of two sides, the one that may take longer last. */
type Sides = readonly [
  { readonly of: string; readonly millis: number },
  { readonly of: string; readonly millis: number },
];

function sized(
  unit: string,
  { small, large }: { readonly small: number; readonly large: number },
  many: number,
): Sides {
  return [
    { of: `${FEW} ${unit}`, millis: small },
    { of: `${many.toLocaleString('en')} ${unit}`, millis: large },
  ];
}

function ends({ first, last }: { readonly first: number; readonly last: number }): Sides {
  return [
    { of: 'first', millis: first },
    { of: 'last', millis: last },
  ];
}

function toFinding(what: string, [before, after]: Sides, atMost: number): Finding {
  return {
    what,
    figures: [before, after].map(({ of, millis }) => ({ of, value: millis, unit: 'ms' })),
    ratio: ratioOf(`${after.of} / ${before.of}`, after.millis, before.millis, { atMost }),
  };
}
