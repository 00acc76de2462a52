import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns, timeOf } from '../measure.ts';
import { startFilledScimStack } from '../servers/filled-server.ts';
import { Client } from '../traffic/client.ts';
import { assertComplete, PAGE, type Walk, walkByCursor, walkByIndex } from '../traffic/walks.ts';

export const fullImportBenchmark: Benchmark = {
  name: 'full-import',
  about: 'one client reads all users, by index and by cursor',
  method: `
One client asks for page after page of ${PAGE} users, each after the answer to the one before, until it has them all; they take
turns. Nobody writes meanwhile, and each walk must meet each user once.`,
  run: measureImports,
};

async function measureImports(bench: Bench): Promise<readonly Finding[]> {
  const users = bench.pick({ full: 100_000, quick: 20_000, smoke: 400 });
  const server = await startFilledScimStack(bench, { users });
  const client = new Client(server, 1);
  bench.onEnd(async () => client.close());
  const secondsOf = (by: string, walk: (client: Client) => Promise<Walk>) => async () =>
    (await timeOf(async () => assertComplete(by, await walk(client), server.userIds))) / 1000;

  bench.say('imports by index and by cursor');
  const { byIndex, byCursor } = await takeTurns(
    bench,
    { byIndex: secondsOf('index', walkByIndex), byCursor: secondsOf('cursor', walkByCursor) },
    bench.pick({ full: 3, quick: 3, smoke: 2 }),
  );
  return [
    {
      what: `full import of ${users.toLocaleString('en')} users`,
      figures: [
        { of: 'by index', value: byIndex, unit: 's' },
        { of: 'by index', value: users / byIndex, unit: '/s' },
        { of: 'by cursor', value: byCursor, unit: 's' },
        { of: 'by cursor', value: users / byCursor, unit: '/s' },
      ],
      ratio: ratioOf('time by cursor / by index', byCursor, byIndex),
    },
  ];
}
