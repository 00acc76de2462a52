import type { Cycle } from '../../directory/cycles/cycle.ts';

/** A cycle in which nothing happened but what the test says. */
export function createCycle(more: Partial<Cycle>): Cycle {
  return {
    ...{ tenant: 'acme', application: 'entra', start: 0, last: 0, open: false, closedAt: undefined, requests: 0 },
    ...{ creates: 0, updates: 0, deactivations: 0, reactivations: 0, deletes: 0, unchanged: 0 },
    ...{ membersAdded: 0, membersRemoved: 0, failed: 0, failures: {} },
    latencyMs: { average: 0, p50: 0, p95: 0, p99: 0, max: 0 },
    uses: {},
    ...more,
  };
}
