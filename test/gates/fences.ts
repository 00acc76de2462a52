import type { IForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser';

/** The rooms of the product; `test/` may import from all of them. */
const ROOMS = [
  'bin',
  'lib',
  'scim',
  'directory',
  'lambda',
  'local',
  'replay',
  'cli',
  'console',
  'bench',
  'deploy-local',
] as const;

/** What runs in AWS or on a user's machine. */
const RUN_TIME = '^(scim|directory|lambda|local|replay|cli|deploy-local)/';

type Room = (typeof ROOMS)[number];

/** Matches what lies in a room that is not one of these. */
function roomsBut(...allowed: readonly Room[]): string {
  return `^(${ROOMS.filter((room) => !allowed.includes(room)).join('|')})/`;
}

/**
 * Who may import whom. Types count as much as code does: an interface of a room above is knowledge of it.
 *
 * The arrows: scim ← directory ← lambda ← local; bin → lib → lambda/contract; cli → lambda/contract and
 * lib/config; replay imports none of them.
 */
export const fences: readonly IForbiddenRuleType[] = [
  fence('scim-is-pure', 'scim/ imports no package, no node: module and no other room', '^scim/', { pathNot: '^scim/' }),
  fence('directory-knows-scim-only', 'directory/ knows no room but scim/', '^directory/', {
    path: roomsBut('scim', 'directory'),
  }),
  fence('directory-speaks-no-http', 'directory/ knows nothing of HTTP and of Lambda', '^directory/', {
    path: ['^(node:)?(http|https|http2|net|tls)$', 'node_modules/(@middy|@aws-lambda-powertools|@types/aws-lambda)/'],
  }),
  fence('lambda-knows-what-is-below', 'lambda/ knows no room but directory/ and scim/', '^lambda/', {
    path: roomsBut('lambda', 'directory', 'scim'),
  }),
  fence(
    'contract-knows-nobody',
    'lambda/contract/ is read by the CDK app too: types, tables and zod',
    '^lambda/contract/',
    {
      pathNot: ['^lambda/contract/', 'node_modules/zod/'],
    },
  ),
  fence('local-knows-what-is-below', 'local/ knows no room but lambda/, directory/ and scim/', '^local/', {
    path: roomsBut('local', 'lambda', 'directory', 'scim'),
  }),
  fence(
    'lib-knows-the-contract-only',
    'lib/ names an entry by its path, and shares lambda/contract/ with it',
    '^lib/',
    {
      path: roomsBut('lib'),
      pathNot: '^lambda/contract/',
    },
  ),
  fence('bin-knows-lib-only', 'bin/ puts together what lib/ makes', '^bin/', { path: roomsBut('bin', 'lib') }),
  fence('replay-is-a-client', 'replay/ knows the server through its Tenant URL alone', '^replay/', {
    path: roomsBut('replay'),
  }),
  fence(
    'cli-is-a-client',
    'cli/ knows the server through lambda/contract/, and the deployment through lib/config/',
    '^cli/',
    {
      path: roomsBut('cli'),
      pathNot: ['^lambda/contract/', '^lib/config/'],
    },
  ),
  fence(
    'deploy-local-is-an-operator',
    'deploy-local/ works with programs (cdk, scim-stack) as people do; it knows lambda/contract/, lib/config/ and local/',
    '^deploy-local/',
    {
      path: roomsBut('deploy-local', 'local'),
      pathNot: ['^lambda/contract/', '^lib/config/'],
    },
  ),
  fence(
    'config-needs-no-cdk',
    'lib/config/ is read by the command line too: zod and lambda/contract/',
    '^lib/config/',
    {
      path: ['^lib/(?!config/)', 'node_modules/(aws-cdk-lib|constructs|cdk-[a-z-]+)/'],
    },
  ),
  {
    ...fence('only-the-store-speaks-to-tables', 'DynamoDB and SQL are spoken in directory/store/ alone', '', {
      path: [
        'node_modules/@aws-sdk/(client-dynamodb|client-dynamodb-streams|lib-dynamodb|util-dynamodb)/',
        '^(node:)?sqlite$',
      ],
    }),
    from: { pathNot: ['^directory/store/', '^test/', '^bench/'] },
  },
  fence('cdk-stays-in-the-app', 'only bin/ and lib/ know the CDK', RUN_TIME, {
    path: 'node_modules/(aws-cdk-lib|constructs)/',
  }),
  {
    ...fence('tests-are-not-imported', 'what ships imports nothing from test/', '', { path: '^test/' }),
    from: { pathNot: '^(test|bench)/' },
  },
  fence('bench-borrows-helpers', 'bench/ ships nowhere: it starts servers and fills tables as tests do', '^bench/', {
    path: '^test/(?!helpers/)',
  }),
  fence('no-dev-dependency-at-run-time', 'what runs imports what package.json lists under dependencies', RUN_TIME, {
    dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
    dependencyTypesNot: ['type-only'],
  }),
  fence('no-cycles', 'modules that import each other have no order to be read in', '', { circular: true }),
  fence('imports-resolve', 'every import leads somewhere', '', { couldNotResolve: true }),
];

function fence(
  name: string,
  comment: string,
  from: string,
  to: IRegularForbiddenRuleType['to'],
): IRegularForbiddenRuleType {
  return { name, comment, severity: 'error', from: from === '' ? {} : { path: from }, to };
}
