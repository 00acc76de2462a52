import { filter as evaluate, parse } from 'scim2-parse-filter';
import { compileFilter } from '../../scim/filter/compile.ts';
import { parseFilter } from '../../scim/filter/parser.ts';
import type { JsonObject } from '../../scim/json.ts';
import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { callsPerCpuSecond, ratioOf, takeTurns } from '../measure.ts';
import { createRepresentations, ENTERPRISE_USER } from '../traffic/representations.ts';

const SCAN = 1_000;

export const filterBenchmark: Benchmark = {
  name: 'filter',
  about: 'the engine alone: filters, next to scim2-parse-filter',
  method: `
Seven filters that identity providers and their administrators write, over users as Entra creates them. A lookup parses a
filter and asks it of one user; a scan parses it and asks it of ${SCAN.toLocaleString('en')}. Ours checks each filter
against the schema and compares by what the schema says (case, type, Unicode form); the peer does neither. Both run in
this process, in turns, by processor time.`,
  run: measureFilters,
};

async function measureFilters(bench: Bench): Promise<readonly Finding[]> {
  const schema = createResourceSchemas().User;
  const users = createRepresentations('filter', SCAN);
  const filters = filtersFor(users[0] ?? {});
  const ours = (text: string, among: readonly JsonObject[]) => among.filter(compileFilter(parseFilter(text), schema));
  const theirs = (text: string, among: readonly JsonObject[]) => among.filter(evaluate(parse(text)));
  for (const text of filters) assertSame(text, ours(text, users), theirs(text, users));
  const findings: Finding[] = [];
  for (const [what, among] of [
    ['lookups (parse a filter, ask it of one user)', users.slice(0, 1)],
    [`scans (parse a filter, ask it of ${SCAN.toLocaleString('en')} users)`, users],
  ] as const) {
    bench.say(what);
    const rate = (find: typeof ours) => () =>
      filters.length * callsPerCpuSecond(bench, () => filters.forEach((text) => void find(text, among)));
    const { scimStack, peer } = await takeTurns(bench, { scimStack: rate(ours), peer: rate(theirs) });
    findings.push({
      what,
      figures: [
        { of: 'scim-stack', value: scimStack, unit: '/s' },
        { of: 'scim2-parse-filter', value: peer, unit: '/s' },
      ],
      ratio: ratioOf('scim-stack / scim2-parse-filter', scimStack, peer, { atLeast: 3 }),
    });
  }
  return findings;
}

/** Each holds for that user, so that none is decided by its first comparison alone. */
function filtersFor(user: JsonObject): readonly string[] {
  const quoted = (value: unknown) => JSON.stringify(value);
  const { userName, externalId } = user;
  return [
    `userName eq ${quoted(userName)}`,
    `externalId eq ${quoted(externalId)}`,
    `emails[type eq "work"].value co "@"`,
    'userName co "@" and active eq true',
    `${ENTERPRISE_USER}:department pr and not (title co "Intern")`,
    '(name.familyName co "e" or name.givenName sw "A") and meta.lastModified gt "2025-01-01T00:00:00Z"',
    'emails[type eq "work" and value co "@"] or phoneNumbers[type eq "pager"]',
  ];
}

/** A comparison of two programs that find different users would be one of two different things. */
function assertSame(text: string, ours: readonly JsonObject[], theirs: readonly JsonObject[]): void {
  const isSame = ours.length === theirs.length && ours.every((user, i) => user === theirs[i]);
  if (!isSame) throw new Error(`${text} finds ${ours.length} users by our engine, ${theirs.length} by the peer`);
}
