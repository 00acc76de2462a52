import { defineConfig } from 'vitest/config';

/** What needs the faults and interleavings that only the SQLite table can be made to show. */
const SQLITE_ONLY = ['test/integration/**/*.sqlite.test.ts'];

/**
 * One project a kind of test, so that each can run alone (`npm run test:unit` and so on). Where no test mocks a module or
 * changes what others share, files share a worker and its modules (`isolate: false`): a third of the time.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, testTimeout: 60_000 } },
      {
        test: {
          name: 'property',
          include: ['test/property/**/*.property.test.ts'],
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'sqlite',
          include: ['test/integration/**/*.test.ts'],
          env: { ITEM_TABLE: 'sqlite' },
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'dynamodb',
          include: ['test/integration/**/*.test.ts'],
          exclude: SQLITE_ONLY,
          env: { ITEM_TABLE: 'dynamodb' },
          isolate: false,
          globalSetup: ['test/helpers/dynamodb-local.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'bench', include: ['test/bench/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: ['test/helpers/dynamodb-local.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'upgrade',
          include: ['test/upgrade/**/*.test.ts'],
          globalSetup: ['test/helpers/dynamodb-local.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
