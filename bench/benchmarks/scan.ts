import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { ratioOf, takeTurns, timeOf } from '../measure.ts';
import { startFilledScimStack } from '../servers/filled-server.ts';
import { Client } from '../traffic/client.ts';
import { assertComplete, filterPath, pageOf, walkByIndex } from '../traffic/walks.ts';

export const scanBenchmark: Benchmark = {
  name: 'scan',
  about: 'filters that no index serves, over as many users as may be looked at',
  method: `
One client sends filters for which each user has to be looked at: one that holds for nobody, one for every hundredth, one for all.
The answer has the first hundred and \`totalResults\`, which must be exact. Next to it is what a client would do without such
filters: read all users, page by page, and look at them itself.`,
  run: measureScans,
};

async function measureScans(bench: Bench): Promise<readonly Finding[]> {
  const users = bench.pick({ full: 50_000, quick: 10_000, smoke: 400 });
  const server = await startFilledScimStack(bench, { users });
  const client = new Client(server, 1);
  bench.onEnd(async () => client.close());
  const secondsOf = (filter: string, expected: number) => async () =>
    (await timeOf(async () => {
      const { totalResults } = pageOf(await client.send(200, 'GET', filterPath(filter)));
      if (totalResults !== expected) throw new Error(`${filter} finds ${totalResults} users, not ${expected}`);
    })) / 1000;

  bench.say('scans, and the import that they spare');
  const { nobody, few, all, readAll } = await takeTurns(
    bench,
    {
      nobody: secondsOf('active eq false', 0),
      few: secondsOf('userName ew "77@example.com"', users / 100),
      all: secondsOf('name.familyName pr and userName co "@"', users),
      readAll: async () =>
        (await timeOf(async () => assertComplete('index', await walkByIndex(client), server.userIds))) / 1000,
    },
    bench.pick({ full: 5, quick: 3, smoke: 2 }),
  );
  const count = users.toLocaleString('en');
  return [
    {
      what: `filters that no index serves, over ${count} users`,
      figures: [
        { of: 'holds for nobody', value: nobody, unit: 's' },
        { of: 'holds for every hundredth', value: few, unit: 's' },
        { of: 'holds for all', value: all, unit: 's' },
        { of: 'reading them all', value: readAll, unit: 's' },
        { of: 'looked at (every hundredth)', value: users / few, unit: '/s' },
      ],
      ratio: ratioOf('filter for every hundredth / reading them all', few, readAll),
    },
  ];
}
