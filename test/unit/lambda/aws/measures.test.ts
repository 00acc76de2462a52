import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import {
  createAuthorizationMeasure,
  createRequestMeasure,
  createSweepMeasure,
  createWatchMeasure,
} from '../../../../lambda/aws/measures.ts';
import { createCycle } from '../../../helpers/cycles.ts';

/** Powertools' metrics, whose output is kept instead of printed. */
class KeptMetrics extends Metrics {
  readonly kept: unknown[] = [];

  override publishStoredMetrics(): this {
    this.kept.push(this.serializeMetrics());
    this.clearMetrics();
    this.clearDimensions();
    return this;
  }
}

const metrics = () => new KeptMetrics({ namespace: 'ScimStack', serviceName: 'scim' });

describe('request metrics', () => {
  it.each([
    [200, 0, 0],
    [404, 1, 0],
    [500, 0, 1],
    [501, 0, 0],
    [503, 0, 1],
  ])(
    'count an answer of %i as client error %i times, as server error %i times',
    (status, clientErrors, serverErrors) => {
      const kept = metrics();
      createRequestMeasure(kept)({ route: 'Users/{id}', status, durationMs: 12 });
      expect(kept.kept).toMatchObject([
        { route: 'Users/{id}', Requests: 1, ClientErrors: clientErrors, ServerErrors: serverErrors, LatencyMillis: 12 },
      ]);
    },
  );

  it('have no dimension but service and route', () => {
    const kept = metrics();
    createRequestMeasure(kept)({ route: 'Users', status: 200, durationMs: 1 });
    expect(kept.kept).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: [['service', 'route']] }] } }]);
  });
});

describe('sweep metrics', () => {
  it('are one an outcome', () => {
    const kept = metrics();
    createSweepMeasure(kept)({ finished: 2, voided: 0 });
    expect(kept.kept).toMatchObject([{ 'Sweep.finished': 2, 'Sweep.voided': 0 }]);
  });
});

describe('authorization metrics', () => {
  it.each([
    ['allowed', 0, 0],
    ['denied', 0, 1],
    ['unknown', 1, 0],
  ] as const)('count a token that is %s', (outcome, unknown, denied) => {
    const kept = metrics();
    createAuthorizationMeasure(kept)(outcome);
    expect(kept.kept).toMatchObject([{ UnknownTokens: unknown, DeniedTokens: denied }]);
  });
});

describe('watch metrics', () => {
  const incident = (tenant: string, application: string, reason: string) => ({
    ...{ tenant, application, reason, cause: '', since: '' },
  });
  const watched = {
    ...{ watched: 4, muted: 1, openCycles: 2, closed: 1, unwatched: 0, notificationFailures: 0, unannounced: [] },
    completed: [
      createCycle({ tenant: 'acme', requests: 10, creates: 2, membersAdded: 3, failed: 1 }),
      createCycle({ tenant: 'other', requests: 5 }),
    ],
    unhealthy: [
      incident('acme', 'entra', 'silent'),
      incident('acme', 'okta', 'silent'),
      incident('other', 'entra', 'failures'),
    ],
  };
  const dimensionsOf = (kept: KeptMetrics) => JSON.stringify(kept.kept);

  it('are of the region: what is watched, what completed, and unhealthy tenants by reason', () => {
    const kept = metrics();
    createWatchMeasure(false, kept)(watched);
    expect(kept.kept).toMatchObject([
      {
        ...{ WatchedApplications: 4, MutedApplications: 1, OpenCycles: 2, UnwatchedTenants: 0 },
        ...{ CyclesCompleted: 2, CycleRequests: 15, CycleChanges: 5, CycleFailures: 1, NotificationFailures: 0 },
      },
      { reason: 'any', UnhealthyTenants: 2 },
      { reason: 'failures', UnhealthyTenants: 1 },
      { reason: 'silent', UnhealthyTenants: 1 },
      ...Array.from({ length: 5 }, () => ({ UnhealthyTenants: 0 })),
    ]);
    expect(dimensionsOf(kept)).not.toContain('acme');
  });

  it('are of each tenant as well where that is asked for', () => {
    const kept = metrics();
    createWatchMeasure(true, kept)(watched);
    expect(kept.kept.slice(-2)).toMatchObject([
      { tenant: 'acme', application: 'entra', TenantCyclesCompleted: 1, TenantCycleChanges: 5, TenantCycleFailures: 1 },
      { tenant: 'other', TenantCyclesCompleted: 1, TenantCycleChanges: 0 },
    ]);
  });
});
