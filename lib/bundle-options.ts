import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * How esbuild makes the bundle of an entry, in its own words: what the stacks have made, and what tests and benchmarks
 * measure.
 */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  alias: { '@aws-sdk/credential-provider-node': `${projectRoot}lambda/aws/environment-credentials.ts` },
} as const;
