/** Something that a part needs beyond what npm installs, and that the run fetches first. */
export type Need = 'python' | 'java' | 'emulator';

/** One thing that `npm test` runs, and that can be asked for by name. */
export interface Part {
  readonly name: string;
  readonly about: string;
  /** A gate passes or fails as one; a test project is counted test by test. */
  readonly kind: 'gate' | 'tests';
  readonly needs: readonly Need[];
}

/**
 * In the order in which they start: what takes longest begins first, and the others follow each other beside it.
 * A gate's name is that of its npm script; a test project's is that of its project in `vitest.config.ts`.
 */
export const parts: readonly Part[] = [
  tests('e2e', 'the deployed stacks, from first to last, on an emulated AWS', ['python', 'emulator']),
  tests('dynamodb', 'the integration tests again, on DynamoDB Local', ['java']),
  tests('conformance', 'SCIM clients and the replay, against `npm start`', ['python', 'java']),
  gate('lint', 'Biome: format, lint, import cycles'),
  tests('unit', 'one unit at a time, no I/O'),
  gate('types', 'TypeScript, and the fence around scim/'),
  tests('property', 'laws, tried with generated input'),
  gate('boundaries', 'which room may import which'),
  tests('sqlite', 'the directory and its entries on SQLite'),
  gate('unused', 'knip: dead code, unlisted dependencies'),
  gate('synth', 'the CDK app, without an AWS account'),
  tests('infra', 'what the CDK app promises'),
  tests('upgrade', 'what earlier releases have left, and they themselves beside this one', ['java']),
  tests('bench', 'every benchmark once, in its smallest size', ['java']),
];

function gate(name: string, about: string): Part {
  return { name, about, kind: 'gate', needs: [] };
}

function tests(name: string, about: string, needs: readonly Need[] = []): Part {
  return { name, about, kind: 'tests', needs };
}

/**
 * The parts of these names, in their own order; without names all of them. Names may also be `gates` or `tests`.
 */
export function selectParts(names: readonly string[]): readonly Part[] {
  const kinds: Readonly<Record<string, Part['kind']>> = { gates: 'gate', tests: 'tests' };
  const unknown = names.filter((name) => kinds[name] === undefined && !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new UnknownPartError(
      `no part is called ${unknown.join(', ')}; there are ${parts.map(({ name }) => name).join(', ')}`,
    );
  }
  if (names.length === 0) return parts;
  return parts.filter((part) => names.some((name) => name === part.name || kinds[name] === part.kind));
}

/** `npm test` was asked for a part that does not exist. */
export class UnknownPartError extends Error {
  override readonly name = 'UnknownPartError';
}
